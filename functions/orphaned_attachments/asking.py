"""What an execution of *Release volumes* is asked to do: the input as runs, one an instance."""

from collections.abc import Callable, Mapping
from typing import Any

from functions.orphaned_attachments.decision import Verdict
from functions.orphaned_attachments.events import INSTANCE
from functions.orphaned_attachments.run import MARKS_OFF
from functions.orphaned_attachments.travel import Run
from pitcrew.mode import Mode
from pitcrew.plan import ModeOffError, Plan, Row
from pitcrew.request import BadInputError, Execution

AUTOMATIC = ("event", "sweep")


def asked_for(event: Mapping[str, Any], load: Callable[[Execution], Plan], mode: Mode) -> list[Run]:
    """Return the runs that an execution is to make; *load* reads the plan that an operator applies.

    Raises BadInputError, PlanNotFoundError, PlanTooOldError, ModeOffError.
    """
    given = event.get("input")
    if isinstance(given, dict) and given.get("apply") in AUTOMATIC:
        return [_automatic({key: value for key, value in given.items() if key != "Comment"})]
    plan = load(Execution.parse(event))
    if mode is Mode.OFF and plan.target != MARKS_OFF:
        raise ModeOffError("the mode is off: set it to observe or enforce first; our own marks come off all the same")
    return [run for row in plan.rows if (run := _of_row(row, plan))]


def accepted(verdict: str, *, instance: str, clusters: set[str], target: str) -> str:
    """Return what an apply accepts of a row that is held back, by what the plan was made for; empty: nothing."""
    if not target:
        return ""
    if verdict == Verdict.PLANNED_STOP and target == instance:
        return verdict
    return verdict if verdict == Verdict.TOO_MANY_AT_ONCE and target in clusters else ""


def _automatic(given: Mapping[str, Any]) -> Run:
    example = '{"target": "i-0123456789abcdef0", "apply": "event", "cluster": "<name>"}'
    for key, value in given.items():
        if key not in {"target", "apply", "cluster"}:
            raise BadInputError(f"the key {key!r} is unknown beside 'apply': {given['apply']!r}. Give {example}")
        if not isinstance(value, str) or not value:
            raise BadInputError(f"{key!r} must be a text that is not empty. Give {example}")
    if not INSTANCE.fullmatch(given.get("target", "")):
        raise BadInputError(f"'target' is {given.get('target')!r}, which is no instance id. Give {example}")
    return Run(instance=given["target"], cluster=given.get("cluster", ""), cause=given["apply"])


def _of_row(row: Row, plan: Plan) -> Run | None:
    cluster, verdict = str(row.details.get("cluster", "")), row.verdict
    if plan.target == MARKS_OFF:
        accepts = MARKS_OFF
    else:
        names = {cluster, str(row.details.get("clusterId", ""))}
        accepts = accepted(verdict, instance=row.subject, clusters=names, target=plan.target)
        if not accepts and verdict != Verdict.RELEASING:
            return None
    return Run(
        instance=row.subject,
        cluster=cluster,
        cause=plan.id,
        planned=verdict,
        accepts=(accepts,) if accepts else (),
    )
