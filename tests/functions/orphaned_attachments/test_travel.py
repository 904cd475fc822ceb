"""A run through JSON and back."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.travel import MOST_ACTS, Run
from tests.functions.orphaned_attachments.raw_objects import DEAD, NOW, VOLUME

TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (its zone is beside it)
MAYBE = st.none() | TIMES
TEXTS = st.text(max_size=9)
MEMORIES = st.builds(
    Memory,
    first_look_at=MAYBE,
    node_name=TEXTS,
    lease=MAYBE,
    lease_since=MAYBE,
    dying_since=MAYBE,
    dead_since=MAYBE,
    back_since=MAYBE,
    last_act_at=MAYBE,
    has_begun=st.booleans(),
    detached=st.dictionaries(TEXTS, TIMES, max_size=3),
    unreachable_looks=st.integers(0, 9),
)
RUNS = st.builds(
    Run,
    instance=TEXTS,
    cluster=TEXTS,
    cause=TEXTS,
    planned=TEXTS,
    accepts=st.lists(TEXTS, max_size=3).map(tuple),
    verdict=TEXTS,
    memory=MEMORIES,
    acts=st.lists(TEXTS, max_size=3).map(tuple),
    trouble=TEXTS,
)


@given(run=RUNS)
def test_a_run_comes_back_as_it_left(run: Run) -> None:
    assert Run.unpack(json.loads(json.dumps(run.pack()))) == run


def test_a_run_begins_with_its_instance_alone() -> None:
    assert Run.unpack({"instance": DEAD}) == Run(instance=DEAD)
    assert Run(instance=DEAD).pack()["memory"] == {}


def test_what_a_later_version_wrote_into_a_run_is_left_out() -> None:
    assert Run.unpack({"instance": DEAD, "novelty": 1}) == Run(instance=DEAD)


def test_the_memory_of_a_detach_is_a_time() -> None:
    run = Run(instance=DEAD, memory=Memory(detached={VOLUME: NOW}, last_act_at=NOW))

    assert run.pack()["memory"] == {
        "last_act_at": "2026-01-02T03:04:05+00:00",
        "detached": {VOLUME: "2026-01-02T03:04:05+00:00"},
    }


@pytest.mark.parametrize(("cause", "expected"), [("event", False), ("sweep", False), ("plan-1", True)])
def test_a_run_is_an_operators_where_a_plan_caused_it(cause: str, *, expected: bool) -> None:
    assert Run(instance=DEAD, cause=cause).is_by_an_operator is expected


def test_of_very_many_acts_the_last_are_told() -> None:
    run = Run(instance=DEAD, acts=tuple(str(number) for number in range(MOST_ACTS)))

    acts = run.with_act("last")

    assert (len(acts), acts[0], acts[-1]) == (MOST_ACTS, "1", "last")
