"""One real control plane for the whole session; each test works in names of its own.

A test that breaks the control plane itself brings up its own: `with ControlPlane() as plane`.
"""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from local.controlplane.plane import ControlPlane
from tests.cluster.reach import INSTANCE

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
