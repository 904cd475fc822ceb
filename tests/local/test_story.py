"""The stories of `make demo`, line by line."""

import pytest

from local import stories
from local.stage import Stage
from local.story import Row, StoryError

LINES = tuple(stories.lines())


class Telling:
    """Plays lines in their order and each once, so that a line can be asked for alone."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._told: list[list[Row]] = []
        self._is_over = False

    def play(self, number: int) -> list[Row]:
        """Play all lines up to this one, and return what this one has to show. Raises StoryError."""
        while len(self._told) <= number:
            line = LINES[len(self._told)]
            if self._is_over:
                raise StoryError(f"the story has ended before, at: {line.says}")
            self._is_over = True
            self._told.append(line.play(self._stage))
            self._is_over = False
        return self._told[number]


@pytest.fixture(scope="module")
def telling(stage: Stage) -> Telling:
    return Telling(stage)


@pytest.mark.parametrize("number", range(len(LINES)), ids=[line.says for line in LINES])
def test_line(telling: Telling, number: int) -> None:
    assert telling.play(number), "the line has nothing to show"
