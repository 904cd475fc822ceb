"""The state machine *Release volumes* as it is shipped, walked in this process; each state that is entered is counted.

What a state means: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-states.html
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from jsonata import Jsonata

from local.environment import ROOT

_SHIPPED = ROOT / "infra" / "automations" / "orphaned_attachments" / "release-volumes.asl.json"

Tasks = Mapping[str, Callable[[Any], Any]]
"""The functions, by the placeholders that stand for them in the machine."""


class Machine:
    """Executes one after the other. What AWS does when a function fails, it does not: the failure ends it."""

    def __init__(self, tasks: Tasks, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._tasks, self._sleep = tasks, sleep
        self.entered: Counter[str] = Counter()
        """States, by name: AWS bills each."""

    def execute(self, name: str, given: object) -> Any:  # noqa: ANN401 (JSON)
        """Return the output of an execution."""
        self._context = {"Execution": {"Id": name, "Name": name, "Input": given, "StartTime": ""}}
        return self._walk(json.loads(_SHIPPED.read_text(encoding="utf-8")), given)

    def _walk(self, machine: Mapping[str, Any], given: object) -> object:
        name: str | None = machine["StartAt"]
        while name:
            self.entered[name] += 1
            given, name = self._through(machine["States"][name], given)
            given = json.loads(json.dumps(given))  # nothing but JSON goes from state to state
        return given

    def _through(self, state: Mapping[str, Any], given: object) -> tuple[object, str | None]:
        """Return what a state makes of what it is given, and the state after it."""
        result = given
        match state["Type"]:
            case "Choice":
                fitting = (one["Next"] for one in state["Choices"] if self._said(one["Condition"], given))
                return given, next(fitting, state["Default"])
            case "Task":
                result = self._tasks[state["Resource"]](self._said(state["Arguments"], given))
            case "Map":
                result = [self._walk(state["ItemProcessor"], one) for one in self._said(state["Items"], given)]
            case "Wait":
                self._sleep(self._said(state["Seconds"], given))
            case "Pass":
                pass
            case kind:
                raise RuntimeError(f"the machine came to a state {kind}: {given}")
        return self._said(state["Output"], given, result) if "Output" in state else result, state.get("Next")

    def _said(self, template: Any, given: object, result: object = None) -> Any:  # noqa: ANN401 (JSON)
        """Return a template with its expressions evaluated."""
        if isinstance(template, dict):
            return {key: self._said(value, given, result) for key, value in template.items()}
        if not (isinstance(template, str) and template.startswith("{%")):
            return template
        expression = Jsonata(template.removeprefix("{%").removesuffix("%}"))
        frame = expression.create_frame()
        frame.bind("states", {"input": given, "result": result, "context": self._context})
        return expression.evaluate(None, frame)
