"""A cluster whose API server is a scripted one, and a clock that naps do not slow down."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kube.access import Access
from kube.cluster import Cluster
from kube.connection import Connection
from tests.cluster.forged_certificates import LOOPBACK, Forger, Pair
from tests.cluster.scripted_server import Act, ScriptedServer

AUTHORITY = Forger()
PAIR = AUTHORITY.pair(LOOPBACK)
TOKEN = "canary-token-4f1d"


@dataclass
class Clock:
    """The real time, and on top of it the naps, which take none."""

    naps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return time.monotonic() + sum(self.naps)

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)


@dataclass
class Faulty:
    """What the tests look at."""

    server: ScriptedServer
    clock: Clock
    connection: Connection
    accesses: list[Access]
    """What was read where credentials were asked for."""

    def cluster(self, *, seconds: float = 5.0) -> Cluster:
        return Cluster(self.connection, seconds=seconds)


@contextmanager
def faulty(
    *script: Act,
    pair: Pair = PAIR,
    access: Mapping[str, Any] | None = None,
    **server: Any,  # noqa: ANN401 (fields of ScriptedServer)
) -> Iterator[Faulty]:
    """Run a scripted server and a connection to it; *access* changes how it is reached."""
    clock = Clock()
    accesses: list[Access] = []
    with ScriptedServer(pair, script, **server) as running:

        def provide(_seconds: float) -> Access:
            token = f"{TOKEN}-{len(accesses) + 1}"
            reached = {"server": running.url, "ca": AUTHORITY.certificate, "token": token} | dict(access or {})
            accesses.append(Access(**reached))
            return accesses[-1]

        connection = Connection(provide, lambda _ask, _end: None, clock=clock, sleep=clock.sleep)
        yield Faulty(running, clock, connection, accesses)
