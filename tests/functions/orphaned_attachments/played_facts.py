"""A run played on facts alone: each act changes what it is on, nothing else moves but time.

Over 120 lines because each of nine acts has an effect of its own.

No controller of Kubernetes helps: what is released here is released by our acts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from functions.orphaned_attachments.decision import Facts, decide
from functions.orphaned_attachments.decision.acts import Act, Kind
from functions.orphaned_attachments.decision.holdings import Attachment, Place
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.decision.looks import after_act
from functions.orphaned_attachments.decision.node import HOLD, TAINTED
from tests.functions.orphaned_attachments.facts import OUT_OF_SERVICE

TAKEN = timedelta(seconds=1)
"""What an act takes, with the looks around it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How a run ended."""

    verdict: str
    acts: tuple[tuple[str, str], ...]
    """Each act's kind and subject."""


def played(facts: Facts, *, steps: int) -> Played:
    """Play a run to its end. Fails where it has none within *steps*."""
    acts: list[tuple[str, str]] = []
    for _ in range(steps):
        decision = decide(facts)
        facts = decision.facts
        if decision.act:
            acts.append((decision.act.kind.value, decision.act.subject))
            facts = after(facts, decision.act)
        elif decision.pause is None:
            return Played(verdict=decision.verdict.value, acts=tuple(acts))
        facts = _later(facts, TAKEN if decision.act else decision.pause or TAKEN)
    raise AssertionError(f"no end within {steps} steps; acts: {acts}")


def after(facts: Facts, act: Act) -> Facts:
    """Return the facts as the act leaves them."""
    memory = after_act(
        facts.memory,
        now=facts.now,
        is_release=act.kind.is_release,
        unmarks=act.kind in {Kind.UNHOLD, Kind.UNTAINT},
        detached=act.subject if act.kind is Kind.DETACH else "",
    )
    return EFFECTS[act.kind](replace(facts, memory=memory), act)


def _later(facts: Facts, pause: timedelta) -> Facts:
    """Let time pass; of a terminated machine EC2 detaches the volumes itself."""
    is_free = facts.instance.state is State.TERMINATED
    volumes = tuple(
        replace(one, place=Place.AVAILABLE) if is_free and one.place is Place.HERE else one for one in facts.volumes
    )
    return replace(facts, now=facts.now + pause, volumes=volumes)


def _held(facts: Facts, _act: Act) -> Facts:
    assert facts.node
    annotations = {**facts.node.annotations, HOLD: f"{facts.instance.id} {facts.now.isoformat()}"}
    node = replace(facts.node, finalizers=(*facts.node.finalizers, HOLD), annotations=annotations)
    return replace(facts, node=node)


def _unheld(facts: Facts, _act: Act) -> Facts:
    assert facts.node
    rest = tuple(one for one in facts.node.finalizers if one != HOLD)
    return replace(facts, node=None if facts.node.deleting_since else replace(facts.node, finalizers=rest))


def _tainted(facts: Facts, _act: Act) -> Facts:
    assert facts.node
    annotations = {**facts.node.annotations, TAINTED: f"us {facts.instance.id} {facts.now.isoformat()}"}
    node = replace(facts.node, taints=(*facts.node.taints, OUT_OF_SERVICE), annotations=annotations)
    return replace(facts, node=node)


def _untainted(facts: Facts, _act: Act) -> Facts:
    assert facts.node
    rest = tuple(one for one in facts.node.taints if one != OUT_OF_SERVICE)
    annotations = {key: value for key, value in facts.node.annotations.items() if key != TAINTED}
    return replace(facts, node=replace(facts.node, taints=rest, annotations=annotations))


def _without_pod(facts: Facts, act: Act) -> Facts:
    return replace(facts, pods=tuple(one for one in facts.pods if one != act.on))


def _deleting(facts: Facts, act: Act) -> Facts:
    return _changed(facts, act, lambda one: replace(one, deleting_since=facts.now))


def _kicked(facts: Facts, act: Act) -> Facts:
    return _changed(facts, act, lambda one: replace(one, kicked_at=facts.now))


def _changed(facts: Facts, act: Act, change: Callable[[Attachment], Attachment]) -> Facts:
    attachments, waiting = (
        tuple(change(one) if one == act.on else one for one in some) for some in (facts.attachments, facts.waiting)
    )
    return replace(facts, attachments=attachments, waiting=waiting)


def _stripped(facts: Facts, act: Act) -> Facts:
    return replace(facts, attachments=tuple(one for one in facts.attachments if one != act.on))


def _detached(facts: Facts, act: Act) -> Facts:
    volumes = tuple(replace(one, place=Place.AVAILABLE) if one == act.on else one for one in facts.volumes)
    return replace(facts, volumes=volumes)


EFFECTS: Mapping[Kind, Callable[[Facts, Act], Facts]] = {
    Kind.HOLD: _held,
    Kind.UNHOLD: _unheld,
    Kind.TAINT: _tainted,
    Kind.UNTAINT: _untainted,
    Kind.RELEASE_POD: _without_pod,
    Kind.DELETE_ATTACHMENT: _deleting,
    Kind.KICK: _kicked,
    Kind.DETACH: _detached,
    Kind.STRIP: _stripped,
}
