"""The private names of ministack that local/standin/ stands on: an upgrade that moves one fails here first.

These are the seams of functions, targets, state machines, messages and control; those of EC2, load balancers,
CloudTrail and permissions are in test_seams_aws.py, and what is moto's in test_seams_ec2.py.
"""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from local.environment import ROOT

MODULES = (
    *("cloud", "control", "effects", "mailbox", "runtime", "runtime_folders"),
    *("server", "stepfunctions", "targets", "transport"),
)

SEAMS = {
    "app:app": "(scope, receive, send)",
    "app:pin_request_origin": "(source_ip: str, secure_transport: bool) -> None",
    "core.iam_evaluator:_request_origin": "ContextVar",
    "core.lambda_runtime:ProvidedWorker._drain_stderr": "(self) -> str",
    "core.lambda_runtime:ProvidedWorker._drain_stderr_bounded": (
        "(self, first_line_wait: float = 0.05, idle_confirm: float = 0.005, hard_cap: float = 0.25) -> str"
    ),
    "core.lambda_runtime:ProvidedWorker.invoke": (
        "(self, event: dict, request_id: str, *, trace_id: str = None, invoked_function_arn: str | None = None) -> dict"
    ),
    "core.lambda_runtime:_lock": "lock",
    "core.lambda_runtime:_worker_class_for": "(config: dict)",
    "core.lambda_runtime:_workers": "dict",
    "core.lambda_runtime:execution_credentials": "(config: dict) -> dict[str, str]",
    "core.lambda_runtime:kill_workers": "(workers) -> None",
    "core.lambda_runtime:reset": "()",
    "services.cloudwatch:_put_metric_data": "(params, cbor_data, is_cbor, is_json=False)",
    "services.cloudwatch_logs:_append_log_events": "(stream, events)",
    "services.eventbridge:_dispatch_event": "(event, view=None)",
    "services.eventbridge:_dispatch_to_sqs": "(spec, payload, sqs_parameters=None)",
    "services.eventbridge:_invoke_target": "(target, event, rule, view=None)",
    "services.eventbridge:_pattern_event_view": "(event)",
    "services.lambda_svc:_execute_function_provided_warm": "(func: dict, event: dict, request_id: str) -> dict",
    "services.lambda_svc:_execute_function_warm": "(func: dict, event: dict, request_id: str) -> dict",
    "services.lambda_svc:_get_func_record_for_ref": "(function_ref: str) -> tuple[dict | None, dict | None, str]",
    "services.lambda_svc:_provided_code_lock": "lock",
    "services.lambda_svc:_provided_runtime_code_dir": "(code_zip: bytes) -> str",
    "services.lambda_svc:_provided_worker_env": "(config: dict, code_dir: str, port: int) -> dict",
    "services.lambda_svc:_resolve_layer_zip": "(attachment: str | dict) -> bytes | None",
    "services.lambda_svc:_runtime_env_vars": "(config: dict) -> dict",
    "services.scheduler:_schedules": "AccountRegionScopedDict",
    "services.sns:_fanout": (
        "(topic_arn: str, msg_id: str, message: str, subject: str, message_structure: str = '', "
        "message_attributes: dict | None = None, message_group_id: str = '', message_dedup_id: str = '')"
    ),
    "services.sns:_list_subscriptions_by_topic": "(params)",
    "services.sns:_p": "(params, key, default='')",
    "services.sns:_refresh_subscription_counts": "(topic: dict)",
    "services.sns:_subscribe": "(params)",
    "services.sns:_topics": "AccountRegionScopedDict",
    "services.sqs:_queue_by_arn": "(arn: str) -> dict | None",
    "services.sqs:_queues": "AccountRegionScopedDict",
    "services.sqs:queue_policy_allows": (
        "(queue_arn: str, service: str, source_arn: str, source_account: str) -> bool"
    ),
    "services.stepfunctions:_ExecutionError": "(error, cause)",
    "services.stepfunctions:_apply_jsonata_output": (
        "(state_def, raw_input, ctx=None, result=None, error_output=None, default=None)"
    ),
    "services.stepfunctions:_apply_jsonata_template": "(value, raw_input, ctx=None, result=None, error_output=None)",
    "services.stepfunctions:_apply_output_path": "(state_def, data, ctx=None)",
    "services.stepfunctions:_apply_state_assign": "(state_def, raw_input, ctx, result=None, error_output=None)",
    "services.stepfunctions:_call_lambda": "(func_ref, event)",
    "services.stepfunctions:_execute_choice": "(state_def, raw_input, ctx=None)",
    "services.stepfunctions:_execute_task": "(state_def, raw_input, execution, ctx)",
    "services.stepfunctions:_executions": "AccountRegionScopedDict",
    "services.stepfunctions:_fail_execution": "(execution, error, cause)",
    "services.stepfunctions:_resolve_state_machine_arn": "(arn)",
    "services.stepfunctions:_run_sub_machine": "(states, start_at, input_data, execution, ctx)",
    "services.stepfunctions:_start_execution": "(data)",
    "services.stepfunctions:_state_query_language": "(state_def, ctx=None)",
}


@pytest.mark.parametrize(("seam", "expected"), SEAMS.items())
def test_seam_is_as_it_was(seam: str, expected: str) -> None:
    module, _, path = seam.partition(":")
    found: object = importlib.import_module(f"ministack.{module}")
    for name in path.split("."):
        found = getattr(found, name)

    assert (str(inspect.signature(found)) if callable(found) else type(found).__name__) == expected


def test_every_private_name_in_use_is_a_seam_of_the_list() -> None:
    listed = {(seam.partition(":")[0].rpartition(".")[2], seam.rpartition(":")[2]) for seam in SEAMS}

    assert {
        name for module in MODULES for name in _private_names(ROOT / "local" / "standin" / f"{module}.py")
    } <= listed


def _private_names(source: Path) -> set[tuple[str, str]]:
    """(module, private name) of every `module._name` in a file that imports from ministack."""
    text = source.read_text()
    imported = re.findall(r"^ *from ministack(?:\.\w+)* import ([\w, ]+)", text, re.MULTILINE)
    modules = {name.strip() for names in imported for name in names.split(",")}
    return {(module, name) for module, name in re.findall(r"\b(\w+)\.(_[a-z]\w+)", text) if module in modules}
