"""What Pitcrew may write to a dead machine's objects, and what it may not: tables, by ValidatingAdmissionPolicy.

Over 120 lines because it is tables.
"""

from collections.abc import Mapping
from typing import Any

from tests.cluster.orphaned_objects import (
    ATTACHER,
    GONE,
    HOLD,
    NOT_READY,
    OTHERS,
    OUT_OF_SERVICE,
    Write,
    add,
    attachment,
    node,
    pod,
    remove,
)

ANNOTATIONS, FINALIZERS, TAINTS, OWNERS = (
    "/metadata/annotations",
    "/metadata/finalizers",
    "/spec/taints",
    "ownerReferences",
)
HELD, TAINTED = "pitcrew/hold", "pitcrew/out-of-service"
HELD_BY = add("/metadata/annotations/pitcrew~1hold", "i-0 2026-01-01T00:00:00Z")
TAINTED_BY = add("/metadata/annotations/pitcrew~1out-of-service", "Pitcrew i-0 2026-01-01T00:00:00Z")
KICKED = add("/metadata/annotations/pitcrew~1kick", "2026-01-01T00:00:00Z")
CORDONED, UNCORDONED = add("/spec/unschedulable", value=True), remove("/spec/unschedulable")
LABEL = add("/metadata/labels", {"team": "db"})
OWNED = [{"apiVersion": "v1", "kind": "ConfigMap", "name": "none", "uid": "00000000-0000-0000-0000-000000000000"}]
OURS: Mapping[str, Any] = {"annotations": {TAINTED: "Pitcrew i-0"}}

