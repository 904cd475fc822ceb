"""When a request is made again, after how long, and when no more."""

import pytest

import kube
from tests.cluster import acts
from tests.cluster.acts import answer
from tests.cluster.faulty import faulty

FINE = answer(200, {"kind": "Node"})
PATH = "/api/v1/nodes/a"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_stays_busy_is_asked_again_until_the_time_is_over(status: int) -> None:
    with faulty(answer(status)) as met:
        with pytest.raises(kube.ClusterUnreachableError, match=str(status)):
            met.cluster(seconds=6).get(PATH)

        assert len(met.server.seen) == len(met.clock.naps) + 1
        assert len(met.server.seen) == 4


def test_retry_after_is_waited_for_before_a_mutation_too() -> None:
    with faulty(answer(429, Retry_After="2"), answer(429, Retry_After="3"), FINE) as met:
        met.cluster(seconds=10).delete(PATH)

        assert [2 <= met.clock.naps[0] < 3, 3 <= met.clock.naps[1] < 4] == [True, True]


@pytest.mark.parametrize("after", ["0", "soon", "-1", "", "1e3", "²"])
def test_a_retry_after_that_says_nothing_is_no_leave_to_hurry(after: str) -> None:
    with faulty(answer(429, Retry_After=after), FINE) as met:
        met.cluster().get(PATH)

        assert 0.05 < met.clock.naps[0] < 1


def test_a_retry_after_beyond_the_deadline_ends_at_once() -> None:
    with faulty(answer(429, Retry_After="60"), FINE) as met:
        with pytest.raises(kube.ClusterUnreachableError, match="429"):
            met.cluster(seconds=30).delete(PATH)

        assert (len(met.server.seen), met.clock.naps) == (1, [])


def test_the_429_of_an_eviction_is_an_answer() -> None:
    with faulty(answer(429)) as met:
        with pytest.raises(kube.ConflictError):
            met.cluster().create("/api/v1/namespaces/a/pods/b/eviction", {"kind": "Eviction"})

        assert len(met.server.seen) == 1


def test_a_review_is_a_question_and_may_be_asked_again() -> None:
    with faulty(answer(500), acts.reset_read, answer(201, {"status": {"allowed": True}})) as met:
        assert met.cluster().allowed("list", "nodes") is True

        assert len(met.server.seen) == 3


def test_without_time_nothing_is_sent() -> None:
    with faulty(FINE) as met:
        cluster = met.cluster(seconds=0)

        with pytest.raises(kube.ClusterUnreachableError):
            cluster.delete(PATH)

        assert met.server.seen == []
