"""Step Functions as in AWS where ministack's differs: names, variables, outputs, throttling, the end of a loop.

Sources: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html and
API_StopExecution.html, https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html (scope,
evaluation order), …/dg/concepts-error-handling.html and https://states-language.net/spec.html (Choice State).
On AWS a name of an outer scope is refused at creation, here when it is assigned: CloudFormation makes machines past
the API.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

from contextvars import ContextVar
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import stepfunctions

_start_execution = stepfunctions._start_execution
_apply_output_path = stepfunctions._apply_output_path
_execute_choice = stepfunctions._execute_choice
_execute_task = stepfunctions._execute_task
_run_sub_machine = stepfunctions._run_sub_machine
_fail_execution = stepfunctions._fail_execution
_call_lambda = stepfunctions._call_lambda

_outer: ContextVar[frozenset[str]] = ContextVar("outer", default=frozenset())
"""Variables of the scopes around the iteration or branch that runs in this context."""


def install() -> None:
    """Stand before the start of an execution and in the place of some of its steps."""
    stepfunctions._start_execution = start_execution
    stepfunctions._apply_output_path = apply_output
    stepfunctions._apply_state_assign = assign
    stepfunctions._execute_choice = choose
    stepfunctions._execute_task = execute_task
    stepfunctions._run_sub_machine = run_inner
    stepfunctions._fail_execution = fail
    stepfunctions._call_lambda = call_lambda


def start_execution(data: dict[str, Any]) -> Any:  # noqa: ANN401  ministack's response triple
    """Answer the running execution of the same name and input; ministack refuses every name that it knows."""
    running = _execution(data)
    if running and running["status"] == "RUNNING" and running["input"] == data.get("input", "{}"):
        return json_response({"executionArn": running["executionArn"], "startDate": running["startDate"]})
    return _start_execution(data)


def _execution(data: dict[str, Any]) -> dict[str, Any] | None:
    machine = str(data.get("stateMachineArn", "")).partition(":stateMachine:")[2].partition(":")[0]
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine}:{data.get('name')}"
    found: dict[str, Any] | None = stepfunctions._executions.get(arn)
    return found


def apply_output(state: dict[str, Any], data: object, context: dict[str, Any] | None = None) -> object:
    """Evaluate `Output` of a JSONata Succeed state, which ministack passes over."""
    if state.get("Type") == "Succeed" and "Output" in state:
        return stepfunctions._apply_jsonata_output(state, data, context, default=data)
    return _apply_output_path(state, data, context)


def assign(
    state: dict[str, Any],
    data: object,
    context: dict[str, Any],
    result: object = None,
    error_output: object = None,
) -> None:
    """Assign all variables of a state at once: each expression reads the values from before the state."""
    if "Assign" not in state or stepfunctions._state_query_language(state, context) != "JSONata":
        return
    if taken := state["Assign"].keys() & _outer.get():
        raise stepfunctions._ExecutionError("States.Runtime", f"Variables of an outer scope: {sorted(taken)}")
    values = stepfunctions._apply_jsonata_template(state["Assign"], data, context, result, error_output)
    context["variables"].update(values)


def choose(state: dict[str, Any], data: object, context: dict[str, Any]) -> Any:  # noqa: ANN401  ministack's pair
    """Evaluate a Choice state's own `Output`, for which ministack has no eye, where no rule matches."""
    if "Default" in state and "Output" in state:
        own = {name: state[name] for name in ("Output", "Assign") if name in state}
        state = {**state, "Choices": [*state["Choices"], {"Condition": True, "Next": state["Default"], **own}]}
    return _execute_choice(state, data, context)


def run_inner(
    states: dict[str, Any],
    start: str,
    data: object,
    execution: dict[str, Any],
    context: dict[str, Any],
) -> object:
    """Run one iteration or branch, whose thread has a context of its own, in the knowledge of what is around it."""
    _outer.set(frozenset(context["variables"]))
    return _run_sub_machine(states, start, data, execution, context)


def execute_task(state: dict[str, Any], data: object, execution: dict[str, Any], context: dict[str, Any]) -> Any:  # noqa: ANN401  ministack's pair
    """Do a task, but not of an execution that was stopped: in ministack a Map goes on."""
    if execution["status"] != "RUNNING":
        raise stepfunctions._ExecutionError("States.Runtime", "The execution was stopped")
    return _execute_task(state, data, execution, context)


def fail(execution: dict[str, Any], error: str, cause: str) -> None:
    """Let an execution fail that has not ended."""
    if execution["status"] == "RUNNING":
        _fail_execution(execution, error, cause)


def call_lambda(function: str, event: object) -> Any:  # noqa: ANN401  ministack's own
    """Call a function, and name the error of a throttled call as AWS does."""
    try:
        return _call_lambda(function, event)
    except stepfunctions._ExecutionError as failure:
        if "TooManyRequestsException" in failure.cause:
            failure.error = "Lambda.TooManyRequestsException"
        raise
