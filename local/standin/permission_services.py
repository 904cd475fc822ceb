"""The poller of a queue and a state machine need their roles' permissions: ministack asks for neither."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

import logging
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ministack.services import lambda_svc, stepfunctions

from local.standin.permission_roles import role_refusal

_log = logging.getLogger(__name__)

_POLLER = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
"""What the poller needs: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html (execution role)."""

_ministacks_mappings = lambda_svc._iter_all_esms
_ministacks_execution = stepfunctions._run_execution
_ministacks_call = stepfunctions._call_lambda

_machine: ContextVar[tuple[str, str]] = ContextVar("machine")
"""Role and execution name of the state machine that runs in this context."""


def install() -> None:
    """Ask before each poll and each task."""
    lambda_svc._iter_all_esms = _allowed_mappings
    stepfunctions._run_execution = _run_execution
    stepfunctions._call_lambda = _call_lambda


def _allowed_mappings() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Event source mappings whose function's role may read their queue; the others do not poll."""
    for account, region, mapping in _ministacks_mappings():
        refusal = _poller_refusal(mapping)
        if refusal is None:
            yield account, region, mapping
        elif mapping.get("LastProcessingResult") != _problem(refusal):
            mapping["LastProcessingResult"] = _problem(refusal)
            _log.warning("denied: %s", refusal)


def _problem(refusal: str) -> str:
    # AWS reports a mapping that cannot poll as "PROBLEM: …"; the rest of its words is an assumption.
    return f"PROBLEM: {refusal}"


def _poller_refusal(mapping: dict[str, Any]) -> str | None:
    queue, name = mapping["EventSourceArn"], mapping["FunctionName"]
    _, _, _, region, account, *_ = queue.split(":")
    function = lambda_svc._functions.get_scoped(account, region, name)
    if ":sqs:" not in queue or function is None:
        return None
    role = function["config"]["Role"]
    refusals = (role_refusal(role, action, queue, session=name) for action in _POLLER)
    return next((refusal for refusal in refusals if refusal), None)


def _run_execution(execution_arn: str) -> None:
    """Run an execution in the knowledge of its machine's role."""
    execution = stepfunctions._executions.get(execution_arn)
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
    if machine is not None:
        _machine.set((machine["roleArn"], execution["name"]))
    _ministacks_execution(execution_arn)


def _call_lambda(function: str, event: Any) -> Any:  # noqa: ANN401 - ministack's own
    """Call a function for a task, if the machine's role may; else the task fails as on AWS.

    The error's name is the one that Step Functions gives to failures of the Lambda service:
    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    """
    role, execution = _machine.get()
    refusal = role_refusal(role, "lambda:InvokeFunction", _function_arn(function), session=execution)
    if refusal:
        _log.warning("denied: %s", refusal)
        cause = f"{refusal} (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException)"
        raise stepfunctions._ExecutionError("Lambda.AWSLambdaException", cause)
    return _ministacks_call(function, event)


def _function_arn(function: str) -> str:
    if function.startswith("arn:"):
        return function
    _, config, _ = lambda_svc._get_func_record_for_ref(function)
    return str(config["FunctionArn"]) if config else function
