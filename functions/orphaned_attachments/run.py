"""The two steps of the loop: look at the evidence, and do the next step. Every execution comes through here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from functions.orphaned_attachments.decision import Decision, Verdict, decide
from functions.orphaned_attachments.decision.acts import Act, Kind
from functions.orphaned_attachments.decision.looks import after_act
from functions.orphaned_attachments.evidence import ANSWER_SECONDS, Evidence
from functions.orphaned_attachments.proofs import outcome, prove_act, prove_look
from functions.orphaned_attachments.travel import Run
from functions.orphaned_attachments.writes import Writes, Written
from pitcrew.mode import Mode, ModeParameter

MARKS_OFF = "our marks"
OFF_IN_EVERY_MODE = frozenset({Kind.UNHOLD, Kind.UNTAINT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Takes runs a step further."""

    evidence: Evidence
    mode: ModeParameter

    def look(self, run: Run) -> dict[str, Any]:
        """Read the evidence and decide. Returns the run, its verdict, and which state comes next."""
        mode, decision = self.mode.read(), self._decide(run)
        is_changed = bool(run.planned) and not run.verdict and not _is_as_planned(run, decision.verdict)
        act = decision.act if decision.act and not is_changed and _may(decision.act, run, mode) else None
        verdict = "" if mode is Mode.OFF else decision.verdict.value
        would = decision.act if act is None else None
        is_over = is_changed or mode is Mode.OFF or decision.pause is None or (would and would.kind.is_release)
        following = "act" if act else "end" if is_over else "wait"
        if following == "end" or verdict != run.verdict:
            prove_look(decision, run, mode=mode, would=would, is_final=following == "end")
        name = decision.facts.cluster.name or run.cluster
        run = replace(run, memory=decision.facts.memory, cluster=name, verdict=verdict)
        return {
            "run": run.pack(),
            "next": following,
            "act": _named(act) if act else None,
            "wait": int(decision.pause.total_seconds()) if decision.pause else 0,
            "outcome": outcome(decision, is_changed=is_changed, mode=mode, would=would),
        }

    def act(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Read and decide again, and do the act that was named where it still is the next one."""
        run, mode = Run.unpack(asked["run"]), self.mode.read()
        decision = self._decide(run)
        act = decision.act
        run = replace(run, memory=decision.facts.memory)
        if act is None or _named(act) != asked["act"] or not _may(act, run, mode):
            return {"run": run.pack(), "next": "look"}
        cluster = self.evidence.connect(run.cluster, seconds=ANSWER_SECONDS)
        writes = Writes(cluster, self.evidence.volumes, instance=run.instance, now=decision.facts.now)
        written = writes.do(act)
        prove_act(decision, act, written, run, mode=mode, state_after=self.evidence.state_of(run.instance))
        # What changed since it was read is read again at once; what is refused twice would be refused for ever.
        is_futile = written.result in {"refused", "unknown"} or (written.result == "changed" and run.trouble)
        following = "wait" if is_futile else "look"
        wait = int(self.evidence.policy.pause.total_seconds())
        return {"run": _after(run, decision, act, written).pack(), "next": following, "wait": wait}

    def _decide(self, run: Run) -> Decision:
        policy = replace(
            self.evidence.policy,
            accepts_planned_stop=Verdict.PLANNED_STOP.value in run.accepts,
            accepts_too_many=Verdict.TOO_MANY_AT_ONCE.value in run.accepts,
            takes_marks_off=MARKS_OFF in run.accepts,
        )
        return decide(self.evidence.of(run.instance, cluster=run.cluster, memory=run.memory, policy=policy))


def _may(act: Act, run: Run, mode: Mode) -> bool:
    """Whether the mode of this very moment lets us act; our own marks come off in every mode."""
    if act.kind in OFF_IN_EVERY_MODE:
        return True
    if MARKS_OFF in run.accepts:
        return False
    return mode is Mode.ENFORCE or (mode is Mode.OBSERVE and run.is_by_an_operator)


def _is_as_planned(run: Run, verdict: Verdict) -> bool:
    """Whether the verdict still is the one that the plan showed; what an operator has accepted may now go on."""
    if MARKS_OFF in run.accepts or verdict == run.planned:
        return True
    return run.planned in run.accepts and verdict is Verdict.RELEASING


def _named(act: Act) -> dict[str, str]:
    return {"kind": act.kind.value, "name": act.name, "subject": act.subject}


def _after(run: Run, decision: Decision, act: Act, written: Written) -> Run:
    """Return the run with what the act changes of it; one that may have happened counts as begun."""
    if not written.may_have_happened:
        return replace(run, trouble="" if written.result == "already done" else f"{written.call}: {written.answer}")
    now = decision.facts.now
    memory = after_act(
        run.memory,
        now=now,
        is_release=act.kind.is_release,
        unmarks=act.kind in OFF_IN_EVERY_MODE,
        detached=act.subject if act.kind is Kind.DETACH else "",
    )
    return replace(
        run, memory=memory, acts=run.with_act(f"{now:%H:%M:%S} {written.call} ({written.result})"), trouble=""
    )
