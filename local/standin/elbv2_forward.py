"""A forward action may name several groups with weights; ministack knows one group only, and would drop them."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

from typing import Any

from ministack.services import alb

from local.standin.elbv2_wire import Params, element, members, parameter

_ministacks_parse = alb._parse_actions
_ministacks_xml = alb._action_xml


def install() -> None:
    """Let actions be read and written with their ForwardConfig."""
    alb._parse_actions = parse
    alb._action_xml = xml


def parse(params: Params, prefix: str = "DefaultActions") -> list[dict[str, Any]]:
    """Actions as ministack keeps them, with `ForwardConfig`: weights by group ARN, where the request has one."""
    actions: list[dict[str, Any]] = _ministacks_parse(params, prefix)
    for number, action in enumerate(actions, start=1):
        if weights := _weights(params, f"{prefix}.member.{number}.ForwardConfig.TargetGroups"):
            action["ForwardConfig"] = weights
            if len(weights) == 1:
                action["TargetGroupArn"] = next(iter(weights))
    return actions


def xml(action: dict[str, Any]) -> str:
    """One action (sample `elbv2-create-listener.synthetic.json`: `forwardConfig.targetGroups` with weights)."""
    written: str = _ministacks_xml(action)
    if not (weights := action.get("ForwardConfig")):
        return written
    groups = (element("TargetGroupArn", arn) + element("Weight", weight) for arn, weight in weights.items())
    forward = f"<ForwardConfig>{members('TargetGroups', groups)}</ForwardConfig>"
    return written.removesuffix("</member>") + forward + "</member>"


def _weights(params: Params, name: str) -> dict[str, int]:
    weights: dict[str, int] = {}
    while arn := parameter(params, f"{name}.member.{len(weights) + 1}.TargetGroupArn"):
        weights[arn] = int(parameter(params, f"{name}.member.{len(weights) + 1}.Weight", "1"))
    return weights
