"""The sweep: finds what no event told, and mends it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aws_lambda_powertools import Logger

from functions.proxy_protocol.decision import Facts
from functions.proxy_protocol.decision.rules import Note
from functions.proxy_protocol.evidence import disagreements, prove
from functions.proxy_protocol.inventory import Inventory
from functions.proxy_protocol.outcome import Outcome
from functions.proxy_protocol.reconcile import Reconciler
from functions.proxy_protocol.survey import Survey
from pitcrew import proof
from pitcrew.deadline import Deadline
from pitcrew.metrics import count
from pitcrew.mode import Mode

CAUSE = {"sweep": True}

logger = Logger(child=True)


class SweepIncompleteError(Exception):
    """Something was left undone; the next sweep begins elsewhere, so that nothing is left out for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which sweep this is by the clock, and how many groups one can look at in its time."""

    now: datetime
    every: timedelta
    capacity: int

    def order(self, candidates: list[Facts]) -> list[Facts]:
        """Begin where the sweep before this one could not reach; the clock is the only memory."""
        if not candidates:
            return candidates
        number = int(self.now.timestamp() // self.every.total_seconds())
        start = number * self.capacity % len(candidates)
        return candidates[start:] + candidates[:start]


def sweep(reconciler: Reconciler, inventory: Inventory, *, turn: Turn, deadline: Deadline) -> dict[str, int]:
    """Judge every group of a Kubernetes Service, and mend where the mode enforces.

    Returns how many had each verdict. Raises SweepIncompleteError where any was left undone.
    """
    mode = reconciler.mode.read()
    if mode is Mode.OFF:
        logger.info("mode is off: nothing is decided")
        return {}
    candidates = turn.order(inventory.candidates())
    survey = Survey(reconciler, mode=mode, deadline=deadline)
    judged, acts = survey.mend(candidates, prove=partial(prove, cause=CAUSE))
    counts = _report(judged, acts, mode)
    logger.info("sweep done", counts=counts, candidates=len(candidates), undone=len(survey.undone))
    if survey.undone:
        left = f"{len(survey.undone)} of {len(candidates)} target groups are left to the next sweep"
        raise SweepIncompleteError(left)
    return counts


def _report(judged: list[Outcome], acts: list[Outcome], mode: Mode) -> dict[str, int]:
    """Prove what a person should look at, beside the acts, which are proven; count the rest."""
    quiet: Counter[str] = Counter()
    for outcome in judged:
        if outcome.verdict.is_warning or outcome.notes:
            prove(outcome, cause=CAUSE)
        else:
            quiet[outcome.verdict] += 1
    proof.tally(quiet, mode=mode)
    for service, values in disagreements(judged + acts).items():
        logger.warning("groups of one Service disagree", kubernetesService=service, groups=values)
        count(Note.GROUPS_DISAGREE)
    mended = sum(outcome.written is not None and outcome.verdict.acts for outcome in acts)
    if mended:
        count("MendedBySweep", mended)
    return dict(Counter(outcome.verdict.value for outcome in judged + acts))
