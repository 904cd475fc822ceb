"""A demo tells which lines came true, and which sentence does not hold; its folder is gone afterwards."""

from pathlib import Path

import pytest

from local.demo import perform
from local.story import Row, StoryError
from local.telling import tell


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
