"""The settings of a new target group, with AWS's defaults."""

from typing import Any

from local.standin.elbv2_attributes import NETWORK
from local.standin.elbv2_wire import Params, RefusedError, parameter


def new_settings(params: Params) -> dict[str, Any]:
    """Read the settings (defaults: botocore, documentation of CreateTargetGroupInput)."""
    if not (name := parameter(params, "Name")):
        raise RefusedError("ValidationError", "A target group name must be specified")
    protocol = parameter(params, "Protocol", "HTTP")
    network = protocol in NETWORK
    check = parameter(params, "HealthCheckProtocol", "TCP" if network or protocol == "GENEVE" else "HTTP")
    timeout = {"HTTP": "6" if network else "5", "TCP": "10", "HTTPS": "10" if network else "5"}[check]
    settings: dict[str, Any] = {
        "TargetGroupName": name,
        "Protocol": protocol,
        "Port": int(parameter(params, "Port", "80")),
        "VpcId": parameter(params, "VpcId"),
        "HealthCheckProtocol": check,
        "HealthCheckPort": parameter(params, "HealthCheckPort", "traffic-port"),
        "HealthCheckEnabled": parameter(params, "HealthCheckEnabled", "true") == "true",
        "HealthCheckIntervalSeconds": int(parameter(params, "HealthCheckIntervalSeconds", "30")),
        "HealthCheckTimeoutSeconds": int(parameter(params, "HealthCheckTimeoutSeconds", timeout)),
        "HealthyThresholdCount": int(parameter(params, "HealthyThresholdCount", "5")),
        "UnhealthyThresholdCount": int(parameter(params, "UnhealthyThresholdCount", "2")),
        "TargetType": parameter(params, "TargetType", "instance"),
    }
    return settings | _http_check(params, check, network=network)


def _http_check(params: Params, check: str, *, network: bool) -> dict[str, Any]:
    """Only an HTTP(S) check has a path and a matcher; the matcher's defaults are the samples'."""
    if check == "TCP":
        return {}
    codes = parameter(params, "Matcher.HttpCode", "200-399" if network else "200")
    return {"HealthCheckPath": parameter(params, "HealthCheckPath", "/"), "Matcher": {"HttpCode": codes}}
