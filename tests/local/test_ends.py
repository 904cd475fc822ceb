"""However a demo ends, nothing is left behind."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals
from typing import TypeAlias

import pytest

from local.deployment import running_stage
from local.environment import ACCOUNT
from tests.local.demos import Demo, until

Moment: TypeAlias = Callable[[Demo], object]

INTERRUPTED = 130
IMPATIENTLY = [SIGINT] * 60
"""Ctrl-C again and again, all the while the demo ends."""


def starting(demo: Demo) -> bool:
    return any("local.standin.server" in command for command in demo.commands)


def bringing_up(demo: Demo) -> bool:
    """Whether all three are at it: the cloud, the bootstrap, and the app in the synth beside it."""
    commands = "\n".join(demo.commands)
    return all(one in commands for one in ("local.standin.server", "cdk bootstrap", "app.py"))


def starting_a_cluster(demo: Demo) -> bool:
    return any("--etcd-servers" in command for command in demo.commands)


def telling_the_story(demo: Demo) -> bool:
    return "cdk deploy" in demo.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    folder.mkdir()
    return folder


@pytest.fixture
def demo(folder: Path) -> Iterator[Demo]:
    demo = Demo(folder)
    yield demo
    demo.end()


@pytest.mark.parametrize(
    ("moment", "signals"),
    [
        (starting, [SIGINT]),
        (bringing_up, [SIGTERM]),
        (bringing_up, IMPATIENTLY),
        (starting_a_cluster, [SIGINT]),
        (telling_the_story, [SIGINT]),
        (telling_the_story, [SIGTERM]),
    ],
    ids=lambda value: value.__name__ if callable(value) else f"{len(value)}x{value[0].name}",
)
def test_an_interrupted_demo_leaves_no_process_and_no_folder(
    demo: Demo, folder: Path, moment: Moment, signals: list[Signals]
) -> None:
    demo.wait_for(moment)

    status = demo.send(*signals)

    assert status == INTERRUPTED
    assert demo.commands == []
    assert list(folder.iterdir()) == []
    assert "Interrupted" in demo.output
    assert "Traceback" not in demo.output


@pytest.mark.parametrize("moment", [bringing_up, starting_a_cluster, telling_the_story])
def test_a_killed_demo_leaves_no_process(demo: Demo, moment: Moment) -> None:
    demo.wait_for(moment)

    status = demo.send(SIGKILL)

    assert status == -SIGKILL
    until(lambda: not demo.commands)


def test_who_plays_beside_the_cluster_can_ask_the_cloud_to_the_last(folder: Path) -> None:
    asked: list[str] = []
    with running_stage(folder, with_cluster=True) as stage, contextlib.ExitStack() as ending:
        ending.callback(lambda: asked.append(stage.cloud.client("sts").get_caller_identity()["Account"]))
        assert stage.cluster
        stage.cluster.join(ending.pop_all())

    assert asked == [ACCOUNT]
