"""Targets of a group and their health: registered by id and port, `unused` → `initial` → `healthy`.

Not as on AWS: a target that is deregistered is gone at once, it does not drain first.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ministack.services import alb

from local.standin.elbv2_groups import existing
from local.standin.elbv2_wire import Answer, Params, answer, element, empty, parameter

INITIAL = timedelta(seconds=1)
"""How long a target of a used group is `initial`. On AWS that is minutes; no story waits so long."""

_HEALTH = {
    "healthy": ("healthy",),
    "initial": ("initial", "Elb.RegistrationInProgress", "Target registration is in progress"),
    "idle": ("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"),
    "stranger": ("unused", "Target.NotRegistered", "Target is not registered to the target group"),
}
"""State, reason and description: botocore elbv2/2015-12-01, shape TargetHealth; a healthy target has no reason."""


def register(params: Params) -> Answer:
    """RegisterTargets: the same instance may be registered with several ports (botocore, RegisterTargets)."""
    group = existing(parameter(params, "TargetGroupArn"))
    targets = alb._targets.setdefault(group["TargetGroupArn"], [])
    known = {_place(target, group) for target in targets}
    for target in alb._parse_targets_param(params):
        if _place(target, group) not in known:
            targets.append({**target, "Registered": time.monotonic()})
    return empty("RegisterTargets")


def deregister(params: Params) -> Answer:
    """DeregisterTargets: without a port, every port of that target."""
    group = existing(parameter(params, "TargetGroupArn"))
    leaving = [(target["Id"], target.get("Port")) for target in alb._parse_targets_param(params)]
    alb._targets[group["TargetGroupArn"]] = [
        target
        for target in alb._targets.get(group["TargetGroupArn"], [])
        if not any(target["Id"] == name and port in {None, _place(target, group)[1]} for name, port in leaving)
    ]
    return empty("DeregisterTargets")


def describe_health(params: Params) -> Answer:
    """DescribeTargetHealth: of the targets asked for, or of all."""
    group = existing(parameter(params, "TargetGroupArn"))
    registered = alb._targets.get(group["TargetGroupArn"], [])
    asked = {_place(target, group) for target in alb._parse_targets_param(params)}
    shown = [target for target in registered if not asked or _place(target, group) in asked]
    strangers = asked - {_place(target, group) for target in shown}
    health = [_health_xml(target, group, _situation(target, group)) for target in shown]
    health += [_health_xml({"Id": name, "Port": port}, group, "stranger") for name, port in sorted(strangers)]
    return answer("DescribeTargetHealth", f"<TargetHealthDescriptions>{''.join(health)}</TargetHealthDescriptions>")


def _place(target: Mapping[str, Any], group: Mapping[str, Any]) -> tuple[str, int]:
    return target["Id"], target.get("Port", group["Port"])


def _situation(target: Mapping[str, Any], group: Mapping[str, Any]) -> str:
    if not group["LoadBalancerArns"]:
        return "idle"
    # Targets that ministack registers itself (for ECS) carry no time: they count as old.
    age = time.monotonic() - target.get("Registered", 0.0)
    return "initial" if age < INITIAL.total_seconds() else "healthy"


def _health_xml(target: Mapping[str, Any], group: Mapping[str, Any], situation: str) -> str:
    name, port = _place(target, group)
    check_port = port if group["HealthCheckPort"] == "traffic-port" else group["HealthCheckPort"]
    health = "".join(map(element, ("State", "Reason", "Description"), _HEALTH[situation]))
    return (
        f"<member><Target>{element('Id', name)}{element('Port', port)}</Target>"
        f"{element('HealthCheckPort', check_port)}"
        f"<TargetHealth>{health}</TargetHealth></member>"
    )
