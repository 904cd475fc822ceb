"""IAM as in AWS where ministack's enforcement is not: resources and tags of ELBv2 and EC2, refusals that say what.

The roles of services are in `permission_services.py` and `permission_deliveries.py`. The holder of the stand-in's own
key (the account's root) may do everything, as ministack has it.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

import logging
from contextvars import ContextVar
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import tagging

from local.standin import elbv2_tags, permission_deliveries, permission_ec2, permission_services
from local.standin.elbv2_wire import Params, listed, parameter

_log = logging.getLogger(__name__)

_ELBV2 = "elasticloadbalancing"
_EC2 = "ec2"
_SUBJECTS = ("RuleArn", "ListenerArn", "TargetGroupArn", "LoadBalancerArn")

_TAGGING = frozenset(
    {"AddTags", "RemoveTags", "CreateListener", "CreateLoadBalancer", "CreateRule", "CreateTargetGroup"}
)
"""Calls that carry tags, for aws:TagKeys and aws:RequestTag: ministack looks for them under another service's name."""

_resources: ContextVar[tuple[str, ...]] = ContextVar("resources", default=())
"""All the ARNs that the request in this context names: AWS asks for each, ministack for the first."""

_ministacks_arn = iam_actions.extract_resource_arn
_ministacks_enforce = iam_evaluator.enforce
_ministacks_denial = iam_actions.access_denied_response


def install() -> None:
    """Wrap the steps of ministack's enforcement, which it looks up for each request."""
    iam_actions.extract_resource_arn = _resource_arn
    iam_actions.access_denied_response = _denial
    iam_evaluator.enforce = _enforce
    iam_actions._TAG_OPERATIONS[_ELBV2] = _TAGGING
    tagging._RESOURCE_TAG_COLLECTORS |= {_ELBV2: elbv2_tags.tagged, _EC2: permission_ec2.tagged}
    permission_services.install()
    permission_deliveries.install()


def _resource_arn(  # noqa: PLR0917 - ministack's own signature
    service: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, Any],
    region: str,
    account_id: str,
) -> str:
    """Name the resource that a request is about; of several, the first."""
    found: str = _ministacks_arn(service, method, path, headers, body, query_params, region, account_id)
    arns = [found]
    if service == _ELBV2:
        arns = elbv2_arns(query_params, f"arn:aws:{_ELBV2}:{region}:{account_id}")
    elif service == _EC2:
        arns = permission_ec2.ec2_arns(query_params, found)
    _resources.set(tuple(arns))
    return arns[0]


def elbv2_arns(params: Params, prefix: str) -> list[str]:
    """Name what an ELBv2 call is about, as in the Service Authorization Reference.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
    Reads are about everything: facts/proxy-protocol.md section 6.
    """
    action = parameter(params, "Action")
    if action.startswith("Describe"):
        return ["*"]
    if action == "CreateTargetGroup":
        return [f"{prefix}:targetgroup/{parameter(params, 'Name')}/*"]
    if action == "CreateLoadBalancer":
        kind = {"network": "net", "gateway": "gwy"}.get(parameter(params, "Type"), "app")
        return [f"{prefix}:loadbalancer/{kind}/{parameter(params, 'Name')}/*"]
    named = [parameter(params, subject) for subject in _SUBJECTS]
    return listed(params, "ResourceArns") or [arn for arn in named if arn] or ["*"]


def _enforce(  # noqa: PLR0917 - ministack's own signature
    access_key_id: str,
    iam_action: str,
    service: str,
    region: str,
    resource_arn: str = "*",
    service_context: dict[str, Any] | None = None,
) -> Any:  # noqa: ANN401 - ministack's own
    """Ask for each resource that the call names; the first denial counts."""
    for arn in _resources.get() if service in {_ELBV2, _EC2} else (resource_arn,):
        denied = _ministacks_enforce(access_key_id, iam_action, service, region, arn, service_context)
        if denied:
            _resources.set((arn,))
            return denied
    return None


def _denial(service: str, action: str, principal_arn: str, request_id: str, **details: Any) -> Any:  # noqa: ANN401 - ministack's own
    """Answer a denial in AWS's words, which name principal, action and resource, and log it."""
    if not (details.get("message") or details.get("error_code") or details.get("resource_policy_arn")):
        (resource, *_) = _resources.get() or (details.get("resource_arn", "*"),)
        explicit = bool(details.get("explicit_deny"))
        details["message"] = iam_actions.identity_denial_message(action, principal_arn, resource, explicit)
    _log.warning("denied: %s by %s: %s", action, principal_arn, details.get("message") or details)
    return _ministacks_denial(service, action, principal_arn, request_id, **details)
