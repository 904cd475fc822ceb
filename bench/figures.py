"""Figures: several measurements of one thing."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Sample:
    """Measurements of one thing, in its unit."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.values)

    def per(self, other: "Sample") -> float:
        """Ratio of the medians: of runs that took turns, so that the machine was as busy for both."""
        return self.median / other.median

    def written(self, scale: float, *, digits: int) -> str:
        """Write the median, and the least and the most, each times *scale*."""
        middle, least, most = (f"{value * scale:,.{digits}f}" for value in (self.median, *self._ends))
        return f"{middle} ({least} to {most})"

    @property
    def _ends(self) -> tuple[float, float]:
        return min(self.values), max(self.values)
