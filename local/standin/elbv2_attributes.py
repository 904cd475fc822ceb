"""The attributes of target groups: those a group is born with, and the values each may take.

Sources: botocore elbv2/2015-12-01 (documentation of the shape TargetGroupAttribute) for keys, defaults and ranges;
the sample `elbv2-modify-target-group-attributes.by-hand.standin.json` for what AWS lists on a network group.
The wire codes of refusals are an assumption: AWS documents InvalidConfigurationRequest for the call and no more,
a key nobody knows is taken to be a ValidationError, as for load balancer attributes.
"""

from collections.abc import Mapping
from typing import Any

from local.standin.elbv2_wire import RefusedError

NETWORK = frozenset({"TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"})
"""Protocols of target groups that only a network load balancer can use."""

_UDP = frozenset({"UDP", "TCP_UDP"})

_BOOLEAN = frozenset({"true", "false"})

_VALUES: dict[str, frozenset[str] | range] = {
    "deregistration_delay.timeout_seconds": range(3601),
    "stickiness.enabled": _BOOLEAN,
    "stickiness.type": frozenset({"source_ip"}),
    "load_balancing.cross_zone.enabled": _BOOLEAN | {"use_load_balancer_configuration"},
    "target_health_state.unhealthy.connection_termination.enabled": _BOOLEAN,
    "target_health_state.unhealthy.draining_interval_seconds": range(360_001),
    "proxy_protocol_v2.enabled": _BOOLEAN,
    "preserve_client_ip.enabled": _BOOLEAN,
    "deregistration_delay.connection_termination.enabled": _BOOLEAN,
}
"""What a network group's attribute may say."""

_NETWORK_ONLY = frozenset(key for key in _VALUES if key.startswith(("target_health_state", "proxy", "preserve"))) | {
    "deregistration_delay.connection_termination.enabled"
}

_ELSEWHERE = frozenset(
    {
        "lambda.multi_value_headers.enabled",
        "load_balancing.algorithm.anomaly_mitigation",
        "load_balancing.algorithm.type",
        "send_tcp_reset.on_deregistration.enabled",
        "send_tcp_reset.on_unhealthy.enabled",
        "slow_start.duration_seconds",
        "stickiness.app_cookie.cookie_name",
        "stickiness.app_cookie.duration_seconds",
        "stickiness.lb_cookie.duration_seconds",
        "target_failover.on_deregistration",
        "target_failover.on_unhealthy",
    }
)
"""Keys of application and gateway load balancers' groups."""

_HEALTH = "target_group_health."
"""Keys of both kinds that the sample does not list on a network group: accepted, not born (their values unchecked)."""


def born(protocol: str, target_type: str) -> dict[str, str]:
    """Attributes of a new network group, in the order in which the sample lists them."""
    udp = protocol in _UDP
    keeps_client_ip = not (target_type == "ip" and protocol in {"TCP", "TLS"})
    return {
        "deregistration_delay.timeout_seconds": "300",
        "stickiness.enabled": "false",
        "stickiness.type": "source_ip",
        "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
        "target_health_state.unhealthy.connection_termination.enabled": str(not udp).lower(),
        "target_health_state.unhealthy.draining_interval_seconds": "0",
        "proxy_protocol_v2.enabled": "false",
        "preserve_client_ip.enabled": str(keeps_client_ip).lower(),
        "deregistration_delay.connection_termination.enabled": str(udp).lower(),
    }


def check(group: Mapping[str, Any], before: Mapping[str, str], wished: Mapping[str, str]) -> None:
    """Refuse what AWS refuses of *wished* on *group*; *before* is what is set now."""
    for key, value in wished.items():
        _check_key(group["Protocol"], key)
        if group["Protocol"] in NETWORK:
            _check_value(key, value)
    if group["Protocol"] in NETWORK:
        _check_together(group["Protocol"], {**before, **wished}, wished)


def _check_key(protocol: str, key: str) -> None:
    if not (key in _VALUES or key in _ELSEWHERE or key.startswith(_HEALTH)):
        raise RefusedError("ValidationError", f"Target group attribute key '{key}' is not recognized")
    if key in (_ELSEWHERE if protocol in NETWORK else _NETWORK_ONLY):
        message = f"Target group attribute key '{key}' is not supported on target groups with protocol '{protocol}'"
        raise RefusedError("InvalidConfigurationRequest", message)


def _check_value(key: str, value: str) -> None:
    allowed = _VALUES.get(key)
    if allowed is None:
        return
    fits = value.isdecimal() and int(value) in allowed if isinstance(allowed, range) else value in allowed
    if not fits:
        raise RefusedError("ValidationError", f"Target group attribute '{key}' does not allow the value '{value}'")


def _check_together(protocol: str, after: Mapping[str, str], wished: Mapping[str, str]) -> None:
    terminates = "target_health_state.unhealthy.connection_termination.enabled"
    interval = "target_health_state.unhealthy.draining_interval_seconds"
    if protocol in _UDP and wished.get("preserve_client_ip.enabled") == "false":
        raise RefusedError("InvalidConfigurationRequest", "Client IP preservation can't be disabled for UDP")
    if protocol in _UDP and wished.get(terminates) == "true":
        raise RefusedError("InvalidConfigurationRequest", f"'{terminates}' can't be enabled for UDP")
    if wished.get(interval, "0") != "0" and after[terminates] != "false":
        raise RefusedError("InvalidConfigurationRequest", f"'{interval}' needs '{terminates}' to be false")
