"""One exchange with an API server over a pooled connection, with every wait and every size bounded."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError, ProtocolError, SSLError

from kube import tls
from kube.access import Access
from kube.answers import read
from kube.errors import ClusterUnreachableError, OutcomeUnknownError
from kube.exchange import AgainError, Reply, Request
from kube.pool import open_pool

CONNECT_SECONDS = 2.0
READ_SECONDS = 8.0

MOST_BYTES = 32 * 1024 * 1024
"""Of one answer, unpacked: a page of 250 Nodes has some 5 MB, and a function 512 MB of memory."""

TOO_MANY = 429
PASSING = {500, 502, 503, 504}
"""Answers that say nothing for ever."""


class Transport:
    """Connections to one API server as one user; safe to use from several threads."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._tls = tls.context(access)
        self._prefix = (urllib3.util.parse_url(access.server).path or "").rstrip("/")
        self._headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "pitcrew"}
        self._headers |= access.headers
        self.forget_connections()

    def send(self, request: Request, *, left: Callable[[], float]) -> dict[str, Any]:
        """Exchange once, within the seconds that are *left*. Raises KubeError, and AgainError where that may pass."""
        lost: Exception | None = None
        try:
            reply = self._reply(request, left)
        except HTTPError as error:
            lost = _lost(request, error)
        if lost:
            # Outside of the handler: urllib3's error quotes what the server sent, and is not even its context.
            raise lost
        if _is_passing(request, reply):
            busy = ClusterUnreachableError(f"{request}: the answer was HTTP {reply.status}")
            asked = reply.headers.get("Retry-After", "")
            raise AgainError(busy, after=float(asked) if asked.isascii() and asked.isdigit() else 0)
        return read(request, reply, secret=self._access.token)

    def _reply(self, request: Request, left: Callable[[], float]) -> Reply:
        seconds = max(left(), 0.001)
        query = f"?{urlencode(request.query)}" if request.query else ""
        response = self._pool.urlopen(
            request.method,
            f"{self._prefix}{request.path}{query}",
            body=request.body,
            headers={**self._headers, "Content-Type": request.content_type},
            timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=min(READ_SECONDS, seconds)),
            retries=False,
            redirect=False,
            preload_content=False,
        )
        return Reply(response.status, response.headers, _whole(response, left))

    def forget_connections(self) -> None:
        """Let the next exchange use a fresh connection; those that other threads are using end with their exchange."""
        self._pool = open_pool(self._access, self._tls)


class _EndlessError(HTTPError):
    """A body does not end."""


def _whole(response: urllib3.BaseHTTPResponse, left: Callable[[], float]) -> bytes:
    """Read the body as it arrives: one that drips ends with the time, a huge one with its size."""
    body = bytearray()
    while part := response.read1(65536):
        body += part
        if len(body) > MOST_BYTES or left() <= 0:
            response.close()
            raise _EndlessError("it is too big" if left() > 0 else "it did not end in time")
    response.release_conn()
    return bytes(body)


def _lost(request: Request, error: HTTPError) -> Exception:
    """Return what it means that a request was sent and no whole answer came."""
    # The text of urllib3's own errors may hold what the server sent.
    why = f"{request}: no whole answer ({error if isinstance(error, _EndlessError) else type(error).__name__})"
    if request.is_mutation:
        return OutcomeUnknownError(f"{why}; it may have happened")
    lost = ClusterUnreachableError(why)
    return AgainError(lost) if isinstance(error, ProtocolError | SSLError) else lost


def _is_passing(request: Request, reply: Reply) -> bool:
    """Whether the server did not act (429), or cannot answer now and asking again is harmless."""
    if reply.status == TOO_MANY:
        return not request.path.endswith("/eviction")  # there it says: a disruption budget forbids it now
    return reply.status in PASSING and not request.is_mutation
