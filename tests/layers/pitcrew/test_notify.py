"""Messages to people: as SNS takes them, and never in the way of the work.

Over 120 lines because a fake shows each limit and each failure, and boto3's own client is asked too.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from pitcrew.notify import CUT, MOST_OF_TEXT, Topic
from tests.functions.proxy_protocol.failures import Failure, read_timeout, refusal

ARN = "arn:aws:sns:us-east-1:123456789012:ops"
Metrics = Callable[[], list[dict[str, Any]]]


class FakeSns:
    """SNS, which keeps what is published."""

    def __init__(self, failure: Failure | None = None) -> None:
        self._failure = failure
        self.published: list[dict[str, str]] = []
        self.made = 0

    def make(self) -> Any:  # noqa: ANN401 (as boto3's client)
        self.made += 1
        return self

    def publish(self, **message: str) -> None:
        if self._failure:
            raise self._failure("Publish")
        self.published.append(message)


def _published(subject: str, text: str = "text") -> dict[str, str]:
    sns = FakeSns()
    Topic(sns.make, ARN).publish(subject, text)
    (message,) = sns.published
    return message


def test_a_message_reaches_the_topic_as_it_is_written() -> None:
    assert _published("Released vol-1", "Line one\nZeile zwei: ü\n") == {
        "TopicArn": ARN,
        "Subject": "Released vol-1",
        "Message": "Line one\nZeile zwei: ü\n",
    }


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("one\nline\r\nof\tthree", "one line of three"),
        ("  spaces around ", "spaces around"),
        ("node → vol-1: ü", "node ? vol-1: ?"),
        ("bell\x07 and \x7f", "bell? and ?"),
        ("a" * 99, "a" * 99),
        ("a" * 100, "a" * 96 + "..."),
    ],
)
def test_a_subject_is_one_line_of_printable_ascii_and_no_longer_than_sns_takes(written: str, subject: str) -> None:
    assert _published(written)["Subject"] == subject


@pytest.mark.parametrize("letter", ["a", "ü", "→", "🚑"])
def test_a_text_that_is_too_long_is_cut_between_letters_and_says_so(letter: str) -> None:
    text = _published("subject", letter * (MOST_OF_TEXT // len(letter.encode()) + 1))["Message"]

    assert MOST_OF_TEXT - 3 <= len(text.encode()) <= MOST_OF_TEXT
    assert re.fullmatch(rf"{letter}+{re.escape(CUT)}", text)


def test_a_text_as_long_as_sns_takes_is_not_cut() -> None:
    assert _published("subject", "ü" * (MOST_OF_TEXT // 2))["Message"] == "ü" * (MOST_OF_TEXT // 2)


def _no_connection(_operation: str) -> Exception:
    return EndpointConnectionError(endpoint_url="https://aws.invalid/")


@pytest.mark.parametrize(
    "failure", [refusal("AuthorizationError"), refusal("NotFound", status=404), read_timeout, _no_connection]
)
def test_a_message_that_cannot_be_sent_is_logged_and_counted_and_nothing_fails(
    metrics: Metrics, log_lines: list[dict[str, Any]], failure: Failure
) -> None:
    Topic(FakeSns(failure).make, ARN).publish("Released vol-1", "all of it")

    assert [one["NotificationFailed"] for one in metrics()] == [[1.0]]
    (line,) = log_lines
    assert (line["level"], line["subject"], line["text"]) == ("WARNING", "Released vol-1", "all of it")


def test_a_message_that_is_sent_is_neither_logged_nor_counted(
    metrics: Metrics, log_lines: list[dict[str, Any]]
) -> None:
    _published("Released vol-1")

    assert metrics() == []
    assert log_lines == []


def test_no_client_is_made_before_there_is_a_message() -> None:
    sns = FakeSns()

    Topic(sns.make, ARN)

    assert sns.made == 0


@pytest.fixture
def inbox() -> Iterator[Callable[[], list[dict[str, str]]]]:
    """What a queue that is subscribed to moto's topic gets."""
    with mock_aws():
        sqs, sns = boto3.client("sqs", region_name="us-east-1"), boto3.client("sns", region_name="us-east-1")
        queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=sns.create_topic(Name="ops")["TopicArn"], Protocol="sqs", Endpoint=arn)
        yield lambda: [
            json.loads(message["Body"])
            for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        ]


def test_boto3s_client_is_called_as_it_wants_to_be(inbox: Callable[[], list[dict[str, str]]]) -> None:
    Topic(lambda: boto3.client("sns", region_name="us-east-1"), ARN).publish(
        "Released\nvol-1", "x" * (MOST_OF_TEXT + 1)
    )

    assert [(message["Subject"], message["Message"].endswith(CUT)) for message in inbox()] == [("Released vol-1", True)]
