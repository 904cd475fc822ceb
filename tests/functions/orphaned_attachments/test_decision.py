"""The table of verdicts, row by row: where each applies, and where it does not for want of one condition.

Over 120 lines because the table has 17 rows.
"""

from dataclasses import replace

import pytest

from functions.orphaned_attachments.decision import RULES, Facts, Memory, Verdict, decide
from functions.orphaned_attachments.decision.facts import Standing
from functions.orphaned_attachments.decision.holdings import Place
from functions.orphaned_attachments.decision.instance import HIBERNATION, NO_HIBERNATION, State
from functions.orphaned_attachments.decision.node import HOLD
from functions.orphaned_attachments.decision.rules import NOTE_TEXTS, WRITE_OUTCOMES, Note, is_silent
from tests.functions.orphaned_attachments.facts import (
    NEW,
    OTHER_VOLUME,
    PLANNED,
    ago,
    attachment,
    bare,
    dead,
    held,
    instance,
    node,
    pod,
    tainted,
    volume,
)

# The order of the design page, and the words of log, metric, Event and docs.
ORDER = [
    "NotOurs",
    "WrongCluster",
    "ClusterUnreachable",
    "OptedOut",
    "CameBack",
    "AttachedOutsideKubernetes",
    "Alive",
    "Hibernated",
    "NothingToRelease",
    "Released",
    "Stuck",
    "NotConfirmed",
    "Watching",
    "Contradicted",
    "PlannedStop",
    "TooManyAtOnce",
    "Releasing",
]

OPT_OUT = {"pitcrew:orphaned-attachments": "disabled"}
TALKING = node(ready="True", lease_renewed_at=ago(5))
BEGUN = Memory(has_begun=True)
STOPPED, TERMINATED, RUNNING = State.STOPPED, State.TERMINATED, State.RUNNING
MINUTES = 60

