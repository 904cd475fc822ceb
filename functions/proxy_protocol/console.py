"""An operator's runs, started from the console: plan shows, apply does what was shown."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from functions.proxy_protocol.decision import Facts, Verdict
from functions.proxy_protocol.evidence import prove, with_disagreements
from functions.proxy_protocol.inventory import Inventory
from functions.proxy_protocol.outcome import Outcome
from functions.proxy_protocol.reconcile import Reconciler
from functions.proxy_protocol.survey import Survey
from functions.proxy_protocol.table import matcher, rank, row
from pitcrew.deadline import Deadline
from pitcrew.mode import Mode
from pitcrew.plan import ModeOffError, Plan, Row, shown
from pitcrew.request import BadInputError

BY_AN_OPERATOR = frozenset({Mode.OBSERVE, Mode.ENFORCE})
"""An apply acts in `observe` too: a person decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What an apply did with one row of the plan."""

    subject: str
    planned: str
    now: str
    result: str
    """`applied`, `changed` since the plan, `off` (the mode), or `refused` by AWS (the verdict says how)."""


class Console:
    """Plans and applies for one account and region."""

    def __init__(self, reconciler: Reconciler, inventory: Inventory, *, deadline: Deadline) -> None:
        self._reconciler = reconciler
        self._inventory = inventory
        self._mode = reconciler.mode.read()
        self._survey = Survey(reconciler, mode=self._mode, deadline=deadline)
        self._deadline = deadline

    def plan(self, target: str, *, plan_id: str) -> dict[str, Any]:
        """Judge what *target* names and change nothing. Raises BadInputError.

        A plan is made in every mode, `off` too: it only reads, and a person asked for it.
        """
        outcomes = sorted(with_disagreements(self._survey.judge(self._candidates(target))), key=rank)
        for outcome in outcomes:
            prove(outcome, cause={"plan": plan_id})
        acts = sum(_is_to_be_done(outcome.verdict, outcome.facts.arn, target) for outcome in outcomes)
        return shown(list(map(row, outcomes)), plan_id=plan_id, summary=self._summary(outcomes), acts=acts)

    def _candidates(self, target: str) -> list[Facts]:
        if target.startswith("arn:"):
            if not target.startswith(self._reconciler.policy.home):
                home = self._reconciler.policy.home
                raise BadInputError(f"'target' is {target!r}, which is no target group here: their ARNs begin {home!r}")
            return [Facts(arn=target)]
        return list(filter(matcher(target, self._reconciler.services.registered), self._inventory.candidates()))

    def _summary(self, outcomes: list[Outcome]) -> str:
        acts = sum(outcome.verdict.acts for outcome in outcomes)
        held = [outcome.verdict.value for outcome in outcomes if outcome.verdict.is_held_back]
        reasons = f" ({', '.join(sorted(set(held)))})" if held else ""
        parts = [f"{acts} would be switched on, {len(held)} held back{reasons}"]
        if not outcomes and not self._survey.undone:
            parts = ["no target group of a Kubernetes Service is meant"]
        if self._survey.undone:
            parts.append(f"{len(self._survey.undone)} could not be judged (see the log)")
        if self._mode is Mode.OFF:
            parts.append("the mode is off: an apply would be refused")
        return ", ".join(parts)

    def apply(self, plan: Plan) -> dict[str, Any]:
        """Decide the rows of *plan* again, and do those whose verdict is still the same. Raises ModeOffError."""
        if self._mode is Mode.OFF:
            raise ModeOffError(f"the mode is off: set {self._reconciler.mode.name} to observe or enforce first")
        due = [one for one in plan.rows if _is_to_be_done(Verdict(one.verdict), one.subject, plan.target)]
        done = [applied for one in due if (applied := self._apply(one, plan))]
        results = Counter(applied.result for applied in done)
        undone = f", {len(self._survey.undone)} could not be reached: apply again" if self._survey.undone else ""
        return {
            "summary": f"{results['applied']} switched on, {len(done) - results['applied']} not{undone}",
            "counts": dict(results),
            "table": [asdict(applied) for applied in done],
            "changed": [asdict(applied) for applied in done if applied.result == "changed"],
        }

    def _apply(self, planned: Row, plan: Plan) -> Applied | None:
        def work() -> Outcome:
            outcome = self._reconciler.judge(Facts(arn=planned.subject), mode=self._mode, deadline=self._deadline)
            if outcome.verdict != planned.verdict:
                return outcome
            return self._reconciler.act(outcome, acts_in=BY_AN_OPERATOR, deadline=self._deadline)

        outcome = self._survey.attempt(planned.subject, work)
        if outcome is None:
            return None
        prove(outcome, cause={"apply": plan.id})
        result = _result(outcome, planned)
        return Applied(subject=planned.subject, planned=planned.verdict, now=outcome.verdict, result=result)


def _result(outcome: Outcome, planned: Row) -> str:
    if outcome.mode is Mode.OFF:
        return "off"
    if outcome.verdict == planned.verdict:
        return "applied"
    return "refused" if outcome.verdict in {Verdict.REFUSED, Verdict.UNVERIFIED} else "changed"


def _is_to_be_done(verdict: Verdict, arn: str, target: str) -> bool:
    """Whether an apply does this row: a group that was held back only where the plan named exactly that group."""
    return verdict.acts or (verdict.is_held_back and arn == target)
