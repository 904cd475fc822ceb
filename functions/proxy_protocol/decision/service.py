"""What a cluster says of the Service behind a target group, as far as anybody can be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Standing(StrEnum):
    """How the question for a Service ended."""

    UNREGISTERED = "no cluster registered"
    FOUND = "found"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    WRONG_CLUSTER = "wrong cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The Service of a target group, or why nobody could say."""

    standing: Standing
    cluster: str = ""
    """Name under which the cluster is registered; empty where it is not."""

    why: str = ""
    """What the cluster did instead of an answer."""

    uid: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)
    """Those that may speak of target groups."""

    traffic_policy: str = ""
    """`spec.externalTrafficPolicy`: Cluster or Local."""

    selector: Mapping[str, str] = field(default_factory=dict)
    """Labels of its pods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """What the pods behind a Service expect, where they are ingress-nginx and readable."""

    config_map: str = ""
    """namespace/name, as the pods' `--configmap` says; empty where none could be read."""

    expects_header: bool | None = None
    """Whether `use-proxy-protocol` is on there; None: nobody knows."""

    why_unreachable: str = ""
    """What the cluster did instead of an answer."""
