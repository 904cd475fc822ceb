"""Target groups as AWS keeps them: idempotent birth, attributes, protection while in use."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

import secrets
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import alb

from local.standin import elbv2_attributes
from local.standin.elbv2_group_settings import new_settings
from local.standin.elbv2_wire import Answer, Params, RefusedError, answer, element, listed, members, page, parameter

_SCALARS = (
    *("TargetGroupArn", "TargetGroupName", "Protocol", "Port", "VpcId"),
    *("HealthCheckProtocol", "HealthCheckPort", "HealthCheckEnabled", "HealthCheckIntervalSeconds"),
    *("HealthCheckTimeoutSeconds", "HealthyThresholdCount", "UnhealthyThresholdCount", "HealthCheckPath"),
)


def group_xml(group: Mapping[str, Any]) -> str:
    """Write one group: a TCP check has neither a path nor a matcher (sample create-target-group.recorded)."""
    scalars = "".join(element(name, group[name]) for name in _SCALARS if group.get(name) not in (None, ""))
    matcher = f"<Matcher>{element('HttpCode', group['Matcher']['HttpCode'])}</Matcher>" if group.get("Matcher") else ""
    arns = members("LoadBalancerArns", group["LoadBalancerArns"])
    return f"<member>{scalars}{matcher}{arns}{element('TargetType', group['TargetType'])}</member>"


def groups_named(params: Params) -> dict[str, dict[str, Any]]:
    """Find the groups that a DescribeTargetGroups asks for, by ARN."""
    arns, names = listed(params, "TargetGroupArns"), listed(params, "Names")
    if arns:
        # One unknown ARN fails the call: facts/proxy-protocol.md section 6.
        return {arn: existing(arn) for arn in arns}
    if names:
        found = {group["TargetGroupName"]: group for group in alb._tgs.values()}
        if missing := [name for name in names if name not in found]:
            raise RefusedError("TargetGroupNotFound", f"One or more target groups not found: {missing}")
        return {found[name]["TargetGroupArn"]: found[name] for name in names}
    if wanted := parameter(params, "LoadBalancerArn"):
        if wanted not in alb._lbs:
            raise RefusedError("LoadBalancerNotFound", f"Load balancer '{wanted}' not found")
        return {arn: group for arn, group in alb._tgs.items() if wanted in group["LoadBalancerArns"]}
    return dict(alb._tgs.items())


def existing(arn: str) -> dict[str, Any]:
    """Find the record of a group; raises RefusedError where there is none."""
    if arn not in alb._tgs:
        raise RefusedError("TargetGroupNotFound", f"One or more target groups not found: '{arn}'")
    record: dict[str, Any] = alb._tgs[arn]
    return record


def describe(params: Params) -> Answer:
    """DescribeTargetGroups, in pages."""
    shown, more = page(params, groups_named(params))
    return answer("DescribeTargetGroups", f"<TargetGroups>{''.join(map(group_xml, shown))}</TargetGroups>{more}")


def create(params: Params) -> Answer:
    """CreateTargetGroup: a repetition with the same settings returns the group that is there.

    Source: botocore, documentation of CreateTargetGroup ("This operation is idempotent"). Its tags are not those of
    the repetition: facts/real-clients.md, "Zombies are adopted".
    """
    settings = new_settings(params)
    for group in alb._tgs.values():
        if group["TargetGroupName"] == settings["TargetGroupName"]:
            return _again(group, settings)
    place = f"{get_region()}:{get_account_id()}"
    arn = f"arn:aws:elasticloadbalancing:{place}:targetgroup/{settings['TargetGroupName']}/{secrets.token_hex(8)}"
    group = {"TargetGroupArn": arn, **settings, "LoadBalancerArns": []}
    alb._tgs[arn], alb._targets[arn], alb._tags[arn] = group, [], alb._parse_tags(params)
    alb._tg_attrs[arn] = _pairs(_born(group))
    return answer("CreateTargetGroup", f"<TargetGroups>{group_xml(group)}</TargetGroups>")


def _again(group: Mapping[str, Any], settings: Mapping[str, Any]) -> Answer:
    if any(group[name] != value for name, value in settings.items()):
        message = f"A target group with the same name '{group['TargetGroupName']}' exists, but with different settings"
        raise RefusedError("DuplicateTargetGroupName", message)
    return answer("CreateTargetGroup", f"<TargetGroups>{group_xml(group)}</TargetGroups>")


def _born(group: Mapping[str, Any]) -> dict[str, str]:
    """Give a new group its attributes; groups of other load balancers keep to what ministack gives them."""
    if group["Protocol"] in elbv2_attributes.NETWORK:
        return elbv2_attributes.born(group["Protocol"], group["TargetType"])
    return {
        "deregistration_delay.timeout_seconds": "300",
        "stickiness.enabled": "false",
        "stickiness.type": "lb_cookie",
    }


def _pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in attributes.items()]