CASES: list[tuple[str, Facts]] = [
    ("NotOurs", dead(standing=Standing.NONE)),
    ("WrongCluster", dead(standing=Standing.WRONG)),
    ("ClusterUnreachable", dead(standing=Standing.UNREACHABLE)),
    ("OptedOut", dead(node=node(is_opted_out=True))),
    ("OptedOut", dead(volumes=(volume(), volume(id=OTHER_VOLUME, is_opted_out=True)))),
    ("OptedOut", dead(instance=instance(tags=OPT_OUT))),
    ("OptedOut", dead(node=None, instance=instance(tags=OPT_OUT))),
    ("OptedOut", dead(RUNNING, node=held(is_opted_out=True))),
    ("Releasing", dead(instance=instance(tags={"pitcrew:orphaned-attachments": "enabled"}))),
    ("Releasing", dead(instance=instance(tags={"another": "disabled"}))),
    ("CameBack", dead(RUNNING, node=held())),
    ("CameBack", dead(State.PENDING, node=tainted())),
    ("CameBack", dead(RUNNING, memory=BEGUN)),
    ("CameBack", bare(RUNNING, node=None, memory=BEGUN)),
    ("CameBack", bare(RUNNING, memory=Memory(has_unmarked=True))),
    ("AttachedOutsideKubernetes", dead(RUNNING, attachments=())),
    ("AttachedOutsideKubernetes", dead(RUNNING, attachments=(attachment(volume=OTHER_VOLUME),))),
    ("AttachedOutsideKubernetes", dead(RUNNING, volumes=(volume(), volume(id=OTHER_VOLUME)))),
    ("AttachedOutsideKubernetes", dead(RUNNING, attachments=(), volumes=(volume(attached_at=ago(60)),))),
    ("AttachedOutsideKubernetes", dead(RUNNING, attachments=(), volumes=(volume(is_in_tree=True),))),
    ("AttachedOutsideKubernetes", dead(RUNNING, attachments=(), migrated=False)),
    ("Alive", dead(RUNNING, attachments=(), volumes=(volume(attached_at=ago(59)),))),
    ("Alive", dead(RUNNING, attachments=(), volumes=(volume(attached_at=None),))),
    ("Alive", dead(RUNNING, attachments=(), volumes=(volume(is_in_tree=True),), migrated=False)),
    ("Alive", dead(State.PENDING, attachments=())),
    ("Alive", dead(RUNNING, attachments=(), volumes=(volume(Place.AVAILABLE),))),
    ("Alive", dead(RUNNING, attachments=(), volumes=(volume(Place.ELSEWHERE), volume(Place.GONE)))),
    ("Alive", dead(RUNNING)),
    ("Alive", dead(State.PENDING)),
    ("Hibernated", dead(instance=instance(state_reason=HIBERNATION))),
    ("Hibernated", dead(instance=instance(state_reason="Server.Unheard", can_hibernate=True))),
    ("Hibernated", dead(instance=instance(state_reason="", can_hibernate=True))),
    ("Hibernated", bare(instance=instance(state_reason=HIBERNATION))),
    *(("Releasing", dead(instance=instance(state_reason=code, can_hibernate=True))) for code in sorted(NO_HIBERNATION)),
    ("Releasing", dead(instance=instance(state_reason="Server.Unheard"))),
    ("Releasing", dead(instance=instance(TERMINATED, state_reason="", can_hibernate=True))),
    ("Releasing", dead(instance=instance(TERMINATED, state_reason=HIBERNATION))),
    ("Watching", dead(instance=instance(State.STOPPING, state_reason=HIBERNATION))),
    *(("NothingToRelease", bare(state)) for state in (STOPPED, TERMINATED)),
    ("NothingToRelease", bare(node=None)),
    ("NothingToRelease", bare(volumes=(volume(Place.AVAILABLE), volume(Place.ELSEWHERE), volume(Place.GONE)))),
    ("NothingToRelease", bare(pods=(pod(is_spared=True), pod(is_over=True)))),
    ("NothingToRelease", bare(node=node(csi_instance=NEW), pods=(pod(),))),
    ("Releasing", bare(attachments=(attachment(),))),
    ("Releasing", bare(pods=(pod(),))),
    ("Releasing", bare(pods=(pod(is_over=True, is_failed_by_us=True),))),
    ("NothingToRelease", bare(pods=(pod(is_over=True, is_failed_by_us=True, is_force_deleted=True),))),
    ("Releasing", bare(volumes=(volume(),))),
    ("NothingToRelease", bare(memory=Memory(dead_since=ago(16 * MINUTES)))),
    ("Released", bare(node=tainted())),
    ("Released", bare(node=held())),
    ("Released", bare(memory=BEGUN)),
    ("Released", bare(TERMINATED, node=None, memory=BEGUN)),
    ("Released", bare(memory=replace(BEGUN, dead_since=ago(16 * MINUTES)))),
    ("NotConfirmed", bare(State.NOT_FOUND, memory=BEGUN)),
    ("Watching", bare(State.SHUTTING_DOWN, node=held())),
    ("Stuck", dead(memory=Memory(dead_since=ago(15 * MINUTES)))),
    ("Stuck", dead(memory=Memory(dying_since=ago(60 * MINUTES)))),
    ("Stuck", dead(State.NOT_FOUND, memory=Memory(dead_since=ago(15 * MINUTES)))),
    ("Stuck", dead(State.UNKNOWN, memory=Memory(dead_since=ago(15 * MINUTES)))),
    ("Stuck", dead(State.STOPPING, memory=Memory(dying_since=ago(60 * MINUTES)))),
    ("Stuck", dead(node=TALKING, memory=Memory(dead_since=ago(15 * MINUTES)))),
    ("Stuck", dead(memory=Memory(dead_since=ago(16 * MINUTES)))),
    ("Stuck", dead(State.SHUTTING_DOWN, memory=Memory(dying_since=ago(61 * MINUTES)))),
    ("Releasing", dead(memory=Memory(dead_since=ago(15 * MINUTES - 1)))),
    ("Releasing", dead(memory=Memory(dying_since=ago(60 * MINUTES - 1)))),
    ("Watching", dead(State.SHUTTING_DOWN, memory=Memory(dying_since=ago(60 * MINUTES - 1)))),
    ("NotConfirmed", dead(State.NOT_FOUND)),
    ("NotConfirmed", dead(State.UNKNOWN)),
    ("NotConfirmed", bare(State.UNKNOWN)),
    ("Watching", dead(State.STOPPING)),
    ("Watching", dead(State.SHUTTING_DOWN)),
    ("Watching", bare(State.STOPPING)),
    ("Contradicted", dead(TERMINATED, node=TALKING)),
    ("Contradicted", dead(node=TALKING)),
    ("Contradicted", dead(node=node(ready="False"))),
    ("Contradicted", dead(node=node(ready="True"))),
    ("Contradicted", dead(node=TALKING, memory=Memory(lease=ago(5), lease_since=ago(11)))),
    ("Contradicted", dead(node=TALKING, memory=Memory(lease=ago(15), lease_since=ago(60)))),
    ("Contradicted", dead(node=node(ready="True"), memory=Memory(lease_since=ago(60)))),
    ("Contradicted", dead(node=node(ready="True", provider_instance="", csi_instance=""))),
    ("Contradicted", dead(node=TALKING, memory=BEGUN)),
    ("Releasing", dead(node=TALKING, memory=Memory(lease=ago(5), lease_since=ago(12)))),
    ("Releasing", dead(node=TALKING, memory=Memory(lease=ago(5), lease_since=ago(13)))),
    ("Releasing", dead(node=node(ready="Unknown", lease_renewed_at=ago(1)))),
    ("Releasing", dead(node=None)),
    ("Releasing", dead(node=replace(TALKING, provider_instance=NEW))),
    ("Releasing", dead(node=replace(TALKING, csi_instance=NEW))),
    ("PlannedStop", dead(instance=instance(**PLANNED), node=node(is_cordoned=True))),
    ("Releasing", dead()),
    ("Releasing", dead(TERMINATED)),
]


