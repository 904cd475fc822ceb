"""The administrator's client for tests: it must not be the layer `kube`, which they test."""

import json
from pathlib import Path
from typing import Any, Self

import urllib3

Answer = tuple[int, dict[str, Any]]
"""HTTP status and body; a body that is not JSON is `{"text": …}`."""

SECONDS = 30.0


class Client:
    """Requests with a client certificate, each sent once."""

    def __init__(self, url: str, *, ca: Path, certificate: Path, key: Path) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(
            ca_certs=str(ca), cert_file=str(certificate), key_file=str(key), retries=False, timeout=SECONDS
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget()

    def get(self, path: str) -> Answer:
        """Read *path*, its query included."""
        return self._send("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        """Create what *body* says."""
        return self._send("POST", path, body)

    def put(self, path: str, body: dict[str, Any]) -> Answer:
        """Replace *path* by *body*."""
        return self._send("PUT", path, body)

    def patch(self, path: str, body: Any, *, kind: str = "merge-patch") -> Answer:  # noqa: ANN401 - JSON patches are lists
        """Change *path*; *kind* is `merge-patch`, `json-patch`, `strategic-merge-patch` or `apply-patch`."""
        suffix = "yaml" if kind == "apply-patch" else "json"
        return self._send("PATCH", path, body, content_type=f"application/{kind}+{suffix}")

    def delete(self, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Delete *path*; *body* is DeleteOptions."""
        return self._send("DELETE", path, body)

    def forget(self) -> None:
        """Close the connections; the next request opens a new one."""
        self._pool.clear()

    def _send(
        self,
        method: str,
        path: str,
        body: Any = None,  # noqa: ANN401 - JSON
        *,
        content_type: str = "application/json",
    ) -> Answer:
        headers = {"Accept": "application/json", "Content-Type": content_type}
        sent = None if body is None else json.dumps(body).encode()
        answer = self._pool.request(method, self._url + path, body=sent, headers=headers)
        if "json" in answer.headers.get("Content-Type", ""):
            return answer.status, json.loads(answer.data)
        return answer.status, {"text": answer.data.decode()}
