"""Loopback counts as TLS: a policy that refuses plain HTTP (`aws:SecureTransport`) means the open network.

The stand-in speaks HTTP on 127.0.0.1; without this the bootstrap's bucket and every TLS-only queue and topic
would refuse the CDK CLI, the functions and the services alike.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

import contextvars

from ministack import app
from ministack.core import iam_evaluator

_LOOPBACK = "127.0.0.1"


def install() -> None:
    """Say "over TLS" to the evaluator of policies, for requests and for what services do on their own."""
    origin = contextvars.ContextVar("origin", default=(_LOOPBACK, True))
    iam_evaluator._request_origin = origin

    def pin(source_ip: str, _secure_transport: bool) -> None:  # noqa: FBT001  ministack's signature
        origin.set((source_ip, True))

    app.pin_request_origin = pin
