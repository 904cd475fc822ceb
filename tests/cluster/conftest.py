"""One real control plane for the whole session; each test works in names of its own.

A test that breaks the control plane itself brings up its own: `with ControlPlane() as plane`.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from local.controlplane.plane import ControlPlane
from tests.cluster.reach import INSTANCE
from tests.cluster.releases import Scene
from tests.cluster.scene import set_up

HERE = Path(__file__).parent
LOGS = HERE.parent.parent / ".cache" / "control-plane-logs"
LOOPBACK = ["127.0.0.1", "localhost"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Loopback is all that the tests of this folder reach."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep the components' logs of a test that failed, and name them: they do not outlive the session by themselves."""
    report = yield
    if report.skipped:  # nothing here depends on the machine, so a skip would hide a hole
        report.outcome, report.longrepr = "failed", f"skipped, which no test of tests/cluster may be: {report.longrepr}"
    planes = [value for value in item.funcargs.values() if isinstance(value, ControlPlane)]
    planes += [value.lab.plane for value in item.funcargs.values() if isinstance(value, Scene)]
    if report.failed:
        kept = [plane.keep_logs(LOGS / re.sub(r"\W+", "-", item.name)) for plane in planes]
        report.sections.extend(("the control plane's logs", str(folder)) for folder in kept)
    return report


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    """etcd, kube-apiserver and kube-controller-manager with nothing in them."""
    with ControlPlane() as running:
        yield running


@pytest.fixture
def namespace(plane: ControlPlane) -> Iterator[str]:
    """A namespace of the test's own."""
    _, made = plane.api.post("/api/v1/namespaces", {"metadata": {"generateName": "test-"}})
    name = made["metadata"]["name"]
    yield name
    plane.api.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture(scope="session")
def node(plane: ControlPlane) -> str:
    """The name of a Node that runs on an instance: what a cluster proves by that it is the one meant."""
    node = {"metadata": {"name": "worker"}, "spec": {"providerID": f"aws:///us-east-1a/{INSTANCE}"}}
    status, made = plane.api.post("/api/v1/nodes", node)
    assert status == 201, made
    return str(made["metadata"]["name"])


@pytest.fixture(scope="package")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A cluster in which machines die, for the stories of orphaned attachments."""
    with set_up(tmp_path_factory.mktemp("scene")) as scene:
        yield scene


@pytest.fixture(scope="package")
def told(request: pytest.FixtureRequest, scene: Scene) -> Iterator[Mapping[str, Future[Any]]]:
    """What comes of the `STORIES` in all files of this folder that are tested, by name: they are played at once."""
    ours = [one for one in request.session.items if isinstance(one, pytest.Function) and HERE in one.path.parents]
    modules = {item.module for item in ours}
    stories = {name: story for module in modules for name, story in getattr(module, "STORIES", {}).items()}
    with ThreadPoolExecutor(max(1, len(stories))) as pool:
        yield {name: pool.submit(story, scene) for name, story in stories.items()}


@pytest.fixture
def quiet(scene: Scene, told: Mapping[str, Future[Any]]) -> Scene:
    """The same cluster when all stories have been told."""
    wait(told.values())
    return scene
