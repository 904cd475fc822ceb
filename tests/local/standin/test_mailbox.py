"""Messages on the stand-in: what a person would have read, and who has not confirmed that they will."""

import pytest

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

from .aws import AsRole, refusal


@pytest.fixture
def topic(cloud: Cloud, unique: str) -> str:
    return str(cloud.client("sns").create_topic(Name=unique)["TopicArn"])


def test_what_is_published_is_kept_in_order(cloud: Cloud, as_role: AsRole, topic: str) -> None:
    sns = as_role([{"Action": "sns:Publish", "Resource": topic}], "sns")
    for subject in ("first", "second"):
        sns.publish(TopicArn=topic, Subject=subject, Message=f"the {subject} message")
    refused = refusal(sns.publish, TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:other", Message="not ours")
    assert refused["Code"] == "AuthorizationError"
    assert cloud.mailbox()[topic] == [
        {"subject": "first", "message": "the first message"},
        {"subject": "second", "message": "the second message"},
    ]


def test_an_address_is_pending_until_its_owner_confirms(cloud: Cloud, topic: str) -> None:
    # Source: https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
    sns = cloud.client("sns")
    answer = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="oncall@example.com")
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert answer["SubscriptionArn"] == "pending confirmation"
    assert (listed["Endpoint"], listed["SubscriptionArn"]) == ("oncall@example.com", "PendingConfirmation")
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]) == ("1", "0")
