"""The private names of ministack that EC2, load balancers, trail and permissions of local/standin/ stand on.

An upgrade that moves one fails here first. The other seams are in test_seams.py, moto's in test_seams_ec2.py.
Over 120 lines because the table holds every seam.
"""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from local.environment import ROOT

MODULES = sorted(
    path.stem
    for pattern in ("cloudtrail", "ec2*", "elbv2*", "permission*", "trail_*")
    for path in (ROOT / "local" / "standin").glob(f"{pattern}.py")
)

SEAMS = {
    "app:_dispatch_service_request": "(method, path, headers, body, query_params, request_id)",
    "core.iam_actions:_TAG_OPERATIONS": "dict",
    "core.iam_actions:access_denied_response": (
        "(service, action, principal_arn, request_id, error_code, message, headers, resource_arn, "
        "explicit_deny, resource_policy_arn)"
    ),
    "core.iam_actions:extract_resource_arn": "(service, method, path, headers, body, query_params, region, account_id)",
    "core.iam_actions:identity_denial_message": "(action, principal_arn, resource, explicit_deny)",
    "core.iam_evaluator:EvalContext": (
        "(principal_arn, principal_type, principal_account, action, resource_arn, region, source_ip, "
        "secure_transport, request_tags, tag_keys, service_context, principal_keys)"
    ),
    "core.iam_evaluator:_gather_role_policies": "(role_name, account_id)",
    "core.iam_evaluator:_permissions_boundary": "(store, name, account_id)",
    "core.iam_evaluator:_resource_policy": "(service, resource_arn)",
    "core.iam_evaluator:combine_resource_policy": "(identity, ctx, policy, owner_account, required, limits)",
    "core.iam_evaluator:enforce": "(access_key_id, iam_action, service, region, resource_arn, service_context)",
    "core.iam_evaluator:evaluate": "(ctx, policies, *limits)",
    "core.iam_evaluator:evaluate_resource_policy": "(doc, ctx, service, named_only, direct_only)",
    "core.iam_evaluator:resolve_credential": "(access_key_id, account_id, session_token)",
    "core.router:extract_access_key_id": "(headers, query_params)",
    "services.alb:_ACTION_MAP": "dict",
    "services.alb:_action_xml": "(a)",
    "services.alb:_create_lb": "(params)",
    "services.alb:_create_listener": "(params)",
    "services.alb:_create_rule": "(params)",
    "services.alb:_delete_lb": "(params)",
    "services.alb:_delete_listener": "(params)",
    "services.alb:_delete_rule": "(params)",
    "services.alb:_empty": "(action)",
    "services.alb:_error": "(code, message, status)",
    "services.alb:_lb_attrs": "AccountScopedDict",
    "services.alb:_lb_xml": "(lb)",
    "services.alb:_lbs": "AccountRegionScopedDict",
    "services.alb:_listener_attrs": "AccountScopedDict",
    "services.alb:_listener_xml": "(l)",
    "services.alb:_listeners": "AccountRegionScopedDict",
    "services.alb:_modify_listener": "(params)",
    "services.alb:_modify_rule": "(params)",
    "services.alb:_modify_tg": "(params)",
    "services.alb:_p": "(params, key, default)",
    "services.alb:_parse_actions": "(params, prefix)",
    "services.alb:_parse_member_list": "(params, prefix)",
    "services.alb:_parse_tags": "(params)",
    "services.alb:_parse_targets_param": "(params, prefix)",
    "services.alb:_resolve_taggable_elbv2_arns": "(arns)",
    "services.alb:_rules": "AccountRegionScopedDict",
    "services.alb:_tags": "AccountScopedDict",
    "services.alb:_targets": "AccountScopedDict",
    "services.alb:_tg_attrs": "AccountScopedDict",
    "services.alb:_tg_xml": "(tg)",
    "services.alb:_tgs": "AccountRegionScopedDict",
    "services.alb:_xml": "(status, action, inner)",
    "services.autoscaling:_asgs": "AccountRegionScopedDict",
    "services.eventbridge:_invoke_target": "(target, event, rule, view)",
    "services.eventbridge:_put_events": "(data, allow_aws_source)",
    "services.iam:_roles": "AccountScopedDict",
    "services.lambda_svc:_functions": "AccountRegionScopedDict",
    "services.lambda_svc:_get_func_record_for_ref": "(function_ref)",
    "services.lambda_svc:_iter_all_esms": "()",
    "services.stepfunctions:_ExecutionError": "(error, cause)",
    "services.stepfunctions:_call_lambda": "(func_ref, event)",
    "services.stepfunctions:_executions": "AccountRegionScopedDict",
    "services.stepfunctions:_run_execution": "(exec_arn)",
    "services.stepfunctions:_state_machines": "AccountRegionScopedDict",
    "services.tagging:_COLLECTORS": "dict",
    "services.tagging:_HANDLERS": "dict",
    "services.tagging:_RESOURCE_TAG_COLLECTORS": "dict",
    "services.tagging:_get_resources": "(data)",
    "services.tagging:_invalid_parameter": "(message)",
    "services.tagging:resource_tags": "(arn)",
}
"""A function's parameters by name, or what kind of store it is."""


@pytest.mark.parametrize(("seam", "expected"), SEAMS.items())
def test_seam_is_as_it_was(seam: str, expected: str) -> None:
    module, _, name = seam.partition(":")
    found: object = getattr(importlib.import_module(f"ministack.{module}"), name)

    assert (_parameters(found) if callable(found) else type(found).__name__) == expected


def test_every_private_name_in_use_is_a_seam_of_the_list() -> None:
    listed = {(seam.partition(":")[0].rpartition(".")[2], seam.rpartition(":")[2]) for seam in SEAMS}

    used = {name for module in MODULES for name in _private_names(ROOT / "local" / "standin" / f"{module}.py")}

    assert used <= listed


def _parameters(found: object) -> str:
    """Names and kinds: annotations and defaults change without harm, and one default is an object's address."""
    empty = inspect.Parameter.empty
    shown = inspect.signature(found).parameters.values()  # type: ignore[arg-type]  # the caller asked callable()
    return f"({', '.join(str(parameter.replace(annotation=empty, default=empty)) for parameter in shown)})"


def _private_names(source: Path) -> set[tuple[str, str]]:
    """(module, private name) of every `module._name` in a file that imports from ministack."""
    text = source.read_text()
    imported = re.findall(r"^from ministack(?:\.\w+)* import ([\w, ]+)", text, re.MULTILINE)
    modules = {name.strip() for names in imported for name in names.split(",")}
    return {(module, name) for module, name in re.findall(r"\b(\w+)\.(_[A-Za-z]\w*)", text) if module in modules}