@pytest.mark.parametrize(("verdict", "facts"), CASES)
def test_the_first_row_that_applies_wins(verdict: str, facts: Facts) -> None:
    decision = decide(facts)

    assert decision.verdict == verdict
    assert [name for name, _ in decision.outcomes] == ORDER[: ORDER.index(verdict) + 1]
    assert [applies for _, applies in decision.outcomes] == [False] * ORDER.index(verdict) + [True]


def test_the_rows_stand_in_the_order_of_the_design_page() -> None:
    assert [rule.verdict.value for rule in RULES] == ORDER
    assert list(Verdict) == ORDER


def test_every_row_says_when_it_applies_and_what_follows() -> None:
    assert [rule.verdict for rule in RULES if not rule.when or not rule.effect] == []
    assert [rule.verdict for rule in RULES if not rule.remedy and rule.verdict.needs_a_person] == []
    assert dict(WRITE_OUTCOMES) == {}


def test_six_verdicts_look_again() -> None:
    looks_again = {
        "ClusterUnreachable",
        "NotConfirmed",
        "Watching",
        "Contradicted",
        "CameBack",
        "Releasing",
    }

    assert {verdict for verdict in Verdict if verdict.looks_again} == looks_again


def test_a_person_is_told_where_nothing_more_happens_by_itself() -> None:
    told = {
        "WrongCluster",
        "ClusterUnreachable",
        "AttachedOutsideKubernetes",
        "Stuck",
        "PlannedStop",
        "TooManyAtOnce",
    }

    assert {verdict for verdict in Verdict if verdict.needs_a_person} == told


IN_TREE = volume(is_in_tree=True)


@pytest.mark.parametrize(
    ("notes", "facts"),
    [
        ((), dead()),
        ((), dead(volumes=(IN_TREE,))),
        ((), dead(migrated=False)),
        ((), dead(node=None)),
        ((Note.NOT_MIGRATED,), dead(volumes=(volume(id=OTHER_VOLUME), IN_TREE), migrated=False)),
        ((Note.REPLACED,), dead(node=node(csi_instance=NEW))),
        ((Note.REPLACED,), dead(node=node(provider_instance=NEW, csi_instance=""))),
        ((Note.NOT_MIGRATED, Note.REPLACED), dead(node=node(csi_instance=NEW), volumes=(IN_TREE,), migrated=False)),
    ],
)
def test_notes_stand_beside_the_verdict(notes: tuple[Note, ...], facts: Facts) -> None:
    assert decide(facts).notes == notes


def test_every_note_is_explained() -> None:
    assert [note.value for note in NOTE_TEXTS] == ["NotMigrated", "Replaced"]
    assert all(NOTE_TEXTS.values())


def test_a_decision_names_facts_that_remember_this_look() -> None:
    facts = dead()

    decision = decide(facts)

    assert decision.facts == replace(facts, memory=decision.facts.memory)
    assert decision.facts.memory.first_look_at == facts.now


@pytest.mark.parametrize(("seconds", "expected"), [(4, False), (5, True), (6, False)])
def test_a_lease_counts_as_still_where_it_is_the_one_remembered(seconds: float, expected: bool) -> None:  # noqa: FBT001 (a column)
    facts = dead(node=TALKING, memory=Memory(lease=ago(seconds), lease_since=ago(60)))

    assert is_silent(facts, TALKING) is expected


def test_a_node_that_bears_the_finalizer_alone_is_marked_as_well() -> None:
    assert decide(bare(node=node(finalizers=(HOLD,)))).verdict is Verdict.RELEASED
