"""Facts for tests of the decision: a group that is switched on, and what to change of it."""

from dataclasses import replace
from typing import Any

from functions.proxy_protocol.decision import Facts
from functions.proxy_protocol.decision.facts import Group, HealthCheck, Shape
from functions.proxy_protocol.decision.service import Backend, Service, Standing
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

UNREGISTERED = Service(standing=Standing.UNREGISTERED)
UNREACHABLE = Service(standing=Standing.UNREACHABLE, cluster="prod", why="no answer within 2 s")
WRONG_CLUSTER = Service(standing=Standing.WRONG_CLUSTER, cluster="prod", why="none of i-1, i-2 is here")
GONE = Service(standing=Standing.GONE, cluster="prod")

OURS, OUR_LIST = "pitcrew/proxy-protocol", "pitcrew/target-group-attributes"
PROVIDERS = "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"
PROVIDERS_LIST = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"

NOBODY_KNOWS = Backend()
READY = Backend(config_map="shop/nginx", expects_header=True)
NOT_READY = Backend(config_map="shop/nginx", expects_header=False)


def facts(**changes: Any) -> Facts:  # noqa: ANN401 (fields of Facts)
    """Return a group of which everything is read, and that would be switched on, with *changes*."""
    everything = Facts(
        arn=ARN,
        tags=ASKED,
        shape=Shape(protocol="TCP", target_type="instance", vpc_id="vpc-1"),
        group=group(),
        service=UNREGISTERED,
        listener_ports=frozenset({80}),
        attributes=OFF,
        is_in_service=False,
    )
    return replace(everything, **changes)


def service(annotations: dict[str, str] | None = None, **changes: Any) -> Service:  # noqa: ANN401 (fields of Service)
    """Return a Service of policy Local that was found, with *annotations*."""
    found = Service(
        standing=Standing.FOUND,
        cluster="prod",
        uid="0b9b4f6e",
        annotations=annotations or {},
        traffic_policy="Local",
        selector={"app": "web"},
    )
    return replace(found, **changes)


def group(*, check: HealthCheck = TCP_CHECK, load_balancers: tuple[str, ...] = (LOAD_BALANCER,)) -> Group:
    return Group(port=30080, health_check=check, load_balancer_arns=load_balancers)


def shape(protocol: str = "TCP", target_type: str = "instance") -> Shape:
    return Shape(protocol=protocol, target_type=target_type, vpc_id="vpc-1")
