"""The instance, as EC2 shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

OPT_OUT_TAG = "pitcrew:orphaned-attachments"


class State(StrEnum):
    """What EC2 says of an instance."""

    PENDING = "pending"
    RUNNING = "running"
    STOPPING = "stopping"
    SHUTTING_DOWN = "shutting-down"
    STOPPED = "stopped"
    TERMINATED = "terminated"
    NOT_FOUND = "not found"
    UNKNOWN = "unknown"
    """EC2 did not answer."""

    @property
    def is_alive(self) -> bool:
        """Whether the machine runs, or is about to."""
        return self in {State.PENDING, State.RUNNING}

    @property
    def is_dying(self) -> bool:
        """Whether the machine is on its way down, and may still write."""
        return self in {State.STOPPING, State.SHUTTING_DOWN}

    @property
    def is_dead(self) -> bool:
        """Whether the machine does not run: the only evidence for a release."""
        return self in {State.STOPPED, State.TERMINATED}


USER_STOP = "Client.UserInitiatedShutdown"
HIBERNATION = "Client.UserInitiatedHibernate"
NO_HIBERNATION = frozenset(
    {
        USER_STOP,
        "Client.InstanceInitiatedShutdown",
        "Server.ScheduledStop",
        "Server.SpotInstanceShutdown",
        "Server.InternalError",
    },
)
"""StateReason codes of a stop without hibernation: botocore's model of DescribeInstances, StateReason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One EC2 instance, as it was read just now."""

    id: str
    state: State
    state_reason: str = ""
    can_hibernate: bool = False
    launched_at: datetime | None = None
    root_device: str = ""
    lifecycle: str = ""
    """Its Auto Scaling group's lifecycle state, such as `Warmed:Stopped`; empty outside of groups."""

    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_hibernated(self) -> bool:
        """Whether a mounted file system sleeps in its image of memory, or may."""
        is_known = self.state_reason in NO_HIBERNATION
        return self.state is State.STOPPED and (
            self.state_reason == HIBERNATION or (self.can_hibernate and not is_known)
        )
