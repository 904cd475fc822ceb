"""The control plane's binaries are built once, whoever wants them and however a build ends.

Over 120 lines because each way in which a build ends, or meets another one, is played.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.controlplane.binaries import COMPONENTS, find
from local.controlplane.build import build
from local.controlplane.programs import CONTROL_PLANE, CSI, PROGRAMS, Program
from tests.fake_go import FakeGo

SECONDS = 20


@pytest.fixture
def go(tmp_path: Path) -> FakeGo:
    fake = FakeGo(tmp_path)
    fake.install("go1.26.3")
    return fake


def built(go: FakeGo, program: Program = CONTROL_PLANE, **variables: str) -> Path:
    environment = go.environment | variables
    build(environment, [program])
    folder = find(environment, program)
    assert folder
    return folder


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_is_built_is_found_under_the_four_names_outside_the_checkout(go: FakeGo, tmp_path: Path) -> None:
    folder = built(go)

    assert folder.parent == tmp_path / ".cache" / "pitcrew" / "controlplane"
    assert {(folder / name).read_text() for name in COMPONENTS} == {"program\n"}


def test_the_attacher_and_its_driver_are_two_programs_beside_the_control_plane(go: FakeGo, tmp_path: Path) -> None:
    folder = built(go, CSI)

    assert folder.parent == tmp_path / ".cache" / "pitcrew" / "controlplane"
    assert sorted(path.name for path in folder.iterdir() if not path.is_symlink()) == sorted(CSI.binaries)
    assert find(go.environment) is None


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.sources.name)
def test_every_source_of_a_program_decides_where_its_build_is(program: Program) -> None:
    assert sorted(program.files) == sorted(path.name for path in program.sources.iterdir())


def test_whoever_makes_the_tests_builds_every_program_once(go: FakeGo) -> None:
    go.make().communicate(timeout=SECONDS)
    go.make().communicate(timeout=SECONDS)

    assert all(find(go.environment, program) for program in PROGRAMS)
    assert go.builds == 3


def test_the_users_cache_is_where_the_user_says(go: FakeGo, tmp_path: Path) -> None:
    folder = built(go, XDG_CACHE_HOME=str(tmp_path / "elsewhere"))

    assert folder.parent == tmp_path / "elsewhere" / "pitcrew" / "controlplane"


def test_a_build_says_each_step_with_its_seconds(go: FakeGo, capsys: pytest.CaptureFixture[str]) -> None:
    built(go)

    first, *steps = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"building Kubernetes v1\.\d+\.\d+ for the tests, up to about 17 minutes the first time", first)
    assert [re.sub(r"[\d.]+ s$", "… s", step) for step in steps] == [
        f"building {step} ... … s" for step in ("modules", *COMPONENTS, "controlplane")
    ]


def test_a_second_build_does_nothing_and_says_nothing(go: FakeGo, capsys: pytest.CaptureFixture[str]) -> None:
    built(go)
    capsys.readouterr()

    built(go)

    assert go.builds == 1
    assert capsys.readouterr().out == ""


def test_a_build_of_which_a_part_was_removed_is_built_again(go: FakeGo) -> None:
    (built(go) / "controlplane").unlink()

    assert find(go.environment) is None
    assert built(go)


def test_a_users_settings_of_go_reach_the_build_only_where_they_say_whence_and_whereto(go: FakeGo) -> None:
    built(go)

    seen = {line for line in go.file("environment").read_text().splitlines() if line.startswith(("GO", "CGO"))}
    assert seen == {
        "CGO_ENABLED=0", "GOENV=off", "GOFLAGS=-mod=readonly", "GOPROXY=direct", "GOTOOLCHAIN=local", "GOWORK=off",
    }  # fmt: skip


def test_the_servers_say_the_version_that_is_pinned(go: FakeGo) -> None:
    built(go)

    flags = re.findall(r"version\.(git\w+)=(\S+)", go.file("log").read_text())
    version = dict(flags)["gitVersion"]
    assert version == "v1.{gitMinor}.".format(**dict(flags)) + version.rsplit(".", 1)[1]


def test_the_attacher_says_the_version_that_is_pinned(go: FakeGo) -> None:
    built(go, CSI)

    pinned = re.search(r"external-attacher/v4 (v\S+)", (CSI.sources / "go.mod").read_text())
    assert pinned
    assert f"-X main.version={pinned[1]} -o" in go.file("log").read_text()


def test_a_build_that_fails_shows_what_go_said_and_leaves_nothing_to_run(go: FakeGo) -> None:
    go.file("broken").touch()

    building = go.make()
    told, _ = building.communicate(timeout=SECONDS)

    assert building.returncode == 1
    assert told.endswith("'go list' failed with exit code 3:\nno such module\n")
    assert find(go.environment) is None


def test_an_interrupted_build_leaves_nothing_to_run_and_the_next_one_builds(go: FakeGo) -> None:
    go.file("held").touch()
    building = go.make()
    wait_until(go.file("started").exists)

    os.killpg(building.pid, signal.SIGINT)
    told, _ = building.communicate(timeout=SECONDS)
    go.file("held").unlink()

    assert told.endswith("Interrupted; the next build goes on from there.\n")
    assert "Traceback" not in told
    assert find(go.environment) is None
    assert built(go)


def test_of_two_that_want_it_at_once_one_builds_and_the_other_waits(go: FakeGo) -> None:
    go.file("held").touch()
    first = go.make()
    wait_until(go.file("started").exists)
    second = go.make()
    assert second.stdout
    waits = second.stdout.readline()

    go.file("held").unlink()
    first.communicate(timeout=SECONDS)
    more, _ = second.communicate(timeout=SECONDS)

    assert (waits, more) == ("waiting for another process that builds the control plane\n", "")
    assert (first.returncode, second.returncode, go.builds) == (0, 0, 3)


def test_the_go_of_a_killed_build_is_waited_for(go: FakeGo) -> None:
    go.file("held").touch()
    killed = go.make()
    wait_until(go.file("started").exists)
    killed.kill()
    second = go.make()
    assert second.stdout
    waits = second.stdout.readline()

    go.file("held").unlink()
    second.communicate(timeout=SECONDS)
    killed.communicate(timeout=SECONDS)

    assert waits == "waiting for another process that builds the control plane\n"
    assert second.returncode == 0
    assert find(go.environment)
