"""The part of docs/performance.md about what a release asks, and what it costs."""

from collections.abc import Iterator, Mapping, Sequence

from bench.orphaned_attachments.cases import WITH_PITCREW, Played, usual
from bench.tables import table

_PRICE = 25.0
"""Dollars for a million state transitions of Standard Workflows: https://aws.amazon.com/step-functions/pricing/"""

_ABOUT_RELEASES = (
    "What one execution makes that frees one volume; of the turns the one with the middle number of states."
    " Each function has connections of its own, which it opens here; the function that starts the execution is not"
    " counted. State transitions are the states that are entered, at $0.025 for 1,000 (Standard Workflows)."
)
_COUNTED = tuple(case for case in WITH_PITCREW if case.name in {"terminated", "told-late"})


def about_releases(outages: Sequence[Played]) -> Iterator[str]:
    """Write what the executions of two cases made."""
    yield "## Orphaned attachments: a release"
    yield _ABOUT_RELEASES
    yield table(("", *(case.title for case in _COUNTED)), _releases([usual(case, outages) for case in _COUNTED]))


def _releases(plays: Sequence[Played]) -> Iterator[tuple[str, ...]]:
    yield "acts", *(", ".join(one.acts) for one in plays)
    for name, counts in (
        ("state transitions", [one.states for one in plays]),
        ("calls to AWS", [one.calls for one in plays]),
        ("calls to the Kubernetes API", [one.requests for one in plays]),
    ):
        totals = [sum(one.values()) for one in counts]
        yield f"**{name}**", *map(str, totals)
        if name == "state transitions":
            yield "$ for 1,000 releases", *(f"{total * _PRICE / 1000:.2f}" for total in totals)
        yield from _each(counts)


def _each(counts: Sequence[Mapping[str, int]]) -> Iterator[tuple[str, ...]]:
    names = dict.fromkeys(name for one in counts for name in sorted(one, key=lambda name: -one[name]))
    for name in names:
        yield f"`{name}`", *(str(one.get(name, 0)) for one in counts)
