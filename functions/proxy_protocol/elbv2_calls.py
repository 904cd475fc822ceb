"""One call to ELBv2: at a pace, with its errors as the two that matter here, by code and never by text."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from pitcrew.limiter import Limiter
from pitcrew.metrics import count

GONE = {"TargetGroupNotFound", "TargetGroupNotFoundException"}
"""The code on the wire, and the exception's name that some SDKs and events spell instead."""

DENIED = {"AccessDenied", "AccessDeniedException"}
THROTTLED = {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"}


class TargetGroupGoneError(Exception):
    """The target group was deleted."""


class RefusedError(Exception):
    """AWS will refuse this call however often it is made: a missing permission, or an impossible setting."""

    def __init__(self, error: ClientError) -> None:
        super().__init__(str(error))
        self._is_denial = error.response["Error"]["Code"] in DENIED
        self.action = error.operation_name
        self.request_id = error.response["ResponseMetadata"].get("RequestId", "")

    def count(self) -> None:
        """Count a missing permission, by its action."""
        if self._is_denial:
            count("AccessDenied", action=self.action)


@contextmanager
def reading(limiter: Limiter) -> Iterator[None]:
    """Make one read when its turn comes, with AWS's codes as ours; a missing permission is counted.

    Every other error passes as it is, to be tried again by queue, sweep or operator.
    """
    try:
        with writing(limiter):
            yield
    except RefusedError as error:
        error.count()
        raise


@contextmanager
def writing(limiter: Limiter) -> Iterator[None]:
    """Make one write in the same way, but for the count: a write is denied too where the group is gone."""
    limiter.wait()
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in GONE:
            raise TargetGroupGoneError(str(error)) from error
        if code in DENIED | {"InvalidConfigurationRequest"}:
            raise RefusedError(error) from error
        if code in THROTTLED:
            count("Throttled", action=error.operation_name)
        raise
