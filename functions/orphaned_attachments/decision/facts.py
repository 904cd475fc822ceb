"""What is known of one dead, dying or suspected instance: all that the decision gets."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from functions.orphaned_attachments.decision.holdings import Attachment, Pod, Volume
from functions.orphaned_attachments.decision.instance import Instance, State
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.decision.node import Node
from functions.orphaned_attachments.decision.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A dead or dying node of the cluster that holds something to release; the instance itself is one of them."""

    instance: str
    state: State
    state_reason: str = ""
    lifecycle: str = ""
    is_cordoned: bool = False
    is_control_plane: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The cluster around the instance, counted now."""

    name: str = ""
    """What it is registered as."""

    nodes: int = 0
    healthy: int = 0
    """Nodes that are Ready, and whose instance is neither dead nor dying."""

    down: tuple[Neighbour, ...] = ()
    minor: int = 0
    """Kubernetes 1.*minor*."""


class Standing(StrEnum):
    """Whether the instance's cluster could be asked."""

    NONE = "no registered cluster"
    ANSWERED = "answered"
    WRONG = "another cluster"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The evidence about one instance, all of it read just now but for what this run remembers."""

    now: datetime
    instance: Instance
    memory: Memory
    policy: Policy
    standing: Standing = Standing.ANSWERED
    why: str = ""
    """What a cluster that gave no answer said, or which registration is missing."""

    node: Node | None = None
    attachments: tuple[Attachment, ...] = ()
    """VolumeAttachments of our drivers that name the instance."""

    pods: tuple[Pod, ...] = ()
    volumes: tuple[Volume, ...] = ()
    """Volumes of PersistentVolumes that are on the instance, or whose VolumeAttachment names it."""

    waiting: tuple[Attachment, ...] = ()
    """VolumeAttachments of other nodes that wait for a volume this run has detached."""

    other_drivers: tuple[str, ...] = ()
    """Other CSI drivers with a VolumeAttachment on the Node."""

    migrated: bool = True
    """Whether the Node's kubelet hands in-tree EBS volumes over to the CSI driver."""

    cluster: Cluster = field(default_factory=Cluster)
