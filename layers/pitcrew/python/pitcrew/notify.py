"""Messages to people, through the operators' SNS topic."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from pitcrew.metrics import count

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

logger = Logger(child=True)

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html has both limits, and the subject's form: "less than 100".
MOST_OF_SUBJECT = 99
MOST_OF_TEXT = 256 * 1024
"""In bytes."""

CUT = "\n[cut: the log holds the rest]"


class Topic:
    """The topic *arn*; the client is made when first needed, which is seldom."""

    def __init__(self, make_client: "Callable[[], SNSClient]", arn: str) -> None:
        self._make_client = make_client
        self._arn = arn

    def publish(self, subject: str, text: str) -> None:
        """Send a message. One that cannot be sent is logged and counted: no work fails for the want of a message."""
        try:
            self._make_client().publish(TopicArn=self._arn, Subject=_line(subject), Message=_cut(text))
        except (ClientError, BotoCoreError) as error:
            logger.warning("message cannot be sent", subject=subject, text=text, error=str(error))
            count("NotificationFailed")


def _line(subject: str) -> str:
    """Return *subject* as SNS takes one: printable ASCII in one line that begins with no space."""
    plain = re.sub(r"[^ -~]", "?", " ".join(subject.split()))
    return plain if len(plain) <= MOST_OF_SUBJECT else plain[: MOST_OF_SUBJECT - 3] + "..."


def _cut(text: str) -> str:
    """Return as much of *text* as SNS carries, no character in halves."""
    whole = text.encode()
    if len(whole) <= MOST_OF_TEXT:
        return text
    return whole[: MOST_OF_TEXT - len(CUT)].decode(errors="ignore") + CUT
