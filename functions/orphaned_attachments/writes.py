"""Each act as the one write that does it, with its preconditions: a stale read fails instead of harming.

Over 120 lines because every write is here, and nothing else writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, assert_never

from botocore.exceptions import BotoCoreError, ClientError

import kube
from functions.orphaned_attachments.census import STORAGE
from functions.orphaned_attachments.decision.acts import Act, Kind
from functions.orphaned_attachments.decision.holdings import KICK, OF_OUR_POD_PATCH, Attachment, Pod, Volume
from functions.orphaned_attachments.decision.marks import without_ours
from functions.orphaned_attachments.decision.node import HOLD, TAINT, TAINTED, Node
from functions.orphaned_attachments.decision.releases import finalizer_of
from functions.orphaned_attachments.volumes import Volumes

OUT_OF_SERVICE = {"key": TAINT, "value": "nodeshutdown", "effect": "NoExecute"}

Patch = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of one write."""

    call: str
    result: str
    """`done`, `already done` by somebody else, `changed` since it was read, `refused`, or `unknown`."""

    answer: str = ""
    """What the other side said, or the object's new resourceVersion."""

    request_id: str = ""

    @property
    def may_have_happened(self) -> bool:
        """Whether the world may be another one now by our doing."""
        return self.result in {"done", "unknown"}


class Writes:
    """Writes to one cluster, and to EC2 for an instance of it."""

    def __init__(self, cluster: kube.Cluster, volumes: Volumes, *, instance: str, now: datetime) -> None:
        self._cluster = cluster
        self._volumes = volumes
        self._instance = instance
        self._now = now.isoformat(timespec="seconds")
        # A kick is compared with the time of the detachment that it tells of, which may be of the same second.
        self._precisely = now.isoformat()

    def do(self, act: Act) -> Written:
        """Do *act*. Raises nothing that the next look could not see for itself."""
        call = f"{act.kind}: {act.name}"
        try:
            return self._do(act, call)
        except kube.NotFoundError as error:
            return Written(call=call, result="already done", answer=str(error))
        except (kube.ConflictError, kube.InvalidError) as error:  # a precondition: the next look sees what is new
            return Written(call=call, result="changed", answer=str(error))
        except (kube.KubeError, ClientError, BotoCoreError) as error:
            return Written(call=call, result="unknown" if _may_have_reached(error) else "refused", answer=str(error))

    def _do(self, act: Act, call: str) -> Written:
        match act.on:
            case Node():
                answer = self._cluster.patch(
                    f"/api/v1/nodes/{act.on.name}", self._on_node(act.kind, act.on), kind=kube.JSON_PATCH
                )
            case Pod():
                answer = self._release(act.on)
            case Attachment():
                answer = self._on_attachment(act.kind, act.on)
            case Volume():
                word, request_id = self._volumes.detach(act.on.id, self._instance)
                return Written(call=call, result="done", answer=word, request_id=request_id)
            case _:
                assert_never(act.on)
        return Written(call=call, result="done", answer=answer.get("metadata", {}).get("resourceVersion", ""))

    def _on_node(self, kind: Kind, node: Node) -> Patch:
        """Return the JSON patch of an act on a Node."""
        same_machine = [*_same(node), *_test({"/spec/providerID": node.provider_id} if node.provider_id else {})]
        match kind:
            case Kind.HOLD:
                mark = _annotate(node.annotations, HOLD, f"{self._instance} {self._now}")
                return [*same_machine, *_append("finalizers", node.finalizers, HOLD), *mark]
            case Kind.TAINT:
                mark = _annotate(node.annotations, TAINTED, f"pitcrew {self._instance} {self._now}")
                return [*same_machine, _taints([*map(dict, node.taints), OUT_OF_SERVICE]), *mark]
            case Kind.UNHOLD:
                return [*_test({"/metadata/uid": node.uid}), *_remove_finalizer(node.finalizers, HOLD)]
            case _:
                gone = {"op": "remove", "path": f"/metadata/annotations/{_escaped(TAINTED)}"}
                return [*_same(node), _taints(without_ours(node)), gone]

    def _on_attachment(self, kind: Kind, attachment: Attachment) -> dict[str, Any]:
        path = f"{STORAGE}/volumeattachments/{attachment.name}"
        uid, version = attachment.uid, attachment.resource_version
        match kind:
            case Kind.DELETE_ATTACHMENT:
                return self._cluster.delete(path, uid=uid, resource_version=version)
            case Kind.KICK:
                same = {"uid": uid, "resourceVersion": version}
                body = {"metadata": {**same, "annotations": {KICK: self._precisely}}}
                return self._cluster.patch(path, body, kind=kube.MERGE)
            case _:
                finalizer = _remove_finalizer(attachment.finalizers, finalizer_of(attachment))
                return self._cluster.patch(path, [*_test({"/metadata/uid": uid}), *finalizer], kind=kube.JSON_PATCH)

    def _release(self, pod: Pod) -> dict[str, Any]:
        """Set a pod to Failed as the pod garbage collector does, and delete it: both only if it still is this one.

        Source: https://github.com/kubernetes/kubernetes, pkg/controller/podgc/gc_controller.go, markFailedAndDeletePod.
        """
        path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}"
        condition = {
            "type": "DisruptionTarget",
            "status": "True",
            "reason": OF_OUR_POD_PATCH,
            "message": f"Pitcrew: instance {self._instance} of its node is dead",
            "lastTransitionTime": self._now,
        }
        if not pod.is_failed_by_us:
            body = {"metadata": {"uid": pod.uid}, "status": {"phase": "Failed", "conditions": [condition]}}
            self._cluster.patch(f"{path}/status", body, kind=kube.STRATEGIC)
        try:
            return self._cluster.delete(path, uid=pod.uid, grace_period=0)
        except (kube.NotFoundError, kube.ConflictError):  # its StatefulSet replaces a pod that has failed, at once
            return {}


def _may_have_reached(error: Exception) -> bool:
    """Whether the write may have been done all the same: no answer came, or one of a server in trouble."""
    if isinstance(error, ClientError):
        return error.response["ResponseMetadata"].get("HTTPStatusCode", 0) >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, kube.OutcomeUnknownError | BotoCoreError)


def _same(node: Node) -> Patch:
    return _test({"/metadata/uid": node.uid, "/metadata/resourceVersion": node.resource_version})


def _test(values: Mapping[str, str]) -> Patch:
    return [{"op": "test", "path": path, "value": value} for path, value in values.items()]


def _append(field: str, there: Sequence[str], value: str) -> Patch:
    path = f"/metadata/{field}"
    return [
        {"op": "add", "path": f"{path}/-", "value": value} if there else {"op": "add", "path": path, "value": [value]}
    ]


def _remove_finalizer(there: Sequence[str], value: str) -> Patch:
    path = f"/metadata/finalizers/{there.index(value)}"
    return [*_test({path: value}), {"op": "remove", "path": path}]


def _annotate(there: Mapping[str, str], key: str, value: str) -> Patch:
    return [*_with_annotations(there), {"op": "add", "path": f"/metadata/annotations/{_escaped(key)}", "value": value}]


def _with_annotations(there: object) -> Patch:
    return [] if there else [{"op": "add", "path": "/metadata/annotations", "value": {}}]


def _taints(whole: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the operation that sets the whole list: it is atomic, and nothing else may be lost from it."""
    return {"op": "add", "path": "/spec/taints", "value": whole}


def _escaped(key: str) -> str:
    """Write a key as a JSON pointer does (RFC 6901, section 3)."""
    return key.replace("~", "~0").replace("/", "~1")
