"""A TLS server that does what a script says: the faults that a real API server does not give on demand.

Over 120 lines because the server and what passes over one connection are read together.
"""

import contextlib
import select
import socket
import ssl
import struct
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import parse_headers
from typing import Self

from tests.cluster.forged_certificates import LOOPBACK, Pair


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


Act = Callable[["Line", Seen], bool]
"""What is done with a request; whether the connection lives on."""


@dataclass
class Line:
    """One connection."""

    socket: ssl.SSLSocket
    ends: threading.Event
    """Set when the server stops: who waits, waits for this."""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reset(self) -> bool:
        """Close without a word of TLS or TCP's good manners."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()
        return False


def reset_unread(line: Line, _seen: Seen) -> bool:
    """Stand in a script for a connection that is reset before its request is read."""
    return line.reset()


@dataclass
class ScriptedServer:
    """Plays one act a request, in order; the last one again and again. A context manager, on a free port."""

    pair: Pair
    script: Sequence[Act]
    before_tls: Callable[[socket.socket, threading.Event], bool] = lambda _socket, _ends: True
    """Runs on each new connection; False: that was all."""

    client_ca: str = ""
    """Whose client certificates are wanted; empty: nobody's."""

    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    server_names: list[str | None] = field(default_factory=list)
    """What clients asked for by SNI."""

    def __post_init__(self) -> None:
        self._acts = list(self.script)
        self._ends = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server((LOOPBACK, 0))
        self._context = _context(self.pair, self.client_ca)
        self._context.sni_callback = lambda _line, name, _context: self.server_names.append(name)
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"https://{LOOPBACK}:{self.port}"

    def play(self, *script: Act) -> None:
        """Go on with another script."""
        with self._lock:
            self._acts = list(script)

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=5)

    def _accept(self) -> None:
        while not self._ends.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection, self.connections)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection, contextlib.suppress(OSError, ValueError):
            if not self.before_tls(connection, self._ends):
                return
            with self._context.wrap_socket(connection, server_side=True) as tls:
                self._open.append(tls)
                line = Line(tls, self._ends)
                while self._exchange(line, number):
                    pass

    def _exchange(self, line: Line, number: int) -> bool:
        select.select([line.socket], [], [])
        if self._acts[0] is reset_unread:
            return self._take()(line, Seen("", "", {}, b"", number))
        seen = _read(line.socket, number)
        if seen is None:
            return False
        self.seen.append(seen)
        return self._take()(line, seen)

    def _take(self) -> Act:
        with self._lock:
            return self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]


def _read(tls: ssl.SSLSocket, number: int) -> Seen | None:
    with tls.makefile("rb") as stream:
        first = stream.readline().decode().split()
        if not first:
            return None
        headers = dict(parse_headers(stream).items())
        body = stream.read(int(headers.get("Content-Length", 0)))
        return Seen(first[0], first[1], headers, body, number)


def _context(pair: Pair, client_ca: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(pair.certificate + pair.key)
        file.flush()
        context.load_cert_chain(file.name)
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=client_ca)
    return context
