"""The control plane under the tests is a real one, and can be stopped and started again."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
import urllib3

from local.controlplane.binaries import COMPONENTS, SOURCES
from local.controlplane.plane import ControlPlane

SECONDS = 20


@pytest.fixture(scope="module")
def small() -> Iterator[ControlPlane]:
    """Of this file alone, to stop and to start."""
    with ControlPlane(controller_manager=False) as running:
        yield running


def _wait_until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def test_it_says_the_version_that_is_pinned(plane: ControlPlane) -> None:
    pinned = re.search(r"k8s\.io/kubernetes (\S+)", (SOURCES / "go.mod").read_text())

    status, body = plane.api.get("/version")

    assert (status, body["gitVersion"]) == (200, pinned and pinned[1])


def test_its_controllers_work(plane: ControlPlane, namespace: str) -> None:
    account = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"

    assert _wait_until(lambda: plane.api.get(account)[0] == 200)


def test_all_four_components_run_where_they_are_wished() -> None:
    with ControlPlane(scheduler=True) as whole:
        assert tuple(whole.components) == COMPONENTS
        assert all(component.process_id for component in whole.components.values())


def test_an_api_server_that_comes_back_has_its_port_and_its_data(small: ControlPlane) -> None:
    small.api.post("/api/v1/namespaces", {"metadata": {"name": "kept"}})

    small.stop("kube-apiserver")
    with pytest.raises(urllib3.exceptions.HTTPError):
        small.api.get("/api/v1/namespaces/kept")
    small.start("kube-apiserver")

    assert small.api.get("/api/v1/namespaces/kept")[0] == 200


def test_a_component_is_stopped_and_started_once(small: ControlPlane) -> None:
    before = small.components["etcd"].process_id

    small.start("etcd")
    assert small.components["etcd"].process_id == before
    small.stop("etcd")
    small.stop("etcd")
    small.start("etcd")

    assert small.components["etcd"].process_id not in {None, before}
    assert _wait_until(lambda: small.api.get("/api/v1/namespaces/default")[0] == 200)


def test_the_administrators_client_creates_replaces_changes_and_deletes(small: ControlPlane) -> None:
    path = "/api/v1/namespaces/default/configmaps"

    made, body = small.api.post(path, {"metadata": {"name": "one"}, "data": {"a": "1"}})
    replaced, _ = small.api.put(f"{path}/one", {**body, "data": {"a": "2"}})
    merged, _ = small.api.patch(f"{path}/one", {"data": {"b": "2"}})
    patched, body = small.api.patch(f"{path}/one", [{"op": "remove", "path": "/data/a"}], kind="json-patch")
    deleted, _ = small.api.delete(f"{path}/one")

    assert (made, replaced, merged, patched, deleted) == (201, 200, 200, 200, 200)
    assert body["data"] == {"b": "2"}
    assert small.api.get(f"{path}/one")[0] == 404
