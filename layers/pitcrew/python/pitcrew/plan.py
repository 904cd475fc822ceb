"""Plan and apply: an operator's run shows what would be done, and a second run does just that.

A plan is the output of a Step Functions execution, and its id is that execution's name: nothing else is stored.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

GOOD_FOR = timedelta(minutes=60)
ROWS = 200
"""Rows that a plan shows, and so all that its apply may do; Step Functions carries 256 KiB."""

_KEYS = ("target", "apply")
_EXAMPLES = '{} or {"target": "…"} to plan, {"apply": "<plan id>"} to apply a plan'


class BadInputError(ValueError):
    """The operator's input is not understood; the message names the key and gives an example."""


class PlanNotFoundError(LookupError):
    """No finished plan has this id."""


class PlanTooOldError(RuntimeError):
    """The plan was made too long ago to be applied."""


class ModeOffError(RuntimeError):
    """The automation is switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an operator typed; at most one of the two is not empty."""

    target: str = ""
    apply: str = ""

    @classmethod
    def parse(cls, given: object) -> "Request":
        """Read the input of an execution. Raises BadInputError."""
        if not isinstance(given, dict):
            raise BadInputError(f"the input is {json.dumps(given)[:100]}, and must be an object: {_EXAMPLES}")
        asked = {key: value for key, value in given.items() if key != "Comment"}
        for key, value in asked.items():
            _check(key, value)
        if len(asked) > 1:
            raise BadInputError(f"'target' and 'apply' do not go together: a plan knows its target. Give {_EXAMPLES}")
        return cls(**asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that was looked at: *subject* is its id (an ARN, a uid), *verdict* the one word."""

    subject: str
    verdict: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan that was made before."""

    id: str
    target: str
    rows: tuple[Row, ...]


def shown(rows: Sequence[Row], *, plan_id: str, summary: str, acts: int) -> dict[str, Any]:
    """Return the output of a plan: *rows* sorted with the acts first, *acts* of them to be done."""
    hidden = len(rows) - ROWS
    return {
        "summary": summary + (f"; {hidden} rows are not shown and will not be applied" if hidden > 0 else ""),
        "counts": dict(Counter(row.verdict for row in rows)),
        "table": [{"subject": row.subject, "verdict": row.verdict, **row.details} for row in rows[:ROWS]],
        "planId": plan_id,
        "nextStep": f"start again with {json.dumps({'apply': plan_id})} within {GOOD_FOR.seconds // 60} minutes"
        if acts
        else "nothing to apply",
    }


def load(client: "SFNClient", *, execution_arn: str, plan_id: str, now: datetime) -> Plan:
    """Read the plan that an execution of the same machine as *execution_arn* made.

    Raises BadInputError, PlanNotFoundError, PlanTooOldError.
    """
    machine, _, _ = execution_arn.rpartition(":")
    try:
        execution = client.describe_execution(executionArn=f"{machine}:{plan_id}")
    except ClientError as error:
        if error.response["Error"]["Code"] in {"ExecutionDoesNotExist", "InvalidArn"}:
            raise PlanNotFoundError(f"no plan has the id {plan_id!r}: it is the 'planId' in a plan's output") from error
        raise
    output = json.loads(execution.get("output", "null"))
    if not isinstance(output, dict) or output.get("planId") != plan_id:
        raise PlanNotFoundError(
            f"execution {plan_id!r} made no plan (it is {execution['status']}): start with {{}} first"
        )
    age = now - execution["stopDate"].astimezone(UTC)
    if age > GOOD_FOR:
        raise PlanTooOldError(
            f"plan {plan_id!r} is {age.total_seconds() / 60:.0f} minutes old: make a new one with {{}}"
        )
    rows = (Row(subject=row.pop("subject"), verdict=row.pop("verdict"), details=row) for row in output["table"])
    return Plan(id=plan_id, target=Request.parse(json.loads(execution["input"])).target, rows=tuple(rows))


def _check(key: str, value: object) -> None:
    if key not in _KEYS:
        nearest = get_close_matches(key, _KEYS, n=1, cutoff=0)[0]
        raise BadInputError(f"the key {key!r} is unknown; the nearest is {nearest!r}. Give {_EXAMPLES}")
    if not isinstance(value, str) or not value.strip():
        raise BadInputError(f"{key!r} is {json.dumps(value)}, and must be a text that is not empty. Give {_EXAMPLES}")
