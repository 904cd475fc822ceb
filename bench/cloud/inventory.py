"""The target groups of a bench's account: every tenth of a Kubernetes Service, four fifths of those TCP."""

import hashlib
from dataclasses import dataclass, field
from itertools import islice

HOME = "arn:aws:elasticloadbalancing:us-east-1:000000000000"
PER_CLUSTER = 10
"""One group in so many is of a Kubernetes Service."""

PER_UDP = 5
"""One of those in so many is UDP."""

ASKING_PERCENT = 7
"""Of all groups, how many ask for proxy protocol by tag."""

DEFAULTS = {
    "deregistration_delay.connection_termination.enabled": "false",
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "preserve_client_ip.enabled": "true",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}
"""What a group of an NLB has at birth."""


@dataclass(slots=True)
class TargetGroup:
    """One group; *attributes* are only those that differ from the defaults."""

    name: str
    arn: str
    load_balancer: str
    port: int
    protocol: str = "TCP"
    tags: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)


def target_groups(number: int, *, are_set: bool) -> dict[str, TargetGroup]:
    """Return *number* groups by ARN; with *are_set* those that ask already have what they ask for."""
    groups = [_group(index) for index in range(number)]
    of_services = groups[::PER_CLUSTER]
    for index, group in enumerate(of_services):
        group.protocol = "UDP" if index % PER_UDP == PER_UDP - 1 else "TCP"
        group.tags = {"kubernetes.io/cluster/prod": "owned", "kubernetes.io/service-name": f"shop/{group.name}"}
    for group in islice((one for one in of_services if one.protocol == "TCP"), number * ASKING_PERCENT // 100):
        group.tags["pitcrew:proxy-protocol"] = "enabled"
        if are_set:
            group.attributes["proxy_protocol_v2.enabled"] = "true"
    return {group.arn: group for group in groups}


def asking(groups: dict[str, TargetGroup]) -> list[str]:
    """Return the ARNs of the groups that ask."""
    return [arn for arn, group in groups.items() if "pitcrew:proxy-protocol" in group.tags]


def _group(index: int) -> TargetGroup:
    digest = hashlib.sha256(str(index).encode()).hexdigest()
    name = f"k8s-shop-{digest[:10]}"
    return TargetGroup(
        name=name,
        arn=f"{HOME}:targetgroup/{name}/{digest[10:26]}",
        load_balancer=f"{HOME}:loadbalancer/net/{digest[26:42]}/{digest[42:58]}",
        port=30000 + index % 2768,
    )
