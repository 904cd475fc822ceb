"""Target groups and listeners of one made-up account, as a test sets them up and looks at them afterwards.

Over 120 lines because what AWS gives a new group stands here too.
"""

from dataclasses import dataclass, field
from itertools import count

PREFIX = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
HOME = f"{PREFIX}:targetgroup/"
PROXY_PROTOCOL = "proxy_protocol_v2.enabled"

# As a network group is born. Recorded: tests/events/elbv2-modify-target-group-attributes.by-hand.standin.json.
NETWORK_ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": "300",
    "stickiness.enabled": "false",
    "stickiness.type": "source_ip",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
    PROXY_PROTOCOL: "false",
    "preserve_client_ip.enabled": "true",
    "deregistration_delay.connection_termination.enabled": "false",
}

# "The attribute key is not returned" for HTTP, HTTPS and GENEVE groups (section 3 of the facts on proxy protocol).
OTHER_ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": "300",
    "stickiness.enabled": "false",
    "load_balancing.algorithm.type": "round_robin",
    "slow_start.duration_seconds": "0",
}
_OTHERS = {"HTTP", "HTTPS", "GENEVE"}


@dataclass
class FakeGroup:
    """One target group."""

    arn: str
    protocol: str
    target_type: str
    port: int
    vpc_id: str
    check: tuple[str, str]
    """Protocol and port of the health check."""

    tags: dict[str, str]
    attributes: dict[str, str]
    states: list[str]
    """State of each target."""

    @property
    def is_on(self) -> bool:
        return self.attributes.get(PROXY_PROTOCOL) == "true"


@dataclass
class FakeListener:
    """One listener, which forwards to a group by its plain action or by a weighted one."""

    load_balancer_arn: str
    port: int
    group_arn: str
    is_weighted: bool = False


@dataclass
class Account:
    """Everything there is."""

    groups: dict[str, FakeGroup] = field(default_factory=dict)
    listeners: list[FakeListener] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def add(
        self,
        *,
        service: str | None = "shop/web",
        cluster: str | None = "prod",
        tags: dict[str, str] | None = None,
        protocol: str = "TCP",
        target_type: str = "instance",
        check: tuple[str, str] = ("TCP", "traffic-port"),
        vpc_id: str = "vpc-1",
        attributes: dict[str, str] | None = None,
        states: tuple[str, ...] = (),
        is_attached: bool = True,
        arn: str = "",
    ) -> str:
        """Add a group as a cloud provider makes it for one port of a Service, and return its ARN."""
        number = next(self._numbers)
        arn = arn or f"{HOME}k8s-shop-web-{number:010x}/{number:016x}"
        all_tags = dict(tags or {})
        if service:
            all_tags["kubernetes.io/service-name"] = service
        if cluster:
            all_tags[f"kubernetes.io/cluster/{cluster}"] = "owned"
        born_with = OTHER_ATTRIBUTES if protocol in _OTHERS else NETWORK_ATTRIBUTES
        self.groups[arn] = FakeGroup(
            arn=arn,
            protocol=protocol,
            target_type=target_type,
            port=30000 + number % 2000,
            vpc_id=vpc_id,
            check=check,
            tags=all_tags,
            attributes={**born_with, **(attributes or {})},
            states=list(states),
        )
        if is_attached:
            self.attach(arn, port=80)
        return arn

    def attach(self, arn: str, *, port: int, load_balancer: str = "a1", is_weighted: bool = False) -> str:
        """Let a listener forward to the group, and return the load balancer's ARN."""
        load_balancer_arn = f"{PREFIX}:loadbalancer/net/{load_balancer}/0123456789abcdef"
        self.listeners.append(FakeListener(load_balancer_arn, port, arn, is_weighted))
        return load_balancer_arn

    def delete(self, arn: str) -> None:
        del self.groups[arn]
        self.listeners = [listener for listener in self.listeners if listener.group_arn != arn]

    def load_balancers_of(self, arn: str) -> list[str]:
        return sorted({one.load_balancer_arn for one in self.listeners if one.group_arn == arn})

    def is_on(self, arn: str) -> bool:
        return self.groups[arn].is_on

    @property
    def switched_on(self) -> set[str]:
        return {arn for arn, group in self.groups.items() if group.is_on}

    @property
    def state(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """Everything that anybody could have written."""
        return {arn: (dict(group.attributes), dict(group.tags)) for arn, group in self.groups.items()}
