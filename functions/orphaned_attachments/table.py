"""The rows of a plan: what is said of each instance, and in which order."""

from collections.abc import Sequence
from typing import Any

from functions.orphaned_attachments.asking import accepted
from functions.orphaned_attachments.decision import Decision, Verdict
from functions.orphaned_attachments.proofs import evidence, outcome
from functions.orphaned_attachments.run import MARKS_OFF
from pitcrew.mode import Mode
from pitcrew.plan import Row


def row(decision: Decision, *, cluster_id: str, target: str) -> Row:
    """Say of one instance what an operator needs to decide; where one thing is asked about, all of the evidence."""
    facts, said = decision.facts, outcome(decision, is_changed=False, mode=Mode.ENFORCE, would=None)
    names = {facts.cluster.name, cluster_id}
    details: dict[str, Any] = {
        "cluster": facts.cluster.name,
        "clusterId": cluster_id if cluster_id != facts.cluster.name else "",
        "node": facts.node.name if facts.node else "",
        "state": facts.instance.state.value,
        "act": _act(decision, target, names),
        "why": said["why"],
        "remedy": said["remedy"],
        "notes": [note.value for note in decision.notes],
    }
    if target and target not in {*names, MARKS_OFF}:
        details["evidence"] = evidence(facts)
        details["rules"] = {verdict.value: applied for verdict, applied in decision.outcomes}
    filled = {name: value for name, value in details.items() if value}
    return Row(subject=facts.instance.id, verdict=decision.verdict.value, details=filled)


def rank(one: Row) -> tuple[bool, bool, str, str]:
    """Order rows: what is released, what else an apply would touch, the rest."""
    return one.verdict != Verdict.RELEASING, "act" not in one.details, one.verdict, one.subject


def summary(rows: Sequence[Row], silent: Sequence[str], *, target: str, mode: Mode) -> str:
    """Say in a line what a plan has found; *silent* tells of clusters that did not answer."""
    acts = sum("act" in one.details for one in rows)
    what = f"our marks would come off {acts} nodes" if target == MARKS_OFF else f"{acts} would be released"
    parts = [what, f"{len(rows) - acts} not"]
    if not rows:
        parts = [f"nothing here is called {target!r}" if target else "nothing holds a volume that it should not"]
    if mode is Mode.OFF and target != MARKS_OFF:
        parts.append("the mode is off: an apply would be refused")
    return "; ".join([", ".join(parts), *silent])


def _act(decision: Decision, target: str, clusters: set[str]) -> str:
    """Return what an apply of this plan would begin with; empty where it would not touch the instance."""
    act, instance, verdict = decision.act, decision.facts.instance.id, decision.verdict.value
    if target == MARKS_OFF:
        return "take our marks off"
    if accepted(verdict, instance=instance, clusters=clusters, target=target):
        return "release, though it was held back"
    if decision.verdict is not Verdict.RELEASING:
        return ""
    return f"{act.kind}: {act.name}" if act else "look again: Kubernetes has its time first"
