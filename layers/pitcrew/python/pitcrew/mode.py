"""The kill switch: `observe`, `enforce` or `off`, in one SSM parameter an automation."""

from enum import StrEnum
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from pitcrew.metrics import count

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

logger = Logger(child=True)


class Mode(StrEnum):
    """What an automation may do."""

    OBSERVE = "observe"
    """Everything is decided, logged and counted as if, nothing is changed."""

    ENFORCE = "enforce"
    """Decided and done."""

    OFF = "off"
    """Not even decided."""


class ModeParameter:
    """The parameter of one automation; read before every act, so it is never cached."""

    def __init__(self, client: "SSMClient", name: str) -> None:
        self._client = client
        self.name = name

    def read(self) -> Mode:
        """Return the mode now; a value that is unknown or cannot be read is `observe`, and counted."""
        try:
            return Mode(self._client.get_parameter(Name=self.name)["Parameter"]["Value"])
        except (ClientError, BotoCoreError, ValueError) as error:
            logger.warning("mode cannot be read: observing", parameter=self.name, error=str(error))
            count("ModeUnreadable")
            return Mode.OBSERVE
