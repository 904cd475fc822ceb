"""Facts in, one verdict out. Pure: no clock, no network, the standard library only."""

from functions.proxy_protocol.decision.facts import Facts, Section
from functions.proxy_protocol.decision.rules import RULES, Verdict, unneeded
from functions.proxy_protocol.decision.wish import Policy

__all__ = ["RULES", "Facts", "Policy", "Section", "Verdict", "decide"]


def decide(facts: Facts, policy: Policy) -> Verdict | Section:
    """Judge one target group: the first row of the table that applies wins.

    Rows see what has been read so far. Where none of them can say, the answer is the section to read next; each
    answer adds one, so that after at most seven questions there is a verdict.
    """
    settled = facts.read | unneeded(facts, policy)
    for rule in RULES:
        if rule.needs <= settled and rule.holds(facts, policy):
            return rule.verdict
    return next(section for section in Section if section not in settled)
