"""Objects of the Kubernetes API as facts: fields that are missing are said to be missing, never guessed.

Over 120 lines because every kind of object is read here, each once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.orphaned_attachments.decision.holdings import KICK, OF_OUR_POD_PATCH, Attachment, Pod
from functions.orphaned_attachments.decision.node import SWITCH, Node

DRIVERS = ("ebs.csi.aws.com",)
"""Of EKS Auto Mode (ebs.csi.eks.amazonaws.com) AWS looks after itself."""

IN_TREE = "kubernetes.io/aws-ebs"
INSTANCE = re.compile(r"(?:.*/)?(i-[0-9a-f]{8,17})")
"""A node id, or the end of a providerID such as aws:///eu-west-1a/i-0123456789abcdef0."""

VOLUME = re.compile(r"(?:aws://.*/)?(vol-[0-9a-f]{8,17})")
"""A CSI handle, or an in-tree volumeID such as aws://eu-west-1a/vol-0123456789abcdef0."""

CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pv:
    """A PersistentVolume on EBS."""

    name: str
    volume: str
    claim: tuple[str, str]
    """Namespace and name of the claim that it is bound to."""

    is_in_tree: bool
    is_opted_out: bool


def node(found: Object, csi: Object | None) -> Node:
    """Read a Node and its CSINode."""
    metadata, spec = found["metadata"], found.get("spec") or {}
    labels, annotations = metadata.get("labels") or {}, metadata.get("annotations") or {}
    conditions = {one["type"]: one["status"] for one in (found.get("status") or {}).get("conditions") or []}
    ids = {one["name"]: one.get("nodeID", "") for one in ((csi or {}).get("spec") or {}).get("drivers") or []}
    return Node(
        name=metadata["name"],
        uid=metadata["uid"],
        resource_version=metadata["resourceVersion"],
        provider_id=spec.get("providerID", ""),
        provider_instance=_match(INSTANCE, spec.get("providerID")),
        csi_instance=next((_match(INSTANCE, ids[driver]) for driver in DRIVERS if driver in ids), ""),
        ready=conditions.get("Ready", "Unknown"),
        is_cordoned=bool(spec.get("unschedulable")),
        is_control_plane=any(label in labels for label in CONTROL_PLANE),
        deleting_since=time(metadata.get("deletionTimestamp")),
        taints=tuple(spec.get("taints") or ()),
        finalizers=tuple(metadata.get("finalizers") or ()),
        annotations=annotations,
        is_opted_out=_is_opted_out(metadata),
    )


def is_migrated(csi: Object | None) -> bool:
    """Whether the Node's kubelet hands in-tree EBS volumes over to the CSI driver; a Node without CSINode is silent."""
    annotations = (csi or {}).get("metadata", {}).get("annotations") or {}
    plugins = annotations.get("storage.alpha.kubernetes.io/migrated-plugins")
    return csi is None or IN_TREE in (plugins or "").split(",")


def pv(found: Object) -> Pv | None:
    """Read a PersistentVolume; None where it is not on EBS."""
    metadata, spec = found["metadata"], found["spec"]
    volume, is_in_tree = _source(spec)
    claim = spec.get("claimRef") or {}
    if not volume:
        return None
    return Pv(
        name=metadata["name"],
        volume=volume,
        claim=(claim.get("namespace", ""), claim.get("name", "")),
        is_in_tree=is_in_tree,
        is_opted_out=_is_opted_out(metadata),
    )


def attachment(found: Object, pvs: Mapping[str, Pv], known: Iterable[str]) -> Attachment:
    """Read a VolumeAttachment; *known* are the names of all PersistentVolumes, on EBS or not."""
    metadata, spec, status = found["metadata"], found["spec"], found.get("status") or {}
    annotations, source = metadata.get("annotations") or {}, spec.get("source") or {}
    name, inline = source.get("persistentVolumeName") or "", source.get("inlineVolumeSpec")
    volume = pvs[name].volume if name in pvs else _source(inline or {})[0]
    return Attachment(
        name=metadata["name"],
        uid=metadata["uid"],
        resource_version=metadata["resourceVersion"],
        attacher=spec["attacher"],
        node_name=spec["nodeName"],
        instance=_match(INSTANCE, annotations.get("csi.alpha.kubernetes.io/node-id")),
        pv=name,
        volume=volume,
        is_pv_missing=bool(name) and name not in known,
        is_attached=bool(status.get("attached")),
        deleting_since=time(metadata.get("deletionTimestamp")),
        has_detach_error=bool(status.get("detachError")),
        finalizers=tuple(metadata.get("finalizers") or ()),
        kicked_at=time(annotations.get(KICK)),
    )


def pod(found: Object, pvs: Iterable[Pv]) -> Pod | None:
    """Read a pod; None where it mounts no EBS volume."""
    metadata, spec, status = found["metadata"], found["spec"], found.get("status") or {}
    by_claim = {one.claim: one.volume for one in pvs}
    volumes = tuple(_mounted(metadata, spec, by_claim))
    owners = {owner["kind"] for owner in metadata.get("ownerReferences") or []}
    reasons = {one.get("reason") for one in status.get("conditions") or [] if one["type"] == "DisruptionTarget"}
    is_static = "kubernetes.io/config.mirror" in (metadata.get("annotations") or {}) or "Node" in owners
    if not volumes:
        return None
    return Pod(
        namespace=metadata["namespace"],
        name=metadata["name"],
        uid=metadata["uid"],
        node_name=spec.get("nodeName", ""),
        volumes=volumes,
        deleting_since=_deleted_at(metadata),
        is_over=status.get("phase") in {"Succeeded", "Failed"},
        is_failed_by_us=status.get("phase") == "Failed" and OF_OUR_POD_PATCH in reasons,
        is_force_deleted=metadata.get("deletionGracePeriodSeconds") == 0,
        is_spared=is_static or "DaemonSet" in owners,
    )


def _deleted_at(metadata: Object) -> datetime | None:
    """Return when a pod's deletion was asked for: its deletionTimestamp is when its grace period ends."""
    ends_at = time(metadata.get("deletionTimestamp"))
    return ends_at and ends_at - timedelta(seconds=metadata.get("deletionGracePeriodSeconds") or 0)


def _mounted(metadata: Object, spec: Object, by_claim: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for one in spec.get("volumes") or []:
        claim = (one.get("persistentVolumeClaim") or {}).get("claimName", "")
        # https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming
        if "ephemeral" in one:
            claim = f"{metadata['name']}-{one['name']}"
        volume = by_claim.get((metadata["namespace"], claim)) or _match(
            VOLUME, (one.get("awsElasticBlockStore") or {}).get("volumeID")
        )
        if volume:
            yield volume


def _source(spec: Object) -> tuple[str, bool]:
    """Return a PersistentVolumeSpec's EBS volume (empty where it is on none), and whether it is in-tree."""
    csi, in_tree = spec.get("csi") or {}, spec.get("awsElasticBlockStore") or {}
    if csi.get("driver") in DRIVERS:
        return _match(VOLUME, csi.get("volumeHandle")), False
    return _match(VOLUME, in_tree.get("volumeID")), bool(in_tree)


def _is_opted_out(metadata: Object) -> bool:
    return "disabled" in {(metadata.get(kind) or {}).get(SWITCH) for kind in ("labels", "annotations")}


def _match(pattern: re.Pattern[str], text: object) -> str:
    found = pattern.fullmatch(text) if isinstance(text, str) else None
    return found[1] if found else ""


def time(text: object) -> datetime | None:
    """Read a time of the Kubernetes API; None where there is none that can be read."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
    except ValueError:
        return None
