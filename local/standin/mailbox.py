"""What was published to each topic, for want of anybody who reads e-mail; and e-mail waits to be confirmed.

ministack alone forgets a message that no queue or function takes, and takes an address for confirmed at once.
Source: https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html. A subscription that CloudFormation
makes past the API is pending in its topic's list, and nowhere else.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

from collections import defaultdict
from typing import Any

from ministack.services import sns

published: dict[str, list[dict[str, str]]] = defaultdict(list)
"""Subject and message of each publication, in order, by the topic's ARN."""

_MAIL = frozenset({"email", "email-json"})

_fanout = sns._fanout
_subscribe = sns._subscribe
_list = sns._list_subscriptions_by_topic


def install() -> None:
    """Stand before the delivery of messages, and after the making and listing of subscriptions."""
    sns._fanout = fan_out
    sns._subscribe = subscribe
    sns._list_subscriptions_by_topic = list_by_topic


def fan_out(topic: str, message_id: str, message: str, subject: str, *details: Any, **named: Any) -> None:  # noqa: ANN401  ministack's own
    """Keep a message, and deliver it to whom ministack can deliver."""
    published[topic].append({"subject": subject, "message": message})
    _fanout(topic, message_id, message, subject, *details, **named)


def subscribe(params: dict[str, Any]) -> Any:  # noqa: ANN401  ministack's response triple
    """Subscribe; an address has no ARN before its owner has confirmed."""
    status, headers, body = _subscribe(params)
    topic = sns._p(params, "TopicArn")
    for subscription in _unconfirmed(topic):
        subscription["confirmed"] = False
        subscription["attributes"]["PendingConfirmation"] = "true"
        sns._refresh_subscription_counts(sns._topics[topic])
        body = body.replace(subscription["arn"].encode(), b"pending confirmation")
    return status, headers, body


def list_by_topic(params: dict[str, Any]) -> Any:  # noqa: ANN401  ministack's response triple
    """List a topic's subscriptions; where AWS has an ARN, it says PendingConfirmation of these."""
    status, headers, body = _list(params)
    for subscription in _unconfirmed(sns._p(params, "TopicArn")):
        body = body.replace(subscription["arn"].encode(), b"PendingConfirmation")
    return status, headers, body


def _unconfirmed(topic_arn: str) -> list[dict[str, Any]]:
    """Find the subscriptions by e-mail of a topic: nobody here confirms them."""
    topic = sns._topics.get(topic_arn)
    return [one for one in topic["subscriptions"] if one["protocol"] in _MAIL] if topic else []
