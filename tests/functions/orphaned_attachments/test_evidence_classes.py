"""Every combination of the classes of evidence against an oracle, and the law over all of them.

Over 120 lines because the law has many sentences.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.orphaned_attachments.decision import Decision, Facts, decide
from functions.orphaned_attachments.decision.facts import Standing
from functions.orphaned_attachments.decision.instance import State
from tests.functions.orphaned_attachments import oracle
from tests.functions.orphaned_attachments.evidence_classes import Classes, every_combination, facts_of
from tests.functions.orphaned_attachments.facts import instance
from tests.functions.orphaned_attachments.played_facts import played

EVERY = {one: decide(facts_of(one)) for one in every_combination()}
STEPS = 80
"""More than 3 minutes of looks, the longest wait before a finalizer is stripped, and every act."""


def _act(decision: Decision) -> str:
    return decision.act.kind.value if decision.act else ""


def _breaches(is_breach: Callable[[Classes, Decision], bool]) -> list[Classes]:
    return [one for one, decision in EVERY.items() if is_breach(one, decision)]


def test_the_table_is_complete() -> None:
    assert len(EVERY) == 9 * 12 * 6 * 6 * 4 * 2 * 2
    assert {decision.verdict.value for decision in EVERY.values()} == {oracle.verdict(one) for one in EVERY}
    assert {_act(decision) for decision in EVERY.values()} == {oracle.act(one) for one in EVERY}
    assert len({_act(decision) for decision in EVERY.values()}) == 10


def test_every_combination_has_the_verdict_of_the_design_page() -> None:
    assert _breaches(lambda one, decision: decision.verdict != oracle.verdict(one)) == []


def test_every_combination_has_the_next_act_of_the_design_page() -> None:
    assert _breaches(lambda one, decision: _act(decision) != oracle.act(one)) == []


def test_no_release_act_without_evidence_that_the_machine_is_dead() -> None:
    dead = {"stopped", "terminated"}

    assert [one for one in _breaches(_releases) if one.instance not in dead] == []
    assert {one.instance for one in _breaches(_releases)} == dead


def _releases(_one: Classes, decision: Decision) -> bool:
    return decision.act is not None and decision.act.kind.is_release


def test_a_hold_goes_on_where_death_is_final_and_the_node_speaks() -> None:
    holding = _breaches(lambda _, decision: _act(decision) == "hold")

    assert {one.instance for one in holding} == {"shutting-down", "terminated"}
    assert {EVERY[one].verdict.value for one in holding} == {"Watching", "Contradicted"}


def test_only_marks_of_ours_come_off() -> None:
    assert (
        _breaches(
            lambda one, decision: (
                (_act(decision) == "unhold" and "held" not in one.node)
                or (_act(decision) == "untaint" and "by us" not in one.node)
            )
        )
        == []
    )


def test_a_node_of_another_machine_and_its_pods_are_left_alone() -> None:
    assert (
        _breaches(
            lambda one, decision: one.node.startswith("replaced") and _act(decision) in {"hold", "taint", "release pod"}
        )
        == []
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: replace(facts, standing=Standing.NONE),
        lambda facts: replace(facts, standing=Standing.WRONG),
        lambda facts: replace(facts, standing=Standing.UNREACHABLE),
        lambda facts: replace(
            facts, instance=replace(facts.instance, tags={"pitcrew:orphaned-attachments": "disabled"})
        ),
        lambda facts: replace(facts, instance=instance(State.UNKNOWN)),
        lambda facts: replace(facts, instance=instance(State.NOT_FOUND)),
    ],
)
def test_the_same_evidence_releases_nothing_where_it_may_not(change: Callable[[Facts], Facts]) -> None:
    releasing = _breaches(_releases)

    assert len(releasing) > 1000
    assert [one for one in releasing if _releases(one, decide(change(facts_of(one))))] == []


PLAYED = [one for one in EVERY if one.volume in {"here", "available"}]
"""Gone and elsewhere are as good as available for every act: the tests above."""


def _blocks(one: Classes) -> bool:
    """Whether a pod that is never released by us keeps its volume: a spared one, or one of another machine's Node."""
    is_bound = one.pods == "spared" or (one.pods in {"bound", "terminating"} and one.node.startswith("replaced"))
    is_anothers = one.node.startswith("replaced") and one.attachments == "none"
    is_held_up = one.attachments == "present" or (
        one.volume == "here" and one.instance == "stopped" and not is_anothers
    )
    return is_bound and is_held_up


@pytest.mark.parametrize("state", ["stopped", "terminated"])
def test_act_after_act_a_dead_machine_is_released_and_no_act_comes_twice(state: str) -> None:
    runs = {one: played(facts_of(one), steps=STEPS) for one in PLAYED if one.instance == state and not _blocks(one)}

    assert {one: run.acts for one, run in runs.items() if len(set(run.acts)) < len(run.acts)} == {}
    assert {run.verdict for run in runs.values()} == {"Released", "NothingToRelease"}
    assert len(runs) > 2000


def test_what_a_spared_pod_still_binds_ends_with_a_person() -> None:
    runs = [played(facts_of(one), steps=400) for one in PLAYED if one.instance == "stopped" and _blocks(one)]

    assert {run.verdict for run in runs} == {"Stuck"}
    assert [run.acts for run in runs if len(set(run.acts)) < len(run.acts)] == []
