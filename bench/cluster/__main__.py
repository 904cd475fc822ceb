"""Mutual TLS and HTTP around the answers. Prints a kubeconfig; ends when its standard input does.

For each line of standard input it prints how often each path was asked for since the line before.
"""

import argparse
import json
import ssl
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.cluster.answers import Api
from bench.cluster.contents import lists
from local.controlplane.certificates import Authority
from local.controlplane.kubeconfigs import certified, kubeconfig


class Server(ThreadingHTTPServer):
    """Serves lists."""

    daemon_threads = True

    def __init__(self, api: Api, tls: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.api = api
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def do_GET(self) -> None:
        """Answer with a page."""
        is_packed = "gzip" in self.headers.get("Accept-Encoding", "")
        body = self.server.api.answer(self.path, is_packed=is_packed)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/json")
        if body and is_packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")
        self.wfile.flush()

    def log_message(self, format: str, *_arguments: object) -> None:  # noqa: A002 (the standard library's name)
        """Say nothing."""
        del format


def main() -> None:
    """Serve as many Nodes and volumes as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster")
    parser.add_argument("--nodes", type=int, required=True)
    parser.add_argument("--volumes", type=int, default=0, help="each with a PersistentVolume and a VolumeAttachment")
    arguments = parser.parse_args()
    api = Api(lists(nodes=arguments.nodes, volumes=arguments.volumes))
    api.warm()
    authority = Authority()
    with Server(api, _tls(authority)) as server:
        url = f"https://localhost:{server.server_address[1]}"
        user = certified(authority.client("bench", ["system:masters"]))
        sys.stdout.write(json.dumps(kubeconfig(url, user, ca=authority.pem)) + "\n")
        sys.stdout.flush()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for _ in sys.stdin:
            sys.stdout.write(json.dumps(api.requests) + "\n")
            sys.stdout.flush()
            api.requests.clear()
        server.shutdown()


def _tls(authority: Authority) -> ssl.SSLContext:
    """Return a context that wants a certificate of whoever comes."""
    pair = authority.server()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_verify_locations(cadata=authority.pem)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(pair.public + pair.key)
        file.flush()
        tls.load_cert_chain(file.name)
    return tls


if __name__ == "__main__":
    main()
