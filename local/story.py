"""What a story is made of: sentences that are true or not, and rows for the table at the end."""

from dataclasses import dataclass


class StoryError(AssertionError):
    """The cloud is not as the story says it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table at the end: what became of one group, or of one command."""

    what: str
    verdict: str = ""
    before: str = ""
    after: str = ""
    seconds: float | None = None
    """From the event (or the command) to its effect."""


def expect(fact: object, sentence: str) -> None:
    """Raise StoryError unless *fact*; unlike assert, it also holds under `python -O`."""
    if not fact:
        raise StoryError(sentence)
