"""The API server's answer: the object, or the error that says what to do."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from kube import errors
from kube.exchange import Reply, Request

ERRORS: Mapping[int, type[errors.KubeError]] = {
    401: errors.UnauthorizedError,
    403: errors.ForbiddenError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    410: errors.ListExpiredError,
    # Only an eviction's comes here: every other 429 is waited out.
    429: errors.ConflictError,
}
"""Any other 4xx is an InvalidError, and anything else no word of an API server."""

MOST_SAID = 1000
"""Characters of the server's message that an error's text repeats."""


def read(request: Request, reply: Reply, *, secret: str) -> dict[str, Any]:
    """Return the object in *reply*, or raise the KubeError that its status stands for.

    A server that sends our token back does not get it into an error: *secret* is cut out.
    """
    is_success = 200 <= reply.status < 300  # noqa: PLR2004 (success, as HTTP numbers it)
    answer = _object(reply.body if is_success or not secret else reply.body.replace(secret.encode(), b"..."))
    if is_success and answer is not None:
        return answer
    raise _error(request, reply.status, answer if answer and answer.get("kind") == "Status" else None)


def _object(body: bytes) -> dict[str, Any] | None:
    with suppress(ValueError, RecursionError):
        found = json.loads(body)
        return found if isinstance(found, dict) else None
    return None


def _error(request: Request, code: int, status: Mapping[str, Any] | None) -> errors.KubeError:
    said = str((status or {}).get("message", ""))[:MOST_SAID]
    text = f"{request}: {said or f'the answer was HTTP {code}'}"
    if 400 <= code < 500:  # noqa: PLR2004 (the client's fault, as HTTP numbers it)
        return ERRORS.get(code, errors.InvalidError)(text, status=status)
    kind = errors.OutcomeUnknownError if request.is_mutation else errors.ClusterUnreachableError
    return kind(text, status=status)
