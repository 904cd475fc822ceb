"""The API server of the simulation, held to a real one: what a precondition, a finalizer and a grace period do.

Over 120 lines because both sides and all that they share are read together.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

import kube
from local.controlplane.plane import ControlPlane
from tests.cluster.orphaned_objects import (
    ATTACHER,
    COLLECTIONS,
    GONE,
    HOLD,
    NUMBERS,
    OTHERS,
    Object,
    attachment,
    made,
    node,
    pod,
)
from tests.cluster.reach import reach
from tests.simulation.calls import Calls
from tests.simulation.clock import Clock
from tests.simulation.connection import Connection
from tests.simulation.kubernetes import GRACE, Kubernetes
from tests.simulation.ledger import Ledger

OTHER_CONDITION = {"type": "Ready", "status": "False"}
FAILED = {"phase": "Failed", "conditions": [{"type": "DisruptionTarget", "status": "True"}]}
KICKED = {"annotations": {"pitcrew/kick": "now"}}
STALE = "1"


class Simulated:
    """The one in memory."""

    def __init__(self, _: pytest.FixtureRequest) -> None:
        clock, ledger = Clock(), Ledger()
        self._api = Kubernetes(clock)
        self.cluster = kube.Cluster(Connection(self._api, Calls(clock, ledger), ledger), seconds=60)
        self.now = clock.now

    def make(self, wanted: Object) -> Object:
        collection, metadata = COLLECTIONS[wanted["kind"]], {**wanted["metadata"], "name": f"dead-{next(NUMBERS)}"}
        is_deleting = metadata.pop("deletionTimestamp", "")
        fields = {key: value for key, value in wanted.items() if key in {"spec", "status"}}
        found = self._api.create(collection, metadata, **fields)
        if is_deleting:
            self._api.delete(f"{collection}/{metadata['name']}")
        return {**found, "metadata": dict(found["metadata"])}


class Real:
    """A kube-apiserver."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._plane: ControlPlane = request.getfixturevalue("uncontrolled")
        self.cluster = reach(self._plane.admin)

    def now(self) -> datetime:
        return datetime.now().astimezone()

    def make(self, wanted: Object) -> Object:
        return made(self._plane, wanted)


Side = Simulated | Real


