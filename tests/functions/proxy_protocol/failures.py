"""The ways in which a call to AWS fails, as boto3 raises them."""

from collections.abc import Callable
from typing import TypeAlias

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

Failure: TypeAlias = Callable[[str], Exception]
"""Makes the exception that boto3 raises, from the operation's name."""


def refusal(code: str, *, status: int = 400) -> Failure:
    """Make an answer of AWS that says no."""

    def failure(operation: str) -> Exception:
        said = {"Code": code, "Message": f"{code} at {operation}"}
        metadata = {"HTTPStatusCode": status, "RequestId": f"refused-{operation}"}
        return ClientError({"Error": said, "ResponseMetadata": metadata}, operation)  # type: ignore[typeddict-item] # the rest of the metadata is read by nobody

    return failure


def read_timeout(_operation: str) -> Exception:
    return ReadTimeoutError(endpoint_url="https://aws.invalid/")


def connection_reset(_operation: str) -> Exception:
    return ConnectionClosedError(endpoint_url="https://aws.invalid/")
