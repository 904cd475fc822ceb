"""The Node that the instance has, or had; and our marks on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

TAINT = "node.kubernetes.io/out-of-service"
HOLD = "pitcrew/hold"
"""Name of our finalizer on a Node, and of the annotation that says for which instance, and since when."""

TAINTED = "pitcrew/out-of-service"
"""Annotation beside a taint of ours."""

SWITCH = "pitcrew/orphaned-attachments"
"""Label or annotation of a Node or a PersistentVolume: `disabled` opts out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """The Node that the instance has, or had; another instance may stand behind its name by now."""

    name: str
    uid: str
    resource_version: str
    provider_id: str = ""
    provider_instance: str = ""
    """Instance in `spec.providerID`; empty where there is none."""

    csi_instance: str = ""
    """Instance in the CSINode's nodeID of the driver; empty where there is none."""

    ready: str = "Unknown"
    """Status of the condition Ready: True, False or Unknown."""

    lease_renewed_at: datetime | None = None
    is_cordoned: bool = False
    is_control_plane: bool = False
    deleting_since: datetime | None = None
    taints: tuple[Mapping[str, Any], ...] = ()
    finalizers: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    is_opted_out: bool = False

    @property
    def instance(self) -> str:
        """The machine now behind the Node: a kubelet that takes over a name writes its CSINode, not the providerID."""
        return self.csi_instance or self.provider_instance

    def is_of(self, instance_id: str) -> bool:
        """Whether nothing on it names another instance."""
        return {self.provider_instance, self.csi_instance} <= {"", instance_id}

    @property
    def is_tainted(self) -> bool:
        """Whether it is out of service, whoever said so."""
        return any(taint.get("key") == TAINT for taint in self.taints)

    @property
    def is_tainted_by_us(self) -> bool:
        """Whether a taint of ours is on it, or was: the annotation stands beside it."""
        return TAINTED in self.annotations

    @property
    def is_held(self) -> bool:
        """Whether our finalizer is on it."""
        return HOLD in self.finalizers

    @property
    def is_marked(self) -> bool:
        """Whether a taint or a hold of ours is on it."""
        return self.is_held or self.is_tainted_by_us

    @property
    def marked_for(self) -> set[str]:
        """The instances that our marks on it are about."""
        return {word for key in (HOLD, TAINTED) for word in self.annotations.get(key, "").split()}
