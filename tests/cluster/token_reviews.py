"""Plays EKS's authenticator: reads the signed question in a token, and says who an IAM role is in the cluster.

It trusts every signature: what is proven with it is the token's form and where it leads, not STS.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PREFIX = "k8s-aws-v1."


@contextmanager
def authenticator(users: dict[str, str]) -> Iterator[str]:
    """Serve on loopback, and yield the address; *users* are names in the cluster by access key."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            user = users.get(_access_key(review["spec"]["token"]))
            status = {"authenticated": user is not None, "user": {"username": user, "groups": ["pitcrew"]}}
            body = json.dumps({"apiVersion": review["apiVersion"], "kind": "TokenReview", "status": status}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the question holds a token."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _access_key(token: str) -> str:
    """Return whose question this is; empty where it is none that EKS would take."""
    encoded = token.removeprefix(PREFIX)
    question = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode(errors="replace"))
    asked = parse_qs(question.query)
    is_sound = (
        token.startswith(PREFIX)
        and question.scheme == "https"
        and question.path == "/"
        and asked.get("Action") == ["GetCallerIdentity"]
        and asked.get("X-Amz-SignedHeaders") == ["host;x-k8s-aws-id"]
    )
    return asked["X-Amz-Credential"][0].partition("/")[0] if is_sound else ""
