"""What may be changed on a target group that exists: its attributes, its check, its end."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

from typing import Any

from ministack.services import alb

from local.standin import elbv2_attributes
from local.standin.elbv2_groups import existing
from local.standin.elbv2_wire import Answer, Params, RefusedError, answer, element, empty, members, parameter


def describe_attributes(params: Params) -> Answer:
    """DescribeTargetGroupAttributes."""
    arn = existing(parameter(params, "TargetGroupArn"))["TargetGroupArn"]
    return answer("DescribeTargetGroupAttributes", _attributes_xml(_attributes(arn)))


def modify_attributes(params: Params) -> Answer:
    """ModifyTargetGroupAttributes: a partial update that returns all attributes; all of it or nothing."""
    group = existing(parameter(params, "TargetGroupArn"))
    before, wished = _attributes(group["TargetGroupArn"]), _wished(params)
    elbv2_attributes.check(group, before, wished)
    after = before | wished
    alb._tg_attrs[group["TargetGroupArn"]] = [{"Key": key, "Value": value} for key, value in after.items()]
    return answer("ModifyTargetGroupAttributes", _attributes_xml(after))


def modify(params: Params) -> Answer:
    """ModifyTargetGroup, by ministack; a check that becomes HTTP gets its path and matcher."""
    group = existing(parameter(params, "TargetGroupArn"))
    protocol = parameter(params, "HealthCheckProtocol", group["HealthCheckProtocol"])
    if protocol == "TCP":
        group.pop("HealthCheckPath", None)
        group.pop("Matcher", None)
    else:
        group.setdefault("HealthCheckPath", "/")
        group.setdefault("Matcher", {"HttpCode": "200-399"})
    changed: Answer = alb._modify_tg(params)
    return changed


def delete(params: Params) -> Answer:
    """DeleteTargetGroup: refused while a listener or rule forwards to the group (botocore, DeleteTargetGroup)."""
    arn = existing(parameter(params, "TargetGroupArn"))["TargetGroupArn"]
    if alb._tgs[arn]["LoadBalancerArns"]:
        message = f"Target group '{arn}' is currently in use by a listener or a rule"
        raise RefusedError("ResourceInUse", message)
    for store in (alb._tgs, alb._targets, alb._tg_attrs, alb._tags):
        store.pop(arn, None)
    return empty("DeleteTargetGroup")


def _attributes(arn: str) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in alb._tg_attrs.get(arn, [])}


def _wished(params: Params) -> dict[str, str]:
    wished: dict[str, Any] = {}
    while key := parameter(params, f"Attributes.member.{len(wished) + 1}.Key"):
        if key in wished:
            raise RefusedError("ValidationError", f"Attribute key '{key}' is given twice")
        wished[key] = parameter(params, f"Attributes.member.{len(wished) + 1}.Value")
    return wished


def _attributes_xml(attributes: dict[str, str]) -> str:
    pairs = (element("Key", key) + element("Value", value) for key, value in attributes.items())
    return members("Attributes", pairs)
