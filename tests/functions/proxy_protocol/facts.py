"""Facts for tests of the decision: a group that is switched on, and what to change of it."""

from dataclasses import replace
from typing import Any

from functions.proxy_protocol.decision import Facts
from functions.proxy_protocol.decision.facts import Group, HealthCheck, Service, Shape
from tests.functions.proxy_protocol.account import HOME, NETWORK_ATTRIBUTES, PROXY_PROTOCOL

ARN = f"{HOME}k8s-shop-web-0123456789/0123456789abcdef"
LOAD_BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a1/0123456789abcdef"

NOBODY_ASKS = {"kubernetes.io/service-name": "shop/web", "kubernetes.io/cluster/prod": "owned"}
ASKED = NOBODY_ASKS | {"pitcrew:proxy-protocol": "enabled"}

TCP_CHECK = HealthCheck(protocol="TCP", port="traffic-port")
HTTP_CHECK = HealthCheck(protocol="HTTP", port="32487")
"""A check of policy Local: kube-proxy answers it, and cannot parse the header."""

OFF = NETWORK_ATTRIBUTES
ON = NETWORK_ATTRIBUTES | {PROXY_PROTOCOL: "true"}

UNREAD = Facts(arn=ARN)


def facts(**changes: Any) -> Facts:  # noqa: ANN401 (fields of Facts)
    """Return a group of which everything is read, and that would be switched on, with *changes*."""
    everything = Facts(
        arn=ARN,
        tags=ASKED,
        shape=Shape(protocol="TCP", target_type="instance", vpc_id="vpc-1"),
        group=group(),
        service=Service.UNREGISTERED,
        listener_ports=frozenset({80}),
        attributes=OFF,
        is_in_service=False,
    )
    return replace(everything, **changes)


def group(*, check: HealthCheck = TCP_CHECK, load_balancers: tuple[str, ...] = (LOAD_BALANCER,)) -> Group:
    return Group(port=30080, health_check=check, load_balancer_arns=load_balancers)


def shape(protocol: str = "TCP", target_type: str = "instance") -> Shape:
    return Shape(protocol=protocol, target_type=target_type, vpc_id="vpc-1")
