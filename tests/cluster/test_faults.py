"""What a real API server does not do on demand: each fault has its error, its number of tries and its bound in time."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

import kube
from kube.cluster import Cluster
from tests.cluster import acts
from tests.cluster.acts import answer
from tests.cluster.faulty import faulty
from tests.cluster.scripted_server import Act, reset_unread

FINE = answer(200, {"kind": "Node"})

Unreachable, Unknown = kube.ClusterUnreachableError, kube.OutcomeUnknownError


@dataclass(frozen=True)
class Row:
    """What comes of a fault: None stands for an answer after all."""

    script: tuple[Act, ...]
    read: type[kube.KubeError] | None
    tries: int
    mutation: type[kube.KubeError] | None
    mutation_tries: int = 1


def _refused(status: int, error: type[kube.KubeError]) -> Row:
    return Row((answer(status),), error, 1, error)


ROWS = {
    "silence": Row((acts.silence,), Unreachable, 1, Unknown),
    "reset before the request was read": Row((reset_unread, FINE), None, 1, Unknown, 0),
    "reset after it was read": Row((acts.reset_read, FINE), None, 2, Unknown),
    "hung up": Row((acts.hang_up, FINE), None, 2, Unknown),
    "429, then an answer": Row((answer(429, Retry_After="1"), FINE), None, 2, None, 2),
    "500, then an answer": Row((answer(500), FINE), None, 2, Unknown),
    "502, then an answer": Row((answer(502, b"<html>"), FINE), None, 2, Unknown),
    "503, then an answer": Row((answer(503), FINE), None, 2, Unknown),
    "504, then an answer": Row((answer(504), FINE), None, 2, Unknown),
    "501": Row((answer(501),), Unreachable, 1, Unknown),
    "slow body": Row((acts.drip,), Unreachable, 1, Unknown),
    "truncated body": Row((acts.truncated, FINE), None, 2, Unknown),
    "truncated chunk": Row((acts.truncated_chunk, FINE), None, 2, Unknown),
    "no JSON": Row((answer(200, b"<html>"),), Unreachable, 1, Unknown),
    "no object": Row((answer(200, b"[]"),), Unreachable, 1, Unknown),
    "nested without end": Row((answer(200, b"[" * 200_000),), Unreachable, 1, Unknown),
    "401 once": Row((answer(401), FINE), None, 2, None, 2),
    "401 for ever": Row((answer(401),), kube.UnauthorizedError, 2, kube.UnauthorizedError, 2),
    "400": _refused(400, kube.InvalidError),
    "403": _refused(403, kube.ForbiddenError),
    "404": _refused(404, kube.NotFoundError),
    "409": _refused(409, kube.ConflictError),
    "415": _refused(415, kube.InvalidError),
    "422": _refused(422, kube.InvalidError),
}

SECONDS = 1.7
"""Given to each call: short, as silence and drops take all of it."""

BOUND = 6.0
"""Of the real time that a call may take here; generous, for slow machines."""


def _read(cluster: Cluster) -> object:
    return cluster.get("/api/v1/nodes/a")


def _change(cluster: Cluster) -> object:
    return cluster.create("/api/v1/namespaces/a/events", {"kind": "Event"})


def _outcome(call: Callable[[Cluster], object], cluster: Cluster) -> type[kube.KubeError] | None:
    try:
        call(cluster)
    except kube.KubeError as error:
        return type(error)
    return None


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_read_meets_a_fault(row: Row) -> None:
    with faulty(*row.script) as met:
        began = time.monotonic()

        outcome = _outcome(_read, met.cluster(seconds=SECONDS))

        assert (outcome, len(met.server.seen)) == (row.read, row.tries)
        assert time.monotonic() - began < BOUND


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_mutation_meets_a_fault(row: Row) -> None:
    with faulty(*row.script) as met:
        began = time.monotonic()

        outcome = _outcome(_change, met.cluster(seconds=SECONDS))

        assert (outcome, len(met.server.seen)) == (row.mutation, row.mutation_tries)
        assert time.monotonic() - began < BOUND
