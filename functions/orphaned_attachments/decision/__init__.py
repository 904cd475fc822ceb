"""Facts in, one verdict and the next single act out. Pure: no clock, no network, the standard library only."""

from dataclasses import dataclass, replace
from datetime import timedelta

from functions.orphaned_attachments.decision.acts import Act, next_act
from functions.orphaned_attachments.decision.facts import Facts
from functions.orphaned_attachments.decision.looks import pause, remembered
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.decision.rules import RULES, Note, Verdict, notes

__all__ = ["RULES", "Act", "Decision", "Facts", "Memory", "Verdict", "decide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows from the facts, and how it was found."""

    facts: Facts
    """With the memory as it is after this look."""

    verdict: Verdict
    outcomes: tuple[tuple[Verdict, bool], ...]
    """Each rule that was asked, in order, and whether it applied: the last one did."""

    notes: tuple[Note, ...]
    act: Act | None
    pause: timedelta | None
    """How long to wait where there is no act; None: the run is over."""


def decide(facts: Facts) -> Decision:
    """Judge one instance: the first row of the table that applies wins.

    Source of the table: docs/orphaned-attachments.md, generated from the rules.
    """
    facts = replace(facts, memory=remembered(facts))
    number = next(number for number, rule in enumerate(RULES) if rule.holds(facts))
    verdict = RULES[number].verdict
    return Decision(
        facts=facts,
        verdict=verdict,
        outcomes=tuple((rule.verdict, rule.verdict is verdict) for rule in RULES[: number + 1]),
        notes=notes(facts),
        act=next_act(facts, verdict),
        pause=pause(facts, verdict),
    )
