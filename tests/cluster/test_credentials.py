"""Credentials: read once, renewed by time and on a refusal, and each server proven before it is asked anything.

Over 120 lines because every reason to read credentials again is a small story.
"""

import threading
from collections.abc import Callable

import pytest

import kube
from kube.access import Access
from kube.cluster import Cluster
from kube.connection import Connection, Exchange
from kube.exchange import Request
from tests.cluster.acts import answer
from tests.cluster.faulty import AUTHORITY, PAIR, Clock
from tests.cluster.scripted_server import ScriptedServer

FINE = answer(200, {"kind": "Node"})
PATH = "/api/v1/nodes/a"
PROOF = Request(method="GET", path="/api/v1/nodes")


class _Way:
    """Leads to one server after the other, the last one for ever, and counts proofs."""

    def __init__(self, *servers: ScriptedServer, lasts: float | None = None) -> None:
        self._servers = list(servers)
        self._lasts = lasts
        self.clock = Clock()
        self.given: list[Access] = []
        self.proofs = 0
        self.trouble: Exception | None = None
        self.connection = Connection(self._provide, self._prove, clock=self.clock, sleep=self.clock.sleep)

    def cluster(self, *, seconds: float = 5.0) -> Cluster:
        return Cluster(self.connection, seconds=seconds)

    def _provide(self, _seconds: float) -> Access:
        if self.trouble:
            raise self.trouble
        server = self._servers.pop(0) if len(self._servers) > 1 else self._servers[0]
        token = f"token-{len(self.given) + 1}"
        self.given.append(Access(server=server.url, ca=AUTHORITY.certificate, token=token, seconds=self._lasts))
        return self.given[-1]

    def _prove(self, exchange: Exchange, end: float) -> None:
        self.proofs += 1
        exchange(PROOF, end)


def _tokens(server: ScriptedServer) -> list[str]:
    return [seen.headers["Authorization"].removeprefix("Bearer token-") for seen in server.seen]


def test_credentials_and_proof_last() -> None:
    with ScriptedServer(PAIR, [FINE]) as server:
        way = _Way(server)

        for _ in range(3):
            way.cluster().get(PATH)

        assert (len(way.given), way.proofs, server.connections) == (1, 1, 1)
    assert [seen.target for seen in server.seen] == [PROOF.path, PATH, PATH, PATH]


def test_credentials_that_run_out_are_renewed_and_the_server_stays_proven() -> None:
    with ScriptedServer(PAIR, [FINE]) as server:
        way = _Way(server, lasts=60)
        way.cluster().get(PATH)
        way.clock.sleep(59)
        way.cluster().get(PATH)
        way.clock.sleep(1)
        way.cluster().get(PATH)

        assert (len(way.given), way.proofs) == (2, 1)
    assert _tokens(server) == ["1", "1", "1", "2"]


@pytest.mark.parametrize("ask", [lambda cluster: cluster.get(PATH), lambda cluster: cluster.delete(PATH)])
def test_refused_credentials_are_renewed_once(ask: Callable[[Cluster], object]) -> None:
    with ScriptedServer(PAIR, [FINE, answer(401), FINE]) as server:
        way = _Way(server)

        ask(way.cluster())

        assert (len(way.given), way.proofs) == (2, 1)
    assert _tokens(server) == ["1", "1", "2"]


def test_another_server_is_proven_before_it_is_asked() -> None:
    with ScriptedServer(PAIR, [FINE, answer(401)]) as old, ScriptedServer(PAIR, [FINE]) as new:
        way = _Way(old, new)

        way.cluster().get(PATH)

        assert way.proofs == 2
    assert [seen.target for seen in new.seen] == [PROOF.path, PATH]


def test_a_proof_renews_credentials_too() -> None:
    with ScriptedServer(PAIR, [answer(401), FINE]) as server:
        way = _Way(server)

        way.cluster().get(PATH)

        assert (len(way.given), way.proofs) == (2, 1)
    assert _tokens(server) == ["1", "2", "2"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, kube.UnauthorizedError),
        (403, kube.ForbiddenError),
        (404, kube.ClusterUnreachableError),
        (302, kube.ClusterUnreachableError),
    ],
)
def test_a_proof_that_fails_is_the_callers_error_and_is_made_again(status: int, error: type[kube.KubeError]) -> None:
    with ScriptedServer(PAIR, [answer(status)]) as server:
        way = _Way(server)
        with pytest.raises(kube.KubeError) as problem:
            way.cluster().delete(PATH)
        assert type(problem.value) is error
        server.play(FINE)

        way.cluster().delete(PATH)

    assert [seen.target for seen in server.seen if seen.method == "DELETE"] == [PATH]


@pytest.mark.parametrize("trouble", [kube.BadKubeconfigError("users"), kube.ClusterUnreachableError("asked AWS")])
def test_credentials_that_cannot_be_read_are_asked_for_again_by_the_next_call(trouble: kube.KubeError) -> None:
    with ScriptedServer(PAIR, [FINE]) as server:
        way = _Way(server)
        way.trouble = trouble
        with pytest.raises(type(trouble)):
            way.cluster().get(PATH)
        way.trouble = None

        assert way.cluster().get(PATH) == {"kind": "Node"}


def test_a_cluster_that_moved_is_found_by_the_next_call() -> None:
    with ScriptedServer(PAIR, [FINE]) as new:
        with ScriptedServer(PAIR, [FINE]) as old:
            way = _Way(old, new)
            way.cluster().get(PATH)
        with pytest.raises(kube.ClusterUnreachableError):
            way.cluster(seconds=1).get(PATH)

        assert way.cluster().get(PATH) == {"kind": "Node"}


def test_a_410_is_no_reason_to_read_credentials() -> None:
    with ScriptedServer(PAIR, [FINE, answer(410), FINE]) as server:
        way = _Way(server)
        with pytest.raises(kube.ClusterUnreachableError):
            way.cluster().get(PATH)
        way.cluster().get(PATH)

        assert len(way.given) == 1


def test_who_waits_for_another_threads_proof_waits_no_longer_than_its_own_time() -> None:
    proving, done = threading.Event(), threading.Event()

    def prove(_exchange: Exchange, _end: float) -> None:
        proving.set()
        done.wait(10)

    with ScriptedServer(PAIR, [FINE]) as server:
        access = Access(server=server.url, ca=AUTHORITY.certificate, token="token")
        connection = Connection(lambda _seconds: access, prove)
        first = threading.Thread(target=Cluster(connection, seconds=10).get, args=(PATH,))
        first.start()
        proving.wait(10)

        with pytest.raises(kube.ClusterUnreachableError, match="no time is left"):
            Cluster(connection, seconds=0.1).get(PATH)

        done.set()
        first.join()
        assert [seen.target for seen in server.seen] == [PATH]
