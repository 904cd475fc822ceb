"""Free ports on loopback."""

import contextlib
import socket
from typing import NamedTuple

LOOPBACK = "127.0.0.1"


class Ports(NamedTuple):
    """Who listens where."""

    etcd: int
    etcd_peers: int
    kube_apiserver: int
    controller_manager: int
    scheduler: int


def draw() -> Ports:
    """Return ports that are free now; another process may still be faster than who uses them."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in Ports._fields]
        for one in sockets:
            one.bind((LOOPBACK, 0))
        return Ports(*(one.getsockname()[1] for one in sockets))
