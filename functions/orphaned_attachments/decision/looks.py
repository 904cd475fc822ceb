"""What a run remembers of a look, and how long it waits before the next one."""

from dataclasses import replace
from datetime import datetime, timedelta

from functions.orphaned_attachments.decision.facts import Facts, Standing
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.decision.rules import Verdict


def remembered(facts: Facts) -> Memory:
    """Return the memory with what this look has seen, which the decision may count on at once."""
    memory, now, state, node = facts.memory, facts.now, facts.instance.state, facts.node
    is_down = state.is_dead or state is State.NOT_FOUND
    memory = replace(
        memory,
        first_look_at=memory.first_look_at or now,
        dying_since=memory.dying_since or (now if state.is_dying else None),
        dead_since=memory.dead_since or (now if is_down else None),
        back_since=memory.back_since or (now if state.is_alive else None),
        unreachable_looks=memory.unreachable_looks + (facts.standing is Standing.UNREACHABLE),
    )
    if node is None:
        return memory
    if node.lease_renewed_at != memory.lease:
        memory = replace(memory, lease=node.lease_renewed_at, lease_since=now)
    return replace(memory, node_name=node.name)


def after_act(memory: Memory, *, now: datetime, is_release: bool, unmarks: bool = False, detached: str = "") -> Memory:
    """Return the memory after an act that was done, or may have been; *detached* is the volume of a detach."""
    volumes = dict(memory.detached) | ({detached: now} if detached else {})
    return replace(
        memory,
        last_act_at=now,
        has_begun=memory.has_begun or is_release,
        has_unmarked=memory.has_unmarked or unmarks,
        detached=volumes,
    )


def pause(facts: Facts, verdict: Verdict) -> timedelta | None:
    """Return how long to wait where there is nothing to do; None: the run is over."""
    memory, policy = facts.memory, facts.policy
    if not verdict.looks_again or _is_given_up(facts, verdict):
        return None
    if memory.last_act_at and facts.now - memory.last_act_at < policy.after_act:
        return policy.pause_after_act
    is_early = memory.first_look_at is None or facts.now - memory.first_look_at < policy.early
    return policy.pause if is_early else policy.long_pause


def _is_given_up(facts: Facts, verdict: Verdict) -> bool:
    memory, policy = facts.memory, facts.policy
    if verdict is Verdict.CLUSTER_UNREACHABLE:
        return memory.unreachable_looks >= policy.unreachable_looks
    if verdict is Verdict.CAME_BACK:
        is_marked = facts.node is not None and facts.node.is_marked
        is_late = memory.back_since is not None and facts.now - memory.back_since >= policy.back_at_most
        return not is_marked or is_late
    return False
