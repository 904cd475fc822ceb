"""The bench walks the state machine that is shipped, and counts what AWS would bill."""

from typing import Any

import pytest

from bench.orphaned_attachments.machine import Machine, Tasks

GIVEN = {"target": "i-0123456789abcdef0", "apply": "event", "cluster": "prod"}
OUTER = {
    "What was asked for?": 1,
    "Is there anything to apply?": 1,
    "Which instances are meant?": 1,
    "Release each of them": 1,
    "Say what came of it": 1,
}


def _steps(*following: str) -> Tasks:
    """Functions that answer with these steps, one after the other, and remember them in the run."""
    steps = iter(following)

    def step(given: dict[str, Any]) -> dict[str, Any]:
        name = next(steps)
        run = {"seen": [*given["run"]["seen"], name]}
        return {"run": run, "next": name, "act": None, "wait": 4, "outcome": {"result": "Released"}}

    return {
        "${PrepareFunction}": lambda given: {"runs": [{"run": {"seen": [given["input"]["target"]]}}]},
        "${LookFunction}": step,
        "${ActFunction}": step,
        "${ReportFunction}": lambda given: given,
    }


def test_each_state_that_is_entered_counts() -> None:
    waits: list[float] = []
    machine = Machine(_steps("wait", "act", "look", "end"), sleep=waits.append)

    said = machine.execute("one", GIVEN)

    assert machine.entered == OUTER | {
        "Look at the evidence": 3,
        "What is to be done?": 4,
        "Do the next step": 1,
        "Wait for a while": 1,
        "This run is over": 1,
    }
    assert waits == [4]
    run = {"seen": ["i-0123456789abcdef0", "wait", "act", "look", "end"]}
    assert said == {"results": [{"run": run, "outcome": {"result": "Released"}}], "execution": "one"}


def test_an_input_that_applies_nothing_is_planned() -> None:
    machine = Machine({"${PlanFunction}": lambda given: given["execution"]["name"]})

    assert machine.execute("plan", {}) == "plan"
    assert "Show what would be released" in machine.entered


def test_a_failure_of_a_function_ends_it() -> None:
    tasks = dict(_steps("end"))
    del tasks["${ReportFunction}"]

    with pytest.raises(KeyError, match="ReportFunction"):
        Machine(tasks).execute("one", GIVEN)
