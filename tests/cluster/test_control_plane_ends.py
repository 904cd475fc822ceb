"""However the control plane under the tests begins and ends, nothing of it stays behind but the logs of a failure."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.controlplane.component import ControlPlaneDidNotStartError, PortTakenError
from local.controlplane.plane import ControlPlane
from local.controlplane.ports import draw
from local.environment import ROOT

SECONDS = 20

PARENT = """
import json, time
from local.controlplane.plane import ControlPlane
with ControlPlane() as plane:
    print(json.dumps([component.process_id for component in plane.components.values()]), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def _run(processes: list[int]) -> list[int]:
    """Return those that run; a zombie, which a container's first process may never collect, does not."""
    states = {one: Path(f"/proc/{one}/stat") for one in processes}
    alive = {one: path.read_text().rsplit(")", 1)[1].split()[0] for one, path in states.items() if path.exists()}
    return [one for one, state in alive.items() if state != "Z"]


def _kept_logs(problem: ControlPlaneDidNotStartError) -> dict[str, str]:
    """Read the logs that the error names, and clear them away."""
    folder = Path(problem.__notes__[0].removeprefix("all logs: "))
    logs = {path.name: path.read_text() for path in folder.iterdir()}
    shutil.rmtree(folder)
    return logs


@pytest.mark.parametrize("part", ["etcd", "kube_apiserver", "controller_manager"])
def test_a_taken_port_is_drawn_again_and_the_end_leaves_nothing(part: str, taken: int, tmp_path: Path) -> None:
    ports = iter([draw()._replace(**{part: taken}), draw()])

    with ControlPlane(within=tmp_path, draw_ports=lambda: next(ports)) as second:
        status, _ = second.api.get("/readyz")
        processes = [component.process_id or 0 for component in second.components.values()]
        assert _run(processes) == processes
        assert len(list(tmp_path.iterdir())) == 1

    assert status == 200
    assert list(tmp_path.iterdir()) == []
    assert _run(processes) == []


def test_a_port_that_is_taken_twice_is_an_error_and_leaves_nothing(taken: int, tmp_path: Path) -> None:
    with (
        pytest.raises(PortTakenError, match="etcd ended"),
        ControlPlane(within=tmp_path, draw_ports=lambda: draw()._replace(etcd=taken)),
    ):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_component_that_does_not_start_shows_its_log_and_keeps_all(tmp_path: Path) -> None:
    with (
        pytest.raises(ControlPlaneDidNotStartError, match="no-such-flag") as problem,
        ControlPlane(within=tmp_path, flags={"etcd": ["--no-such-flag"]}),
    ):
        pass

    kept = _kept_logs(problem.value)
    assert list(tmp_path.iterdir()) == []
    assert "no-such-flag" in kept["etcd.log"]


def test_a_variable_reaches_the_components() -> None:
    with (
        pytest.raises(ControlPlaneDidNotStartError, match=r'PITCREW_MAX_WAIT_FOR_UNMOUNT: .* "soon"') as problem,
        ControlPlane(environment={"PITCREW_MAX_WAIT_FOR_UNMOUNT": "soon"}),
    ):
        pass

    assert set(_kept_logs(problem.value)) == {"etcd.log", "kube-apiserver.log", "kube-controller-manager.log"}


def test_nothing_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(  # noqa: S603 (this Python, with the program above)
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        processes = json.loads(parent.stdout.readline() if parent.stdout else "")
        assert len(_run(processes)) == 3

        parent.send_signal(signal.SIGKILL)
        deadline = time.monotonic() + SECONDS
        while _run(processes) and time.monotonic() < deadline:
            time.sleep(0.05)

    assert _run(processes) == []
