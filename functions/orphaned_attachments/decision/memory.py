"""What earlier looks of the same run saw; it travels through the state machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Facts of the past that no fresh read can tell."""

    first_look_at: datetime | None = None
    node_name: str = ""
    """Name of the instance's Node, for when the Node is gone and its pods are not."""

    lease: datetime | None = None
    lease_since: datetime | None = None
    """When the Lease's renewTime *lease* was first seen."""

    dying_since: datetime | None = None
    dead_since: datetime | None = None
    """When the instance was first read dead or not found."""

    back_since: datetime | None = None
    last_act_at: datetime | None = None
    """When this run last acted; a hold counts, too."""

    has_begun: bool = False
    """Whether this run has begun a release."""

    has_unmarked: bool = False
    """Whether this run has taken a mark of ours off."""

    detached: Mapping[str, datetime] = field(default_factory=dict)
    """When this run had EC2 detach which volume."""

    unreachable_looks: int = 0
