"""Plan and apply: an operator's run shows what would be done, and a second run does just that.

A plan is the output of a Step Functions execution, and its id is that execution's name: nothing else is stored.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from pitcrew.request import Request

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

GOOD_FOR = timedelta(minutes=60)
ROWS = 200
"""Rows that a plan shows at most, and so all that its apply may do."""

BYTES = 200 * 1024
"""Of the rows, as JSON: Step Functions carries 256 KiB, and the rest of the output is small.
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""


class PlanNotFoundError(LookupError):
    """No finished plan has this id."""


class PlanTooOldError(RuntimeError):
    """The plan was made too long ago to be applied."""


class ModeOffError(RuntimeError):
    """The automation is switched off."""


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
    table = _fitting({"subject": row.subject, "verdict": row.verdict, **row.details} for row in rows[:ROWS])
    hidden = len(rows) - len(table)
    return {
        "summary": summary + (f"; {hidden} rows are not shown and will not be applied" if hidden > 0 else ""),
        "counts": dict(Counter(row.verdict for row in rows)),
        "table": table,
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


def _fitting(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first rows, as many as the output can carry."""
    fitting, size = [], 0
    for row in rows:
        size += len(json.dumps(row))
        if size > BYTES:
            break
        fitting.append(row)
    return fitting
