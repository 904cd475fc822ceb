"""What is known of one target group, and what may be asked next."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from functions.proxy_protocol.decision.service import Backend, Service

ATTRIBUTE = "proxy_protocol_v2.enabled"
SERVICE_TAG = "kubernetes.io/service-name"
CLUSTER_TAG = "kubernetes.io/cluster/"
OPT_TAG = "pitcrew:proxy-protocol"
APPLIED_TAG = "pitcrew:attributes-applied"


class Section(Enum):
    """One question to the outside; in the order in which they are asked."""

    TAGS = "tags"
    GROUP = "group"
    SERVICE = "service"
    LISTENERS = "listeners"
    ATTRIBUTES = "attributes"
    BACKEND = "backend"
    HEALTH = "health"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What cannot change in the life of a target group, so that an event's word for it is good."""

    protocol: str
    """As AWS spells it: TCP, TLS, UDP, TCP_UDP, HTTP, …"""

    target_type: str
    """instance, ip, lambda or alb."""

    vpc_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """How the load balancer probes the targets."""

    protocol: str
    port: str
    """A number, or `traffic-port`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What DescribeTargetGroups says beyond the shape."""

    port: int
    health_check: HealthCheck
    load_balancer_arns: tuple[str, ...] = ()

    @property
    def check_cannot_parse_the_header(self) -> bool:
        """Whether the check speaks HTTP to another port than the traffic's, where nobody expects the header.

        That is kube-proxy's healthCheckNodePort (policy Local) or port 10256 (Shared probe mode).
        """
        check = self.health_check
        return check.protocol in {"HTTP", "HTTPS"} and check.port not in {"traffic-port", str(self.port)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything read of one target group so far; None is "not asked yet"."""

    arn: str
    by_event: bool = False
    """Whether an event told of the group; otherwise a sweep or an operator did."""

    is_newborn: bool = False
    """Named in the answer of a CreateTargetGroup less than 15 minutes ago, in no load balancer there."""

    is_gone: bool = False
    shape: Shape | None = None
    tags: Mapping[str, str] | None = None
    group: Group | None = None
    service: Service | None = None
    listener_ports: frozenset[int] | None = None
    """Ports of the listeners that forward to the group; a listener's port is the Service's port."""

    attributes: Mapping[str, str] | None = None
    backend: Backend | None = None
    is_in_service: bool | None = None

    @property
    def read(self) -> frozenset[Section]:
        """The sections that have been asked."""
        answers = {
            Section.TAGS: self.tags,
            Section.GROUP: self.group,
            Section.SERVICE: self.service,
            Section.LISTENERS: self.listener_ports,
            Section.ATTRIBUTES: self.attributes,
            Section.BACKEND: self.backend,
            Section.HEALTH: self.is_in_service,
        }
        return frozenset(section for section, answer in answers.items() if answer is not None)

    @property
    def service_name(self) -> tuple[str, str] | None:
        """Namespace and name in the tag of the cloud provider, or None where it is missing or malformed."""
        namespace, slash, name = (self.tags or {}).get(SERVICE_TAG, "").partition("/")
        return (namespace, name) if slash and namespace and name and "/" not in name else None

    @property
    def cluster(self) -> str | None:
        """Id of the one cluster that owns the group; None where none, several or `shared` tags leave it open."""
        marks = {key.removeprefix(CLUSTER_TAG): word for key, word in (self.tags or {}).items() if _marks_cluster(key)}
        return next(iter(marks)) if list(marks.values()) == ["owned"] else None


def _marks_cluster(key: str) -> bool:
    return key.startswith(CLUSTER_TAG) and key != CLUSTER_TAG
