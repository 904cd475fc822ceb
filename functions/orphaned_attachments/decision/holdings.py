"""What the instance holds: VolumeAttachments, pods and volumes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

KICK = "pitcrew/kick"
"""Annotation whose change wakes an attacher that is in its back-off."""

OF_OUR_POD_PATCH = "DeletionByPitcrew"
"""Reason in the condition of a pod that we have set to Failed, and have still to delete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One VolumeAttachment of an EBS driver."""

    name: str
    uid: str
    resource_version: str
    attacher: str
    node_name: str
    instance: str
    """Instance in the annotation `csi.alpha.kubernetes.io/node-id`, which the attacher wrote."""

    pv: str = ""
    """Name of its PersistentVolume; empty for an inline volume."""

    volume: str = ""
    """Id of its EBS volume; empty where the PersistentVolume is missing."""

    is_pv_missing: bool = False
    is_attached: bool = False
    deleting_since: datetime | None = None
    has_detach_error: bool = False
    finalizers: tuple[str, ...] = ()
    kicked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod on the instance's Node that mounts an EBS volume."""

    namespace: str
    name: str
    uid: str
    node_name: str
    volumes: tuple[str, ...]
    """Ids of the EBS volumes that it mounts."""

    deleting_since: datetime | None = None
    is_over: bool = False
    """Whether its phase is Succeeded or Failed: Kubernetes no longer counts its volumes as wanted."""

    is_failed_by_us: bool = False
    is_force_deleted: bool = False
    """Whether it was deleted without grace already, and only finalizers of its own keep it."""

    is_spared: bool = False
    """Whether it is static, a mirror, or of a DaemonSet."""

    @property
    def is_to_release(self) -> bool:
        """Whether it has to go before its volumes can; one that we have set to Failed we also delete."""
        is_half_done = self.is_failed_by_us and not self.is_force_deleted
        return not self.is_spared and (not self.is_over or is_half_done)


class Place(StrEnum):
    """Where EC2 shows a volume, seen from the instance."""

    GONE = "gone"
    AVAILABLE = "available"
    HERE = "on this instance"
    ELSEWHERE = "on another instance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """An EBS volume of a PersistentVolume of the cluster, as EC2 shows it."""

    id: str
    place: Place
    pv: str = ""
    attachment_state: str = ""
    """Of its attachment to this instance: attaching, attached, detaching or busy."""

    attached_at: datetime | None = None
    """When it was attached to this instance."""

    device: str = ""
    is_multi_attach: bool = False
    is_managed: bool = False
    """Whether AWS holds the attachment in another account: DetachVolume would be refused."""

    deletes_on_termination: bool = False
    is_in_tree: bool = False
    is_opted_out: bool = False
    may_detach: bool = False
    """Whether IAM lets us detach it: its tags and the instance's, and a cluster that is registered by its very id."""
