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
from tests.fake_go import FakeGo

SECONDS = 20


@pytest.fixture
def go(tmp_path: Path) -> FakeGo:
    fake = FakeGo(tmp_path)
    fake.install("go1.26.3")
    return fake


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_is_built_is_found_under_the_four_names_outside_the_checkout(go: FakeGo, tmp_path: Path) -> None:
    folder = build(go.environment)

    assert find(go.environment) == folder
    assert folder.parent == tmp_path / ".cache" / "pitcrew" / "controlplane"
    assert {(folder / name).read_text() for name in COMPONENTS} == {"program\n"}


def test_the_users_cache_is_where_the_user_says(go: FakeGo, tmp_path: Path) -> None:
    folder = build(go.environment | {"XDG_CACHE_HOME": str(tmp_path / "elsewhere")})

    assert folder.parent == tmp_path / "elsewhere" / "pitcrew" / "controlplane"


def test_a_build_says_each_step_with_its_seconds(go: FakeGo, capsys: pytest.CaptureFixture[str]) -> None:
    build(go.environment)

    first, *steps = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"building Kubernetes v1\.\d+\.\d+ for the tests, up to about 17 minutes the first time", first)
    assert [re.sub(r"[\d.]+ s$", "… s", step) for step in steps] == [
        f"building {step} ... … s" for step in ("modules", *COMPONENTS, "one program of the four")
    ]


def test_a_second_build_does_nothing_and_says_nothing(go: FakeGo, capsys: pytest.CaptureFixture[str]) -> None:
    build(go.environment)
    capsys.readouterr()

    build(go.environment)

    assert go.builds == 1
    assert capsys.readouterr().out == ""


def test_a_build_of_which_a_part_was_removed_is_built_again(go: FakeGo) -> None:
    (build(go.environment) / "controlplane").unlink()

    assert find(go.environment) is None
    assert build(go.environment) == find(go.environment)


def test_a_users_settings_of_go_reach_the_build_only_where_they_say_whence_and_whereto(go: FakeGo) -> None:
    build(go.environment)

    seen = {line for line in go.file("environment").read_text().splitlines() if line.startswith(("GO", "CGO"))}
    assert seen == {
        "CGO_ENABLED=0", "GOENV=off", "GOFLAGS=-mod=readonly", "GOPROXY=direct", "GOTOOLCHAIN=local", "GOWORK=off",
    }  # fmt: skip


def test_the_servers_say_the_version_that_is_pinned(go: FakeGo) -> None:
    build(go.environment)

    flags = re.findall(r"version\.(git\w+)=(\S+)", go.file("log").read_text())
    version = dict(flags)["gitVersion"]
    assert version == "v1.{gitMinor}.".format(**dict(flags)) + version.rsplit(".", 1)[1]


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
    assert build(go.environment) == find(go.environment)


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
    assert (first.returncode, second.returncode, go.builds) == (0, 0, 1)


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
