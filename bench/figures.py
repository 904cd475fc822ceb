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
        """Ratio to another sample: the median over the pairs that ran next to each other.

        Whatever else keeps the machine busy comes and goes, and was the same for the two of a pair.
        """
        return median(mine / others for mine, others in zip(self.values, other.values, strict=True))

    def less(self, other: "Sample") -> "Sample":
        """Return what this takes more than another sample, pair by pair."""
        return Sample(tuple(mine - others for mine, others in zip(self.values, other.values, strict=True)))

    def written(self, scale: float, *, digits: int) -> str:
        """Write the median, and the least and the most, each times *scale*."""
        middle, least, most = (f"{value * scale:,.{digits}f}" for value in (self.median, *self._ends))
        return f"{middle} ({least} to {most})"

    @property
    def most(self) -> float:
        """The largest one."""
        return max(self.values)

    @property
    def _ends(self) -> tuple[float, float]:
        return min(self.values), max(self.values)
