"""The input of an execution as runs: by event, by sweep, by an operator's plan.

Over 120 lines because every bad input and every plan has its sentence.
"""

from collections.abc import Callable
from typing import Any

import pytest

from functions.orphaned_attachments.asking import accepted, asked_for
from functions.orphaned_attachments.run import MARKS_OFF
from functions.orphaned_attachments.travel import Run
from pitcrew.mode import Mode
from pitcrew.plan import ModeOffError, Plan, PlanNotFoundError, Row
from pitcrew.request import BadInputError, Execution
from tests.functions.orphaned_attachments.raw_objects import DEAD, OTHER

EXECUTION = {"id": "arn:aws:states:us-east-1:123456789012:execution:x:apply-1", "name": "apply-1"}


def _row(verdict: str, subject: str = DEAD, **details: str) -> Row:
    return Row(subject=subject, verdict=verdict, details={"cluster": "prod", **details})


def _plan(*rows: Row, target: str = "") -> Callable[[Execution], Plan]:
    return lambda _: Plan(id="plan-1", target=target, rows=rows)


def _asked(given: object, load: Callable[[Execution], Plan] | None = None, mode: Mode = Mode.ENFORCE) -> list[Run]:
    return asked_for({"input": given, "execution": EXECUTION}, load or _plan(), mode)


@pytest.mark.parametrize("cause", ["event", "sweep"])
@pytest.mark.parametrize("mode", Mode)
def test_an_event_or_a_sweep_asks_for_one_run_in_every_mode(cause: str, mode: Mode) -> None:
    given = {"target": DEAD, "apply": cause, "cluster": "prod", "Comment": "from the console"}

    assert _asked(given, mode=mode) == [Run(instance=DEAD, cluster="prod", cause=cause)]


def test_without_a_cluster_the_instances_tags_tell_it() -> None:
    assert _asked({"target": DEAD, "apply": "event"}) == [Run(instance=DEAD)]


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"apply": "event"}, "'target' is None, which is no instance id"),
        ({"apply": "event", "target": "node-a"}, "'target' is 'node-a', which is no instance id"),
        ({"apply": "event", "target": ""}, "'target' must be a text"),
        ({"apply": "event", "target": None}, "'target' must be a text"),
        ({"apply": "sweep", "target": [DEAD]}, "'target' must be a text"),
        ({"apply": "event", "target": DEAD, "cluster": 5}, "'cluster' must be a text"),
        ({"apply": "event", "target": DEAD, "cluster": ""}, "'cluster' must be a text"),
        ({"apply": "event", "target": DEAD, "force": "yes"}, "the key 'force' is unknown"),
    ],
)
def test_a_bad_automatic_input_names_its_cause_and_an_example(given: object, cause: str) -> None:
    with pytest.raises(BadInputError) as refused:
        _asked(given)

    assert cause in str(refused.value)
    assert '"apply": "event"' in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        [],
        None,
        "event",
        {"dryRun": False},
        {"target": ""},
        {"apply": "plan-1", "cluster": "prod"},
        {"apply": "plan-1", "target": DEAD},
        {"apply": ""},
        {"apply": ["event"]},
        {"apply": {"x": "y"}},
    ],
)
def test_any_other_bad_input_is_refused_too(given: object) -> None:
    with pytest.raises(BadInputError):
        _asked(given)


def test_a_plan_brings_a_run_for_each_row_that_would_be_released() -> None:
    rows = [_row("Releasing"), _row("Alive", OTHER), _row("PlannedStop", OTHER), _row("TooManyAtOnce", OTHER)]

    assert _asked({"apply": "plan-1"}, _plan(*rows)) == [
        Run(instance=DEAD, cluster="prod", cause="plan-1", planned="Releasing")
    ]


@pytest.mark.parametrize(
    ("verdict", "target", "is_accepted"),
    [
        ("PlannedStop", DEAD, True),
        ("PlannedStop", "prod", False),
        ("PlannedStop", "node-a", False),
        ("TooManyAtOnce", "prod", True),
        ("TooManyAtOnce", "prod.example.com", True),
        ("TooManyAtOnce", DEAD, False),
        ("TooManyAtOnce", "", False),
        ("OptedOut", DEAD, False),
        ("Hibernated", DEAD, False),
        ("Contradicted", DEAD, False),
        ("AttachedOutsideKubernetes", DEAD, False),
        ("Stuck", DEAD, False),
        ("NotConfirmed", DEAD, False),
    ],
)
def test_what_is_held_back_is_accepted_only_by_a_plan_for_exactly_that(
    verdict: str, target: str, *, is_accepted: bool
) -> None:
    found = _asked({"apply": "plan-1"}, _plan(_row(verdict, clusterId="prod.example.com"), target=target))

    assert [one.accepts for one in found] == ([(verdict,)] if is_accepted else [])


@pytest.mark.parametrize("verdict", ["Alive", "Releasing", "OptedOut", "CameBack", "Hibernated"])
@pytest.mark.parametrize("mode", Mode)
def test_a_plan_for_our_marks_takes_them_off_whatever_the_verdict_and_the_mode(verdict: str, mode: Mode) -> None:
    (run,) = _asked({"apply": "plan-1"}, _plan(_row(verdict), target=MARKS_OFF), mode)

    assert (run.accepts, run.planned, run.is_by_an_operator) == ((MARKS_OFF,), verdict, True)


def test_in_mode_off_an_operators_apply_is_refused() -> None:
    with pytest.raises(ModeOffError):
        _asked({"apply": "plan-1"}, _plan(_row("Releasing")), Mode.OFF)


def test_in_mode_observe_an_operators_apply_is_done() -> None:
    assert len(_asked({"apply": "plan-1"}, _plan(_row("Releasing")), Mode.OBSERVE)) == 1


def test_an_unknown_plan_is_an_error() -> None:
    def load(execution: Execution) -> Plan:
        raise PlanNotFoundError(execution.request.apply)

    with pytest.raises(PlanNotFoundError, match="nobody"):
        _asked({"apply": "nobody"}, load)


@pytest.mark.parametrize("event", [{}, {"input": {}}, {"input": {"apply": "x"}, "execution": {}}])
def test_a_call_by_hand_is_told_to_start_the_state_machine(event: dict[str, Any]) -> None:
    with pytest.raises(BadInputError, match="state machine"):
        asked_for(event, _plan(), Mode.ENFORCE)


def test_what_nobody_can_accept_is_not_accepted() -> None:
    assert accepted("OptedOut", instance=DEAD, clusters={"prod"}, target=DEAD) == ""
