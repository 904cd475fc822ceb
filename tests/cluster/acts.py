"""What the scripted server can do with a request."""

import gzip
import json
import time
from collections.abc import Mapping
from typing import Any

from tests.cluster.scripted_server import Act, Line, Seen

MEBIBYTE = 2**20


def answer(status: int, body: Mapping[str, Any] | bytes | None = None, **headers: str) -> Act:
    """Answer; a body that is not bytes becomes JSON, and a refusal without one the API's Status."""
    content = body if isinstance(body, bytes) else json.dumps(body or _status(status)).encode()

    def act(line: Line, _seen: Seen) -> bool:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        line.send(_head(status, {"Content-Length": str(len(content)), **named}) + content)
        return True

    return act


def page(*uids: str, more: str = "") -> Act:
    """Answer with one page of a list."""
    items = [{"metadata": {"uid": uid, "name": uid}} for uid in uids]
    return answer(200, {"metadata": {"continue": more}, "items": items})


def silence(line: Line, _seen: Seen) -> bool:
    """Say nothing until the server stops."""
    line.ends.wait()
    return False


def reset_read(line: Line, _seen: Seen) -> bool:
    """Reset the connection after the request was read."""
    return line.reset()


def hang_up(_line: Line, _seen: Seen) -> bool:
    """Close the connection in good order instead of an answer."""
    return False


def drip(line: Line, _seen: Seen) -> bool:
    """Begin an answer and go on with a byte every 50 ms, for ever."""
    line.send(_head(200, {"Content-Length": str(MEBIBYTE)}) + b"{")
    while not line.ends.is_set():
        time.sleep(0.05)
        line.send(b" ")
    return False


def truncated(line: Line, _seen: Seen) -> bool:
    """Send less than was announced."""
    line.send(_head(200, {"Content-Length": "1000"}) + b'{"kind": "Node"')
    return False


def truncated_chunk(line: Line, _seen: Seen) -> bool:
    """End in the middle of a chunk."""
    line.send(_head(200, {"Transfer-Encoding": "chunked"}) + b'ff\r\n{"kind"')
    return False


def huge(line: Line, _seen: Seen) -> bool:
    """Send a gigabyte of JSON."""
    line.send(_head(200, {"Content-Length": str(1024 * MEBIBYTE)}) + b'{"a": "')
    for _ in range(1024):
        line.send(b"x" * MEBIBYTE)
    return False


def bomb(line: Line, _seen: Seen) -> bool:
    """Send a megabyte that unpacks to a gigabyte."""
    packed = gzip.compress(b"x" * 16 * MEBIBYTE) * 64
    line.send(_head(200, {"Content-Length": str(len(packed)), "Content-Encoding": "gzip"}) + packed)
    return False


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", "Content-Type: application/json", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _status(code: int) -> dict[str, Any]:
    return {"kind": "Status", "apiVersion": "v1", "code": code, "message": f"said {code}"}
