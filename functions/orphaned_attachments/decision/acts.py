"""The next single act. Order: hold → taint → pods → VolumeAttachment → kick → detach or strip; marks come off first.

Why this order: while a live pod still binds the PersistentVolume, Kubernetes makes the VolumeAttachment anew, and
attaching to a stopped instance succeeds.
"""

from dataclasses import dataclass
from enum import StrEnum

from functions.orphaned_attachments.decision import marks, releases
from functions.orphaned_attachments.decision.facts import Facts
from functions.orphaned_attachments.decision.holdings import Attachment, Pod, Volume
from functions.orphaned_attachments.decision.node import Node
from functions.orphaned_attachments.decision.rules import Verdict, dead_node


class Kind(StrEnum):
    """What can be done."""

    HOLD = "hold"
    UNHOLD = "unhold"
    TAINT = "taint"
    UNTAINT = "untaint"
    RELEASE_POD = "release pod"
    DELETE_ATTACHMENT = "delete VolumeAttachment"
    KICK = "kick"
    DETACH = "detach"
    STRIP = "strip finalizer"

    @property
    def is_release(self) -> bool:
        """Whether it needs evidence that the machine is dead."""
        return self not in {Kind.HOLD, Kind.UNHOLD, Kind.UNTAINT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act on one object, as it was read."""

    kind: Kind
    on: Node | Pod | Attachment | Volume

    @property
    def subject(self) -> str:
        """What stays the same while the object does: its uid, or the volume's id."""
        return self.on.id if isinstance(self.on, Volume) else self.on.uid

    @property
    def name(self) -> str:
        """What a person calls the object."""
        if isinstance(self.on, Volume):
            return self.on.id
        return f"{self.on.namespace}/{self.on.name}" if isinstance(self.on, Pod) else self.on.name


def next_act(facts: Facts, verdict: Verdict) -> Act | None:
    """Name the next single act, or None where there is nothing to do now. Marks are looked at in every case."""
    node = facts.node
    if node and marks.is_to_unhold(facts, node):
        return Act(kind=Kind.UNHOLD, on=node)
    if node and marks.is_to_untaint(facts, node):
        return Act(kind=Kind.UNTAINT, on=node)
    if node and verdict in {Verdict.WATCHING, Verdict.CONTRADICTED} and marks.is_to_hold(facts, node):
        return Act(kind=Kind.HOLD, on=node)
    # A volume that we have had detached may be all that named the instance, and its next node still waits for it.
    if verdict in {Verdict.RELEASED, Verdict.RELEASING}:
        for attachment in facts.waiting:
            if releases.waits_in_vain(facts, attachment):
                return Act(kind=Kind.KICK, on=attachment)
    return _release(facts) if verdict is Verdict.RELEASING else None


def _release(facts: Facts) -> Act | None:
    node = dead_node(facts)
    if node and releases.is_to_taint(facts, node):
        return Act(kind=Kind.TAINT, on=node)
    for pod in facts.pods:
        if releases.is_pod_due(facts, pod):
            return Act(kind=Kind.RELEASE_POD, on=pod)
    for attachment in facts.attachments:
        if kind := _of_attachment(facts, attachment):
            return Act(kind=kind, on=attachment)
    for volume in facts.volumes:
        if releases.is_to_detach(facts, volume):
            return Act(kind=Kind.DETACH, on=volume)
    return None


def _of_attachment(facts: Facts, attachment: Attachment) -> Kind | None:
    if releases.is_to_delete(facts, attachment):
        return Kind.DELETE_ATTACHMENT
    if releases.is_to_strip(facts, attachment):
        return Kind.STRIP
    return Kind.KICK if releases.is_to_kick(facts, attachment) else None
