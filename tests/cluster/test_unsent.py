"""Trouble before the request was sent: the server cannot have acted, so that it is safe to try again."""

import socket
import struct
import threading
import time
from collections.abc import Callable

import pytest

import kube
from tests.cluster.acts import answer
from tests.cluster.faulty import faulty

FINE = answer(200, {"kind": "Node"})
PATH = "/api/v1/nodes/a"

BeforeTls = Callable[[socket.socket, threading.Event], bool]


def _silent(_socket: socket.socket, ends: threading.Event) -> bool:
    ends.wait()
    return False


def _reset(connection: socket.socket, _ends: threading.Event) -> bool:
    connection.recv(1)  # the handshake has begun
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def _plain(connection: socket.socket, _ends: threading.Event) -> bool:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    return False


@pytest.mark.parametrize("before_tls", [_silent, _reset, _plain])
@pytest.mark.parametrize("call", ["read", "mutation"])
def test_what_failed_before_the_request_was_sent_is_never_an_unknown_outcome(before_tls: BeforeTls, call: str) -> None:
    with faulty(FINE, before_tls=before_tls) as met:
        cluster, began = met.cluster(seconds=1), time.monotonic()

        with pytest.raises(kube.ClusterUnreachableError, match="no connection"):
            _ = cluster.get(PATH) if call == "read" else cluster.delete(PATH)

        assert time.monotonic() - began < 6


def test_a_connection_that_failed_is_made_again_for_a_mutation_too() -> None:
    first = iter([True])

    def reset_once(connection: socket.socket, ends: threading.Event) -> bool:
        return not next(first, False) or _reset(connection, ends)

    with faulty(FINE, before_tls=reset_once) as met:
        assert met.cluster().delete(PATH) == {"kind": "Node"}

        assert (len(met.server.seen), met.server.connections, len(met.clock.naps)) == (1, 2, 1)


@pytest.mark.parametrize("server", ["https://127.0.0.1:1", "https://name.invalid"])
def test_a_server_that_is_not_there_is_unreachable(server: str) -> None:
    with faulty(FINE, access={"server": server}) as met:
        with pytest.raises(kube.ClusterUnreachableError, match="no connection"):
            met.cluster().delete(PATH)

        assert met.clock.naps, "what was never sent is tried again"


def test_a_silent_handshake_takes_two_seconds_at_most() -> None:
    with faulty(FINE, before_tls=_silent) as met:
        cluster, began = met.cluster(seconds=2.1), time.monotonic()

        with pytest.raises(kube.ClusterUnreachableError):
            cluster.get(PATH)

        assert 1.9 < time.monotonic() - began < 5
