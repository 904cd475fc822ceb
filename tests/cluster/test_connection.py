"""How connections are used: kept from one request to the next, and shared by threads."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import kube
from tests.cluster.acts import answer
from tests.cluster.faulty import TOKEN, faulty
from tests.cluster.scripted_server import Line, Seen

FINE = answer(200, {"kind": "Node"})
PATH = "/api/v1/nodes/a"


def test_one_connection_carries_what_is_asked_one_after_another() -> None:
    with faulty(FINE) as met:
        for _ in range(3):
            met.cluster().get(PATH)
        met.cluster().create("/api/v1/nodes", {})

        assert met.server.connections == 1
        assert len(met.accesses) == 1


def test_refusals_keep_the_connection() -> None:
    with faulty(answer(404), answer(409), FINE) as met:
        for error in (kube.NotFoundError, kube.ConflictError):
            with pytest.raises(error):
                met.cluster().get(PATH)
        met.cluster().get(PATH)

        assert met.server.connections == 1


def test_a_server_that_closed_an_idle_connection_costs_no_error() -> None:
    with faulty(answer(200, {}, Connection="close"), FINE) as met:
        met.cluster().get(PATH)

        assert met.cluster().create("/api/v1/nodes", {}) == {"kind": "Node"}
        assert met.server.connections == 2


def test_a_request_says_who_asks_and_what_it_takes() -> None:
    with faulty(FINE, access={"impersonates": "system:serviceaccount:pitcrew:pitcrew"}) as met:
        met.cluster().get(PATH, resourceVersion="0")

        seen = met.server.seen[0]
        assert (seen.method, seen.target) == ("GET", f"{PATH}?resourceVersion=0")
        assert seen.headers["Authorization"] == f"Bearer {TOKEN}-1"
        assert seen.headers["Impersonate-User"] == "system:serviceaccount:pitcrew:pitcrew"
        assert (seen.headers["User-Agent"], seen.headers["Accept-Encoding"]) == ("pitcrew", "gzip")


def test_sixteen_threads_ask_at_once_with_one_set_of_credentials() -> None:
    def echo(line: Line, seen: Seen) -> bool:
        return answer(200, {"metadata": {"name": seen.target.rpartition("/")[2]}})(line, seen)

    with faulty(echo) as met, ThreadPoolExecutor(16) as threads:
        names = [f"n{number}" for number in range(400)]

        found = threads.map(lambda name: met.cluster().get(f"/api/v1/nodes/{name}")["metadata"]["name"], names)

        assert list(found) == names
        assert met.server.connections <= 16
        assert len(met.accesses) == 1


def test_sixteen_threads_that_are_refused_renew_the_credentials_once() -> None:
    with faulty(FINE) as met:
        met.cluster().get(PATH)
        met.server.play(lambda line, seen: (FINE if "-2" in seen.headers["Authorization"] else answer(401))(line, seen))
        with ThreadPoolExecutor(16) as threads:
            found = list(threads.map(lambda _: met.cluster().get(PATH), range(16)))

        assert found == [{"kind": "Node"}] * 16
        assert len(met.accesses) == 2
