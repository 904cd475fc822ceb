"""A forward proxy on loopback that knows CONNECT only."""

import contextlib
import select
import socket
import threading
from dataclasses import dataclass, field
from typing import Self

from tests.cluster.forged_certificates import LOOPBACK


@dataclass
class ConnectProxy:
    """Carries tunnels, or refuses each with *refusal*. A context manager, on a free port."""

    refusal: bytes = b""
    heads: list[str] = field(default_factory=list)
    """What clients said when they asked for a tunnel."""

    def __post_init__(self) -> None:
        self._listener = socket.create_server((LOOPBACK, 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._open: list[socket.socket] = []

    def url(self, credentials: str = "") -> str:
        return f"http://{credentials}{LOOPBACK}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                self._threads.append(threading.Thread(target=self._carry, args=(client,)))
                self._threads[-1].start()

    def _carry(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.heads.append(head.decode())
            if self.refusal:
                client.sendall(self.refusal)
                return
            host, _, port = head.split()[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _both_ways(client, server)


def _both_ways(client: socket.socket, server: socket.socket) -> None:
    while True:
        for ready in select.select([client, server], [], [])[0]:
            data = ready.recv(65536)
            if not data:
                return
            (server if ready is client else client).sendall(data)
