"""The exact body of every write, as the table of acts in orphaned-attachments.md has it, and what came of it.

Over 120 lines because the table has nine rows, and every error its word.
"""

from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

import kube
from functions.orphaned_attachments import objects
from functions.orphaned_attachments.decision.acts import Act, Kind
from functions.orphaned_attachments.decision.holdings import Place, Volume
from functions.orphaned_attachments.writes import Writes, Written
from kube.exchange import Request
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import Cloud, marked_node
from tests.functions.orphaned_attachments.fake_aws import refusal
from tests.functions.orphaned_attachments.fake_clusters import sent
from tests.functions.orphaned_attachments.raw_objects import DEAD, FINALIZER, NODE, NOW, OTHER, PV, STORAGE, VOLUME

JSON, MERGE, STRATEGIC = (f"application/{kind}+json" for kind in ("json-patch", "merge-patch", "strategic-merge-patch"))
WHEN, PRECISELY = "2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.000999+00:00"
NODE_PATH, VA_PATH = f"/api/v1/nodes/{NODE}", f"{STORAGE}/volumeattachments/va-1"
POD_PATH = "/api/v1/namespaces/shop/pods/db-0"
SAME_UID = {"op": "test", "path": "/metadata/uid", "value": f"uid-of-{NODE}"}
SAME_VERSION = {"op": "test", "path": "/metadata/resourceVersion", "value": "7"}
SAME_MACHINE = {"op": "test", "path": "/spec/providerID", "value": f"aws:///us-east-1a/{DEAD}"}
NO_ANNOTATIONS = {"op": "add", "path": "/metadata/annotations", "value": {}}
HELD = {"op": "add", "path": "/metadata/annotations/pitcrew~1hold", "value": f"{DEAD} {WHEN}"}
OURS = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
OTHERS = {"key": "other", "effect": "NoSchedule"}
TAINTED = {"op": "add", "path": "/metadata/annotations/pitcrew~1out-of-service", "value": f"pitcrew {DEAD} {WHEN}"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _do(cloud: Cloud, act: Act) -> Written:
    cluster = cloud.clusters.connect("prod", seconds=5)
    return Writes(cluster, cloud.evidence.volumes, instance=DEAD, now=NOW.replace(microsecond=999)).do(act)


def _on_node(kind: Kind, found: raw.Object | None = None) -> Act:
    return Act(kind=kind, on=objects.node(found or raw.node(), None))


def _on_pod(**more: Any) -> Act:  # noqa: ANN401 (fields of metadata)
    found = raw.pod(**more)
    if more.get("phase") == "Failed":
        found["status"]["conditions"] = [{"type": "DisruptionTarget", "reason": "DeletionByPitcrew"}]
    volumes = objects.pv(raw.pv())
    assert volumes is not None
    pod = objects.pod(found, [volumes])
    assert pod is not None
    return Act(kind=Kind.RELEASE_POD, on=pod)


def _on_attachment(kind: Kind, **more: Any) -> Act:  # noqa: ANN401 (fields of metadata)
    return Act(kind=kind, on=objects.attachment(raw.attachment(**more), {}, {PV}))


DETACH = Act(kind=Kind.DETACH, on=Volume(id=VOLUME, place=Place.HERE))


def _only(cloud: Cloud) -> tuple[str, str, Any]:
    (request,) = cloud.prod.writes
    return str(request), request.content_type, sent(request)


def test_a_hold_adds_one_finalizer_and_says_for_whom(cloud: Cloud) -> None:
    written = _do(cloud, _on_node(Kind.HOLD))

    add = {"op": "add", "path": "/metadata/finalizers", "value": ["pitcrew/hold"]}
    body = [SAME_UID, SAME_VERSION, SAME_MACHINE, add, NO_ANNOTATIONS, HELD]
    assert _only(cloud) == (f"PATCH {NODE_PATH}", JSON, body)
    assert written == Written(call=f"hold: {NODE}", result="done", answer="8")
    assert written.may_have_happened


def test_a_hold_stands_behind_the_finalizers_and_annotations_that_are_there(cloud: Cloud) -> None:
    _do(cloud, _on_node(Kind.HOLD, raw.node(finalizers=["other/x"], annotations={"a": "b"})))

    add = {"op": "add", "path": "/metadata/finalizers/-", "value": "pitcrew/hold"}
    assert _only(cloud)[2] == [SAME_UID, SAME_VERSION, SAME_MACHINE, add, HELD]


def test_a_hold_goes_by_the_one_string_wherever_it_stands(cloud: Cloud) -> None:
    _do(cloud, _on_node(Kind.UNHOLD, raw.node(finalizers=["other/x", "pitcrew/hold", "other/y"])))

    path = "/metadata/finalizers/1"
    remove = [{"op": "test", "path": path, "value": "pitcrew/hold"}, {"op": "remove", "path": path}]
    assert _only(cloud) == (f"PATCH {NODE_PATH}", JSON, [SAME_UID, *remove])


def test_a_taint_writes_the_whole_list_and_keeps_the_others(cloud: Cloud) -> None:
    found = raw.node()
    found["spec"]["taints"] = [OTHERS]

    _do(cloud, _on_node(Kind.TAINT, found))

    whole = {"op": "add", "path": "/spec/taints", "value": [OTHERS, OURS]}
    body = [SAME_UID, SAME_VERSION, SAME_MACHINE, whole, NO_ANNOTATIONS, TAINTED]
    assert _only(cloud) == (f"PATCH {NODE_PATH}", JSON, body)


def test_a_node_without_a_provider_id_is_known_by_uid_and_version(cloud: Cloud) -> None:
    _do(cloud, _on_node(Kind.TAINT, raw.node(instance="", annotations={"a": "b"})))

    whole = {"op": "add", "path": "/spec/taints", "value": [OURS]}
    assert _only(cloud)[2] == [SAME_UID, SAME_VERSION, whole, TAINTED]


def test_our_taint_goes_with_its_annotation_and_no_other_does(cloud: Cloud) -> None:
    _do(cloud, _on_node(Kind.UNTAINT, marked_node()))

    whole = {"op": "add", "path": "/spec/taints", "value": [OTHERS]}
    gone = {"op": "remove", "path": "/metadata/annotations/pitcrew~1out-of-service"}
    assert _only(cloud) == (f"PATCH {NODE_PATH}", JSON, [SAME_UID, SAME_VERSION, whole, gone])


def test_a_pod_is_failed_as_the_garbage_collector_does_and_deleted_at_once(cloud: Cloud) -> None:
    written = _do(cloud, _on_pod())

    patch, delete = cloud.prod.writes
    assert (str(patch), patch.content_type) == (f"PATCH {POD_PATH}/status", STRATEGIC)
    condition = {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "DeletionByPitcrew",
        "message": f"Pitcrew: instance {DEAD} of its node is dead",
        "lastTransitionTime": WHEN,
    }
    assert sent(patch) == {
        "metadata": {"uid": "uid-of-db-0"},
        "status": {"phase": "Failed", "conditions": [condition]},
    }
    assert str(delete) == f"DELETE {POD_PATH}"
    assert _options(delete) == {"preconditions": {"uid": "uid-of-db-0"}, "gracePeriodSeconds": 0}
    assert (written.call, written.result) == ("release pod: shop/db-0", "done")


def _options(request: Request) -> raw.Object:
    return {key: value for key, value in sent(request).items() if key not in {"apiVersion", "kind"}}


def test_a_pod_that_we_have_failed_before_is_only_deleted(cloud: Cloud) -> None:
    _do(cloud, _on_pod(phase="Failed"))

    assert [str(request) for request in cloud.prod.writes] == [f"DELETE {POD_PATH}"]


def test_a_pod_that_is_another_by_now_is_not_deleted(cloud: Cloud) -> None:
    cloud.prod.troubles[f"PATCH {POD_PATH}/status"] = kube.ConflictError("Precondition failed: UID in precondition")

    written = _do(cloud, _on_pod())

    assert [request.method for request in cloud.prod.writes] == ["PATCH"]
    assert (written.result, written.may_have_happened) == ("changed", False)


def test_an_attachment_is_deleted_only_as_it_was_read(cloud: Cloud) -> None:
    _do(cloud, _on_attachment(Kind.DELETE_ATTACHMENT))

    (delete,) = cloud.prod.writes
    assert str(delete) == f"DELETE {VA_PATH}"
    assert _options(delete) == {"preconditions": {"uid": "uid-of-va-1", "resourceVersion": "7"}}


def test_a_kick_is_an_annotation_with_a_time_to_compare_with_a_detach(cloud: Cloud) -> None:
    _do(cloud, _on_attachment(Kind.KICK))

    same = {"uid": "uid-of-va-1", "resourceVersion": "7"}
    body = {"metadata": {**same, "annotations": {"pitcrew/kick": PRECISELY}}}
    assert _only(cloud) == (f"PATCH {VA_PATH}", MERGE, body)


def test_a_strip_removes_the_one_string_and_never_all(cloud: Cloud) -> None:
    found = raw.attachment()
    found["metadata"]["finalizers"] = ["other/x", FINALIZER]

    _do(cloud, Act(kind=Kind.STRIP, on=objects.attachment(found, {}, {PV})))

    same = {"op": "test", "path": "/metadata/uid", "value": "uid-of-va-1"}
    path = "/metadata/finalizers/1"
    remove = [{"op": "test", "path": path, "value": FINALIZER}, {"op": "remove", "path": path}]
    assert _only(cloud) == (f"PATCH {VA_PATH}", JSON, [same, *remove])


def test_a_detach_asks_ec2_of_the_dead_instance_without_force(cloud: Cloud) -> None:
    written = _do(cloud, DETACH)

    assert cloud.aws.of("detach_volume") == [{"VolumeId": VOLUME, "InstanceId": DEAD}]
    assert written == Written(call=f"detach: {VOLUME}", result="done", answer="detaching", request_id="request-1")
    assert cloud.prod.writes == []


def test_a_volume_that_is_off_already_is_done(cloud: Cloud) -> None:
    cloud.aws.troubles["detach_volume"] = refusal("IncorrectState", "DetachVolume")

    written = _do(cloud, DETACH)

    assert (written.result, written.answer, written.request_id) == ("done", "IncorrectState", "refused-DetachVolume")


KUBE_ERRORS: list[tuple[kube.KubeError, str]] = [
    (kube.NotFoundError("gone"), "already done"),
    (kube.ConflictError("changed"), "changed"),
    (kube.InvalidError("the test failed"), "changed"),
    (kube.ForbiddenError("no"), "refused"),
    (kube.UnauthorizedError("who"), "refused"),
    (kube.ClusterUnreachableError("never sent"), "refused"),
    (kube.WrongClusterError("another"), "refused"),
    (kube.OutcomeUnknownError("no answer"), "unknown"),
]
WRITES = {
    f"PATCH {NODE_PATH}": _on_node(Kind.TAINT),
    f"PATCH {POD_PATH}/status": _on_pod(),
    f"DELETE {VA_PATH}": _on_attachment(Kind.DELETE_ATTACHMENT),
    f"PATCH {VA_PATH}": _on_attachment(Kind.KICK),
}


@pytest.mark.parametrize(("error", "word"), KUBE_ERRORS, ids=[type(error).__name__ for error, _ in KUBE_ERRORS])
@pytest.mark.parametrize("request_line", WRITES)
def test_each_error_of_a_cluster_has_its_word(
    cloud: Cloud, request_line: str, error: kube.KubeError, word: str
) -> None:
    cloud.prod.troubles[request_line] = error

    written = _do(cloud, WRITES[request_line])

    assert (written.result, written.answer) == (word, str(error))
    assert written.may_have_happened is (word == "unknown")


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (kube.NotFoundError("gone"), "done"),
        (kube.ConflictError("the StatefulSet has made another"), "done"),
        (kube.ForbiddenError("no"), "refused"),
        (kube.OutcomeUnknownError("no answer"), "unknown"),
    ],
)
def test_a_pod_that_is_gone_or_replaced_once_it_has_failed_is_released(
    cloud: Cloud, error: kube.KubeError, word: str
) -> None:
    cloud.prod.troubles[f"DELETE {POD_PATH}"] = error

    assert _do(cloud, _on_pod()).result == word


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (refusal("UnauthorizedOperation", status=403), "refused"),
        (refusal("RequestLimitExceeded", status=503), "unknown"),
        (refusal("InternalError", status=500), "unknown"),
        (refusal("UnsupportedOperation"), "refused"),
        (ReadTimeoutError(endpoint_url="https://aws.invalid/"), "unknown"),
    ],
)
def test_each_error_of_ec2_has_its_word(cloud: Cloud, error: Exception, word: str) -> None:
    cloud.aws.troubles["detach_volume"] = error

    written = _do(cloud, DETACH)

    assert (written.result, written.answer) == (word, str(error))


def test_the_mark_of_another_instance_names_this_one(cloud: Cloud) -> None:
    _do(cloud, _on_node(Kind.HOLD, raw.node(annotations={"pitcrew/hold": f"{OTHER} {WHEN}"})))

    assert HELD in _only(cloud)[2]