READY = {"type": "Ready", "status": "True"}
DISRUPTED = {
    "type": "DisruptionTarget",
    "status": "True",
    "reason": "DeletionByPitcrew",
    "message": "Pitcrew: the instance i-0 is terminated",
    "lastTransitionTime": "2026-01-01T00:00:00Z",
}
FAILED: Mapping[str, Any] = {"phase": "Failed", "conditions": [DISRUPTED]}
SIZE = {"requests": {"storage": "1Gi"}}
EPHEMERAL = {"ephemeral": {"volumeClaimTemplate": {"spec": {"accessModes": ["ReadWriteOnce"], "resources": SIZE}}}}
INLINE = {"awsElasticBlockStore": {"volumeID": "vol-0"}}
MIRROR = [{"apiVersion": "v1", "kind": "Node", "name": "dead", "uid": OWNED[0]["uid"], "controller": True}]
DAEMON_SET = [{"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "log", "uid": OWNED[0]["uid"], "controller": True}]

ALLOWED = [
    Write(says="hold", to=node(annotations={"a": "b"}), sends=[add(FINALIZERS, [HOLD]), HELD_BY]),
    Write(
        says="hold a Node that somebody holds, without annotations",
        to=node(finalizers=[OTHERS]),
        sends=[add(f"{FINALIZERS}/-", HOLD), add(ANNOTATIONS, {}), HELD_BY],
    ),
    Write(says="unhold", to=node(finalizers=[OTHERS, HOLD]), sends=[remove(f"{FINALIZERS}/1")]),
    Write(
        says="unhold a Node that is deleted",
        to=node(finalizers=[HOLD], deletionTimestamp=GONE),
        sends=[remove(f"{FINALIZERS}/0")],
    ),
    Write(
        says="taint",
        to=node(NOT_READY),
        sends=[add(TAINTS, [NOT_READY, OUT_OF_SERVICE]), add(ANNOTATIONS, {}), TAINTED_BY],
    ),
    Write(
        says="taint a held Node that is deleted",
        to=node(finalizers=[HOLD], deletionTimestamp=GONE, annotations={HELD: "i-0"}),
        sends=[add(TAINTS, [OUT_OF_SERVICE]), TAINTED_BY],
    ),
    Write(
        says="taint anew where somebody took ours off",
        to=node(**OURS),
        sends=[add(TAINTS, [OUT_OF_SERVICE]), TAINTED_BY],
    ),
    Write(
        says="untaint",
        to=node(NOT_READY, OUT_OF_SERVICE, **OURS),
        sends=[add(TAINTS, [NOT_READY]), remove(TAINTED_BY["path"])],
    ),
    Write(
        says="untaint where somebody took ours off",
        to=node(NOT_READY, **OURS),
        sends=[add(TAINTS, [NOT_READY]), remove(TAINTED_BY["path"])],
    ),
    Write(says="fail a pod", to=pod(conditions=[READY]), sends={"status": FAILED}),
    Write(
        says="fail a pod that is being evicted",
        to=pod(conditions=[{**DISRUPTED, "reason": "DeletionByTaintManager"}, READY], deletionTimestamp=GONE),
        sends={"status": FAILED},
    ),
    Write(says="fail a pod with a generic ephemeral volume", to=pod(volume=EPHEMERAL), sends={"status": FAILED}),
    Write(says="fail a pod that names its EBS volume itself", to=pod(volume=INLINE), sends={"status": FAILED}),
    Write(says="delete a failed pod", to=pod(phase="Failed"), sends=None),
    Write(says="kick", to=attachment(), sends=[KICKED]),
    Write(
        says="kick what has no annotations and is deleted",
        to=attachment(annotations={}, finalizers=[ATTACHER], deletionTimestamp=GONE),
        sends=[add(ANNOTATIONS, {}), KICKED],
    ),
    Write(
        says="strip the last finalizer",
        to=attachment(finalizers=[ATTACHER], deletionTimestamp=GONE),
        sends=[remove(f"{FINALIZERS}/0")],
    ),
    Write(
        says="strip one finalizer of two",
        to=attachment(finalizers=[OTHERS, ATTACHER], deletionTimestamp=GONE),
        sends=[remove(f"{FINALIZERS}/1")],
    ),
    Write(says="delete a VolumeAttachment", to=attachment(finalizers=[ATTACHER]), sends=None),
]

FORBIDDEN: Mapping[str, list[Write]] = {
    "nothing of a Node's metadata": [
        Write(says="label a Node", to=node(), sends=[LABEL]),
        Write(says="take a Node's labels", to=node(labels={"a": "b"}), sends=[remove(LABEL["path"])]),
        Write(says="give a Node an owner", to=node(), sends=[add(f"/metadata/{OWNERS}", OWNED)]),
    ],
    "no annotation of a Node": [
        Write(says="annotate a Node", to=node(annotations={"a": "b"}), sends=[add(f"{ANNOTATIONS}/c", "d")]),
        Write(says="change an annotation", to=node(annotations={"a": "b"}), sends=[add(f"{ANNOTATIONS}/a", "c")]),
        Write(says="lose annotations", to=node(annotations={"a": "b"}), sends=[add(ANNOTATIONS, {}), HELD_BY]),
        Write(
            says="opt a Node in",
            to=node(annotations={"pitcrew/orphaned-attachments": "disabled"}),
            sends=[remove(f"{ANNOTATIONS}/pitcrew~1orphaned-attachments")],
        ),
    ],
    "no finalizer of a Node": [
        Write(says="add a finalizer", to=node(), sends=[add(FINALIZERS, [OTHERS])]),
        Write(says="remove a finalizer", to=node(finalizers=[OTHERS, HOLD]), sends=[remove(f"{FINALIZERS}/0")]),
        Write(says="remove all finalizers", to=node(finalizers=[OTHERS, HOLD]), sends=[remove(FINALIZERS)]),
    ],
    "nothing of a Node's spec": [
        Write(says="cordon", to=node(), sends=[CORDONED]),
        Write(says="uncordon", to=node() | {"spec": {"unschedulable": True, "taints": []}}, sends=[UNCORDONED]),
        Write(says="name an instance", to=node(provider_id=""), sends=[add("/spec/providerID", "aws:///a/i-0")]),
    ],
    "no taint": [
        Write(says="add a taint", to=node(), sends=[add(TAINTS, [NOT_READY])]),
        Write(says="remove a taint", to=node(NOT_READY), sends=[remove(TAINTS)]),
        Write(
            says="replace the taints by ours",
            to=node(NOT_READY, annotations={}),
            sends=[add(TAINTS, [OUT_OF_SERVICE]), add(ANNOTATIONS, {}), TAINTED_BY],
        ),
        Write(
            says="add ours with another effect",
            to=node(**OURS),
            sends=[add(TAINTS, [{**OUT_OF_SERVICE, "effect": "NoSchedule"}]), TAINTED_BY],
        ),
        Write(
            says="add ours with another value",
            to=node(**OURS),
            sends=[add(TAINTS, [{**OUT_OF_SERVICE, "value": "x"}]), TAINTED_BY],
        ),
    ],
    "only together": [
        Write(says="taint without saying whose it is", to=node(), sends=[add(TAINTS, [OUT_OF_SERVICE])]),
        Write(says="annotate without a taint", to=node(annotations={"a": "b"}), sends=[TAINTED_BY]),
        Write(
            says="claim the taint of somebody else",
            to=node(OUT_OF_SERVICE, annotations={"a": "b"}),
            sends=[TAINTED_BY],
        ),
    ],
    "only with its own annotation": [
        Write(says="remove the out-of-service taint of somebody else", to=node(OUT_OF_SERVICE), sends=[remove(TAINTS)]),
        Write(says="untaint and leave the annotation", to=node(OUT_OF_SERVICE, **OURS), sends=[remove(TAINTS)]),
    ],
    "nothing of a pod's metadata": [
        Write(says="label a pod", to=pod(), sends={"metadata": {"labels": {"a": "b"}}, "status": FAILED}),
        Write(says="annotate a pod", to=pod(), sends={"metadata": {"annotations": {"a": "b"}}, "status": FAILED}),
        Write(
            says="strip a pod",
            to=pod(finalizers=[OTHERS]),
            sends={"metadata": {"$deleteFromPrimitiveList/finalizers": [OTHERS]}, "status": FAILED},
        ),
    ],
    "nothing of a pod's status": [
        Write(says="give a pod a message", to=pod(), sends={"status": {**FAILED, "message": "x"}}),
        Write(
            says="move a pod to another address",
            to=pod(),
            sends={"status": {**FAILED, "podIP": "10.0.0.8", "podIPs": [{"$patch": "replace"}, {"ip": "10.0.0.8"}]}},
        ),
        Write(says="take a pod's address", to=pod(), sends={"status": {**FAILED, "podIP": None, "podIPs": None}}),
    ],
    "no phase but Failed": [
        Write(says="leave a pod running", to=pod(), sends={"status": {"conditions": [DISRUPTED]}}),
        Write(says="let a pod succeed", to=pod(), sends={"status": {**FAILED, "phase": "Succeeded"}}),
    ],
    "no condition of a pod": [
        Write(
            says="make a pod unready",
            to=pod(conditions=[READY]),
            sends={"status": {**FAILED, "conditions": [DISRUPTED, {**READY, "status": "False"}]}},
        ),
        Write(
            says="take a pod's conditions",
            to=pod(conditions=[READY]),
            sends={"status": {**FAILED, "conditions": [{"$patch": "replace"}, DISRUPTED]}},
        ),
    ],
    "reason DeletionByPitcrew": [
        Write(says="fail a pod without a condition", to=pod(), sends={"status": {"phase": "Failed"}}),
        Write(
            says="fail a pod with a condition that is not met",
            to=pod(),
            sends={"status": {**FAILED, "conditions": [{**DISRUPTED, "status": "False"}]}},
        ),
        Write(
            says="fail a pod for another reason",
            to=pod(),
            sends={"status": {**FAILED, "conditions": [{**DISRUPTED, "reason": "PreemptionByScheduler"}]}},
        ),
    ],
    "only a pod that mounts a volume": [
        Write(says="fail a pod without a volume", to=pod(volume={"emptyDir": {}}), sends={"status": FAILED}),
    ],
    "no pod of a DaemonSet": [
        Write(says="fail a pod of a DaemonSet", to=pod(ownerReferences=DAEMON_SET), sends={"status": FAILED}),
        Write(says="fail a pod that its Node owns", to=pod(ownerReferences=MIRROR), sends={"status": FAILED}),
    ],
    "no pod that has not failed": [
        Write(says="delete a running pod", to=pod(), sends=None),
        Write(says="delete a pod that starts", to=pod(phase="Pending"), sends=None),
        Write(says="delete a pod that succeeded", to=pod(phase="Succeeded"), sends=None),
    ],
    "of another driver": [
        Write(says="kick another driver's", to=attachment(attacher="efs.csi.aws.com"), sends=[KICKED]),
        Write(says="delete another driver's", to=attachment(attacher="efs.csi.aws.com"), sends=None),
    ],
    "nothing of a VolumeAttachment's metadata": [
        Write(says="label a VolumeAttachment", to=attachment(), sends=[LABEL]),
        Write(says="take its labels", to=attachment(labels={"a": "b"}), sends=[remove(LABEL["path"])]),
        Write(says="give a VolumeAttachment an owner", to=attachment(), sends=[add(f"/metadata/{OWNERS}", OWNED)]),
    ],
    "no annotation of a VolumeAttachment": [
        Write(says="annotate a VolumeAttachment", to=attachment(), sends=[add(f"{ANNOTATIONS}/a", "b")]),
        Write(
            says="name another instance",
            to=attachment(),
            sends=[add(f"{ANNOTATIONS}/csi.alpha.kubernetes.io~1node-id", "i-0")],
        ),
        Write(says="forget the instance", to=attachment(), sends=[remove(ANNOTATIONS)]),
    ],
    "no finalizer but external-attacher": [
        Write(says="strip what is attached", to=attachment(finalizers=[ATTACHER]), sends=[remove(f"{FINALIZERS}/0")]),
        Write(
            says="strip somebody else's finalizer",
            to=attachment(finalizers=[OTHERS, ATTACHER], deletionTimestamp=GONE),
            sends=[remove(f"{FINALIZERS}/0")],
        ),
        Write(
            says="strip every finalizer",
            to=attachment(finalizers=[OTHERS, ATTACHER], deletionTimestamp=GONE),
            sends=[remove(FINALIZERS)],
        ),
        Write(says="hold a VolumeAttachment", to=attachment(), sends=[add(FINALIZERS, [OTHERS])]),
    ],
}
"""By what the refusal says."""

BYSTANDERS = [
    (
        "system:node:dead",
        ["system:nodes"],
        Write(says="a kubelet reports", to=pod(), sends={"status": {"phase": "Succeeded"}}),
    ),
    (
        "system:serviceaccount:kube-system:node-controller",
        [],
        Write(says="the node controller taints", to=node(), sends=[add(TAINTS, [NOT_READY])]),
    ),
    (
        "system:serviceaccount:kube-system:pod-garbage-collector",
        [],
        Write(says="the pod garbage collector deletes", to=pod(), sends=None),
    ),
    (
        "system:serviceaccount:kube-system:attachdetach-controller",
        [],
        Write(says="the attach-detach controller detaches", to=attachment(attacher="efs.csi.aws.com"), sends=None),
    ),
]
"""User, groups and what they do all day."""
