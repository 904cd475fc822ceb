"""When each release act is due; the machine is known to be dead, and nobody speaks for it.

Over 120 lines because the conditions of all release acts stand in one place, in the order of the acts.
"""

from functions.orphaned_attachments.decision import marks
from functions.orphaned_attachments.decision.facts import Facts
from functions.orphaned_attachments.decision.holdings import Attachment, Place, Pod, Volume
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.decision.node import Node
from functions.orphaned_attachments.decision.rules import is_replaced

SINCE_OUT_OF_SERVICE = 26
"""Kubernetes 1.26, the first that heeds the taint by default: https://kep.k8s.io/2268"""


def uses_taint(facts: Facts) -> bool:
    """Whether the taint is the way; else pods and VolumeAttachments of EBS alone are released (`direct`)."""
    return not facts.other_drivers and facts.cluster.minor >= SINCE_OUT_OF_SERVICE


def is_to_taint(facts: Facts, node: Node) -> bool:
    """Whether the Node is to be put out of service: pods or VolumeAttachments hang on it, and nobody did it before."""
    has_work = bool(facts.attachments) or any(pod.is_to_release for pod in facts.pods)
    return has_work and uses_taint(facts) and not node.is_tainted


def is_pod_due(facts: Facts, pod: Pod) -> bool:
    """Whether the pod's turn has come: taint-eviction deletes by name, so it must have seen this very pod first."""
    if is_replaced(facts) or not pod.is_to_release:
        return False
    tainted_at = marks.tainted_at(facts)
    if tainted_at is None:
        return True
    # A pod that was leaving before has not been seen yet: taint and forced delete in one breath, and taint-eviction
    # deleted the replacement, 3 of 3 on Kubernetes v1.37.2; half a second later, 0 of 3.
    if pod.deleting_since is not None and pod.deleting_since >= tainted_at:
        return True
    return facts.now - tainted_at >= facts.policy.eviction


def is_to_delete(facts: Facts, attachment: Attachment) -> bool:
    """Whether nothing wants the VolumeAttachment any more, and Kubernetes has had its time to delete it itself."""
    if attachment.deleting_since is not None or binds(facts, attachment.volume):
        return False
    tainted_at = marks.tainted_at(facts)
    if tainted_at is None:
        return True
    return facts.now - max(tainted_at, facts.memory.last_act_at or tainted_at) >= facts.policy.kubernetes_first


def is_to_kick(facts: Facts, attachment: Attachment) -> bool:
    """Whether the attacher is in its back-off; a kick wakes it at once, and a second one could do no more."""
    since, kicked = attachment.deleting_since, attachment.kicked_at
    is_kicked = since is not None and kicked is not None and kicked >= since
    return since is not None and not is_kicked and facts.now - since > facts.policy.kick_after


def waits_in_vain(facts: Facts, attachment: Attachment) -> bool:
    """Whether the attacher does not know yet that the volume is free: it is in its back-off."""
    detached_at = facts.memory.detached.get(attachment.volume)
    is_news = detached_at is not None and (attachment.kicked_at is None or attachment.kicked_at < detached_at)
    return is_news and not attachment.is_attached and is_off(facts, attachment)


def binds(facts: Facts, volume: str) -> bool:
    """Whether a pod still wants the volume on this Node; Kubernetes would make its VolumeAttachment anew."""
    return any(volume in pod.volumes and not pod.is_over for pod in facts.pods)


def is_to_strip(facts: Facts, attachment: Attachment) -> bool:
    """Whether nobody will ever remove the finalizer, and EC2 shows that nothing is left to detach."""
    policy, since = facts.policy, attachment.deleting_since
    is_late = since is not None and facts.now - since > policy.strip_after
    if not is_late or finalizer_of(attachment) not in attachment.finalizers or not is_off(facts, attachment):
        return False
    was_in_vain = attachment.kicked_at is not None and facts.now - attachment.kicked_at >= policy.kick_effect
    return attachment.is_pv_missing or attachment.has_detach_error or was_in_vain


def finalizer_of(attachment: Attachment) -> str:
    """Return the finalizer that the external-attacher puts on a VolumeAttachment of its driver.

    Source: https://github.com/kubernetes-csi/external-attacher, pkg/controller/util.go, GetFinalizerName.
    """
    return f"external-attacher/{attachment.attacher.replace('.', '-')}"


def is_off(facts: Facts, attachment: Attachment) -> bool:
    """Whether EC2 shows that the volume of a VolumeAttachment is not on the instance.

    Where the PersistentVolume is missing, its name is what the driver wrote on the volume; without either, nothing is
    shown.
    """
    if attachment.volume:
        places = [volume.place for volume in facts.volumes if volume.id == attachment.volume]
        return bool(places) and Place.HERE not in places
    here = {volume.pv for volume in facts.volumes if volume.place is Place.HERE}
    return bool(attachment.pv) and attachment.pv not in here


def is_to_detach(facts: Facts, volume: Volume) -> bool:
    """Whether EC2 is asked: last of all, because the driver does it where it can, and never on a terminated machine."""
    if facts.instance.state is not State.STOPPED or volume.place is not Place.HERE or _is_wanted_here(facts, volume):
        return False
    return volume.may_detach and not why_not_detach(facts, volume) and _is_detach_due(facts, volume)


def _is_wanted_here(facts: Facts, volume: Volume) -> bool:
    """Whether a pod holds the volume on this machine; on a Node that is another's by now, it waits for it instead."""
    is_named = any(attachment.volume == volume.id for attachment in facts.attachments)
    return binds(facts, volume.id) and not (is_replaced(facts) and not is_named)


def _is_detach_due(facts: Facts, volume: Volume) -> bool:
    is_named = any(attachment.volume == volume.id for attachment in facts.attachments)
    if volume.is_in_tree and not is_named and volume.id not in facts.memory.detached:
        return True
    since = facts.memory.last_act_at or facts.memory.first_look_at
    return since is not None and facts.now - since > facts.policy.detach_after


def why_not_detach(facts: Facts, volume: Volume) -> str:
    """Say why EC2 is never asked to detach this volume, whoever allows it; empty where it may be asked."""
    if volume.device and volume.device == facts.instance.root_device:
        return "it is the instance's root device"
    if volume.deletes_on_termination:
        return "it is deleted with the instance"
    if volume.is_managed:
        return "AWS manages its attachment"
    return ""
