"""What the page is made of: goals, and tables in Markdown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure that has a goal."""

    name: str
    measured: float
    most: float
    unit: str = ""
    digits: int = 0

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the goal as a row."""
        verdict = "met" if self.measured <= self.most else "**missed**"
        return self.name, *(f"{value:,.{self.digits}f}{self.unit}" for value in (self.measured, self.most)), verdict


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goals_table(goals: Iterable[Goal]) -> str:
    """Write goals and whether they were met."""
    return table(("figure", "measured", "goal", ""), (goal.cells for goal in goals))
