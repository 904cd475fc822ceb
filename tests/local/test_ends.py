"""However a demo ends, nothing is left behind; one whose story does not hold says which sentence."""

from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM, Signals
from typing import TypeAlias

import pytest

from local.demo import perform, tell
from local.story import Row, StoryError
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


@pytest.mark.parametrize("moment", [bringing_up, telling_the_story])
def test_a_killed_demo_leaves_no_process(demo: Demo, moment: Moment) -> None:
    demo.wait_for(moment)

    status = demo.send(SIGKILL)

    assert status == -SIGKILL
    until(lambda: not demo.commands)


def test_a_story_that_does_not_hold_fails_and_says_which_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[Path] = []

    def play(folder: Path) -> list[Row]:
        seen.append(folder)
        return tell("pigs walk", lambda: [Row(what="pig")]) + tell("pigs fly", _untrue) + tell("never told", list)

    status = perform(play)

    output = capsys.readouterr().out
    assert status == 1
    assert "✓" in _line(output, "pigs walk")
    assert "✗" in _line(output, "pigs fly")
    assert "The story does not hold: the pig [1] stays on the ground" in output
    assert "never told" not in output
    assert not seen[0].exists()


def test_a_story_that_holds_ends_well_and_leaves_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[Path] = []

    def play(folder: Path) -> list[Row]:
        seen.append(folder)
        return tell("pigs walk", lambda: [Row(what="pig", verdict="walks")])

    assert perform(play) == 0
    assert "walks" in capsys.readouterr().out
    assert not seen[0].exists()


def _untrue() -> list[Row]:
    raise StoryError("the pig [1] stays on the ground")


def _line(output: str, words: str) -> str:
    return next(line for line in output.splitlines() if words in line)
