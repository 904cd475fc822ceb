"""One call to EC2, with what an operator should see of its errors counted: by code, and never by text."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from pitcrew.metrics import count

DENIED = {"UnauthorizedOperation", "AccessDenied", "AccessDeniedException"}
THROTTLED = {"RequestLimitExceeded", "Throttling", "ThrottlingException"}


@contextmanager
def reading() -> Iterator[None]:
    """Make one call; a missing permission and a throttled call are counted, and the error passes as it is."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in DENIED:
            count("AccessDenied", action=error.operation_name)
        if code in THROTTLED:
            count("Throttled", action=error.operation_name)
        raise