@pytest.fixture(scope="module")
def uncontrolled() -> Iterator[ControlPlane]:
    """An API server without controllers: nobody else changes what a test has made."""
    with ControlPlane(controller_manager=False) as plane:
        plane.api.post("/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "default"}})
        made(plane, node())
        yield plane


@pytest.fixture(params=[Simulated, Real])
def side(request: pytest.FixtureRequest) -> Side:
    found: Side = request.param(request)
    return found


def _path(kind: str, found: Object) -> str:
    return f"{COLLECTIONS[kind]}/{found['metadata']['name']}"


def _patch(side: Side, path: str, *operations: Object) -> None:
    side.cluster.patch(path, operations, kind=kube.JSON_PATCH)


def _tests(found: Object, **others: str) -> list[Object]:
    """Return the tests of who the object is; *others* replace what it says of itself."""
    said = {key: found["metadata"][key] for key in ("uid", "resourceVersion")} | others
    return [{"op": "test", "path": f"/metadata/{key}", "value": value} for key, value in said.items()]


def _is_gone(side: Side, path: str) -> bool:
    try:
        side.cluster.get(path)
    except kube.NotFoundError:
        return True
    return False


@pytest.mark.parametrize("stale", [{"uid": "another"}, {"resourceVersion": STALE}])
def test_a_json_patch_whose_test_fails_is_invalid_and_changes_nothing(side: Side, stale: dict[str, str]) -> None:
    found = side.make(attachment(finalizers=[ATTACHER]))
    path = _path("VolumeAttachment", found)

    with pytest.raises(kube.InvalidError):
        _patch(side, path, *_tests(found, **stale), {"op": "add", "path": "/metadata/finalizers/-", "value": OTHERS})

    assert side.cluster.get(path)["metadata"]["finalizers"] == [ATTACHER]


def test_a_json_patch_of_the_object_that_was_read_is_done_and_gives_it_a_new_version(side: Side) -> None:
    found = side.make(attachment(finalizers=[ATTACHER]))
    path = _path("VolumeAttachment", found)
    finalizer = {"op": "add", "path": "/metadata/finalizers/-", "value": OTHERS}

    _patch(side, path, *_tests(found), finalizer, {"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}})

    after = side.cluster.get(path)["metadata"]
    assert (after["finalizers"], after["annotations"]) == ([ATTACHER, OTHERS], {"a": "b"})
    assert after["resourceVersion"] != found["metadata"]["resourceVersion"]


def test_an_object_that_is_being_deleted_gets_no_new_finalizer(side: Side) -> None:
    found = side.make(node(finalizers=[OTHERS], deletionTimestamp=GONE))

    with pytest.raises(kube.InvalidError):
        _patch(side, _path("Node", found), {"op": "add", "path": "/metadata/finalizers/-", "value": HOLD})


def test_the_last_finalizer_takes_a_deleting_object_with_it_and_an_earlier_one_does_not(side: Side) -> None:
    found = side.make(attachment(finalizers=[ATTACHER, OTHERS], deletionTimestamp=GONE))
    path = _path("VolumeAttachment", found)
    first = {"op": "remove", "path": "/metadata/finalizers/0"}

    _patch(side, path, {"op": "test", "path": "/metadata/finalizers/0", "value": ATTACHER}, first)
    left = side.cluster.get(path)["metadata"]["finalizers"]
    _patch(side, path, first)

    assert left == [OTHERS]
    assert _is_gone(side, path)


def test_a_status_patch_for_another_uid_is_invalid(side: Side) -> None:
    path = _path("Pod", side.make(pod()))
    body = {"metadata": {"uid": "another"}, "status": FAILED}

    with pytest.raises(kube.InvalidError):
        side.cluster.patch(f"{path}/status", body, kind=kube.STRATEGIC)

    assert side.cluster.get(path)["status"]["phase"] == "Running"


def test_a_status_patch_keeps_the_conditions_of_others(side: Side) -> None:
    found = side.make(pod(conditions=[OTHER_CONDITION]))
    path = _path("Pod", found)
    body = {"metadata": {"uid": found["metadata"]["uid"]}, "status": FAILED}

    side.cluster.patch(f"{path}/status", body, kind=kube.STRATEGIC)

    status = side.cluster.get(path)["status"]
    assert status["phase"] == "Failed"
    assert {one["type"] for one in status["conditions"]} == {"Ready", "DisruptionTarget"}


def test_a_pod_of_another_uid_is_not_deleted(side: Side) -> None:
    path = _path("Pod", side.make(pod()))

    with pytest.raises(kube.ConflictError):
        side.cluster.delete(path, uid="another", grace_period=0)

    assert "deletionTimestamp" not in side.cluster.get(path)["metadata"]


def test_a_pod_without_grace_goes_at_once(side: Side) -> None:
    found = side.make(pod())

    side.cluster.delete(_path("Pod", found), uid=found["metadata"]["uid"], grace_period=0)

    assert _is_gone(side, _path("Pod", found))


def test_a_pod_on_a_node_is_given_its_grace_and_says_when_it_ends(side: Side) -> None:
    found = side.make(pod())
    path, before = _path("Pod", found), side.now()

    side.cluster.delete(path, uid=found["metadata"]["uid"])

    metadata = side.cluster.get(path)["metadata"]
    ends = datetime.fromisoformat(metadata["deletionTimestamp"])
    assert metadata["deletionGracePeriodSeconds"] == GRACE
    assert timedelta(seconds=GRACE - 1) <= ends - before <= timedelta(seconds=GRACE + 10)


def test_a_pod_that_its_finalizer_keeps_has_no_grace_left(side: Side) -> None:
    found = side.make(pod(finalizers=[OTHERS]))
    path = _path("Pod", found)

    side.cluster.delete(path, uid=found["metadata"]["uid"], grace_period=0)

    assert side.cluster.get(path)["metadata"]["deletionGracePeriodSeconds"] == 0


def test_a_volume_attachment_of_another_version_is_not_deleted(side: Side) -> None:
    found = side.make(attachment(finalizers=[ATTACHER]))
    path, uid = _path("VolumeAttachment", found), found["metadata"]["uid"]

    with pytest.raises(kube.ConflictError):
        side.cluster.delete(path, uid=uid, resource_version=STALE)
    side.cluster.delete(path, uid=uid, resource_version=found["metadata"]["resourceVersion"])

    assert "deletionTimestamp" in side.cluster.get(path)["metadata"]


def test_a_merge_patch_keeps_the_annotations_of_others(side: Side) -> None:
    found = side.make(attachment())
    path = _path("VolumeAttachment", found)
    same = {key: found["metadata"][key] for key in ("uid", "resourceVersion")}

    side.cluster.patch(path, {"metadata": {**same, **KICKED}}, kind=kube.MERGE)

    annotations = side.cluster.get(path)["metadata"]["annotations"]
    assert annotations == {**found["metadata"]["annotations"], **KICKED["annotations"]}


@pytest.mark.parametrize(
    ("stale", "error"),
    [
        ({"uid": "another"}, kube.InvalidError),
        ({"resourceVersion": STALE}, kube.ConflictError),
        ({"uid": "another", "resourceVersion": STALE}, kube.ConflictError),
    ],
)
def test_a_merge_patch_of_another_object_or_version_changes_nothing(
    side: Side, stale: dict[str, str], error: type[kube.KubeError]
) -> None:
    found = side.make(attachment())
    path = _path("VolumeAttachment", found)

    with pytest.raises(error):
        side.cluster.patch(path, {"metadata": {**stale, **KICKED}}, kind=kube.MERGE)

    assert side.cluster.get(path)["metadata"]["annotations"] == found["metadata"]["annotations"]


@pytest.mark.parametrize("kind", COLLECTIONS)
def test_what_is_not_there_is_not_found(side: Side, kind: str) -> None:
    path = f"{COLLECTIONS[kind]}/nobody"

    with pytest.raises(kube.NotFoundError):
        side.cluster.get(path)
    with pytest.raises(kube.NotFoundError):
        side.cluster.delete(path, uid="u")
    with pytest.raises(kube.NotFoundError):
        side.cluster.patch(path, {"metadata": {"annotations": {}}}, kind=kube.MERGE)


def test_a_name_that_is_taken_conflicts(side: Side) -> None:
    found = side.make(attachment())
    body = {"apiVersion": "storage.k8s.io/v1", **attachment(name=found["metadata"]["name"])}

    with pytest.raises(kube.ConflictError):
        side.cluster.create(COLLECTIONS["VolumeAttachment"], body)


def test_pods_are_listed_by_their_node_in_every_namespace(side: Side) -> None:
    names = {side.make(pod())["metadata"]["name"] for _ in range(2)}

    of_node = {one["metadata"]["name"] for one in side.cluster.list("/api/v1/pods", field="spec.nodeName=dead")}
    of_none = list(side.cluster.list("/api/v1/pods", field="spec.nodeName=nobody"))

    assert names <= of_node
    assert of_none == []
