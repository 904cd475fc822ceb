"""Plans: what is shown, and what of it is found again.

Over 120 lines because it holds both halves: a plan as it is shown, and as it is loaded.
"""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from pitcrew.plan import BYTES, GOOD_FOR, ROWS, PlanNotFoundError, PlanTooOldError, Row, load, shown
from tests.functions.proxy_protocol.calls import Calls
from tests.functions.proxy_protocol.failures import refusal
from tests.functions.proxy_protocol.fake_clients import FakeStates

MACHINE = "arn:aws:states:us-east-1:123456789012:execution:Pitcrew-any-machine"
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def _rows(number: int, *, text: str = "x") -> list[Row]:
    return [Row(subject=f"thing-{one}", verdict="Enable", details={"why": text}) for one in range(number)]


def _executions() -> tuple[FakeStates, Calls]:
    calls = Calls()
    return FakeStates(calls), calls


def test_what_was_shown_is_loaded_again() -> None:
    states, calls = _executions()
    rows = [*_rows(2), Row(subject="thing-9", verdict="InService", details={})]
    output = shown(rows, plan_id="plan-1", summary="2 would be done", acts=2)
    states.succeeded(f"{MACHINE}:plan-1", given={"target": "vpc-1", "Comment": "x"}, output=output, at=NOW)

    plan = load(states.client, execution_arn=f"{MACHINE}:apply-1", plan_id="plan-1", now=NOW)

    assert (plan.id, plan.target, plan.rows) == ("plan-1", "vpc-1", tuple(rows))
    assert [call.kwargs for call in calls.made] == [{"executionArn": f"{MACHINE}:plan-1"}]


def test_a_plan_says_what_is_next() -> None:
    output = shown(_rows(1), plan_id="plan-1", summary="1 would be done", acts=1)

    assert output == {
        "summary": "1 would be done",
        "counts": {"Enable": 1},
        "table": [{"subject": "thing-0", "verdict": "Enable", "why": "x"}],
        "planId": "plan-1",
        "nextStep": 'start again with {"apply": "plan-1"} within 60 minutes',
    }


def test_a_plan_without_acts_has_no_next_step() -> None:
    assert shown(_rows(1), plan_id="plan-1", summary="", acts=0)["nextStep"] == "nothing to apply"


@pytest.mark.parametrize(("number", "hidden"), [(0, 0), (ROWS, 0), (ROWS + 1, 1), (3 * ROWS, 2 * ROWS)])
def test_of_many_rows_the_first_are_shown_and_all_are_counted(number: int, hidden: int) -> None:
    rows = _rows(number)

    output = shown(rows, plan_id="plan-1", summary="…", acts=1)

    assert [row["subject"] for row in output["table"]] == [row.subject for row in rows[:ROWS]]
    assert sum(output["counts"].values()) == number
    assert (f"{hidden} rows are not shown and will not be applied" in output["summary"]) is bool(hidden)


def test_a_plan_shows_at_most_200_rows_and_is_good_for_60_minutes() -> None:
    assert ROWS == 200
    assert GOOD_FOR.total_seconds() == 3600


def test_of_long_rows_as_many_are_shown_as_a_state_can_carry() -> None:
    output = shown(_rows(ROWS, text="界" * 500), plan_id="plan-1", summary="…", acts=1)

    assert BYTES * 0.9 < len(json.dumps(output["table"])) < 256 * 1024
    assert f"{ROWS - len(output['table'])} rows are not shown" in output["summary"]


@pytest.mark.parametrize("age", [timedelta(0), GOOD_FOR])
def test_a_plan_is_good_for_an_hour(age: timedelta) -> None:
    states, _ = _executions()
    states.succeeded(f"{MACHINE}:p", given={}, output={"planId": "p", "table": []}, at=NOW - age)

    assert load(states.client, execution_arn=f"{MACHINE}:a", plan_id="p", now=NOW).rows == ()


def test_an_older_plan_is_refused_with_its_age() -> None:
    states, _ = _executions()
    at = (NOW - GOOD_FOR - timedelta(minutes=5)).astimezone(timezone(timedelta(hours=9)))
    states.succeeded(f"{MACHINE}:p", given={}, output={"planId": "p", "table": []}, at=at)

    with pytest.raises(PlanTooOldError, match="'p' is 65 minutes old"):
        load(states.client, execution_arn=f"{MACHINE}:a", plan_id="p", now=NOW)


@pytest.mark.parametrize("output", [None, [], "x", {}, {"planId": "another"}, {"summary": "2 switched on, 0 not"}])
def test_an_execution_that_made_no_plan_is_refused(output: object) -> None:
    states, _ = _executions()
    states.succeeded(f"{MACHINE}:p", given={}, output=output, at=NOW)

    with pytest.raises(PlanNotFoundError, match="made no plan"):
        load(states.client, execution_arn=f"{MACHINE}:a", plan_id="p", now=NOW)


def test_an_execution_that_is_still_running_is_refused() -> None:
    states, _ = _executions()
    states.running(f"{MACHINE}:p")

    with pytest.raises(PlanNotFoundError, match="it is RUNNING"):
        load(states.client, execution_arn=f"{MACHINE}:a", plan_id="p", now=NOW)


@pytest.mark.parametrize("code", ["ExecutionDoesNotExist", "InvalidArn"])
def test_an_id_of_no_execution_is_refused(code: str) -> None:
    states, calls = _executions()
    calls.fail("DescribeExecution", refusal(code))

    with pytest.raises(PlanNotFoundError, match="no plan has the id 'p q'"):
        load(states.client, execution_arn=f"{MACHINE}:a", plan_id="p q", now=NOW)


def test_any_other_answer_is_an_error_as_it_is() -> None:
    states, calls = _executions()
    calls.fail("DescribeExecution", refusal("AccessDeniedException"))

    with pytest.raises(ClientError, match="AccessDeniedException"):
        load(states.client, execution_arn=f"{MACHINE}:a", plan_id="p", now=NOW)
