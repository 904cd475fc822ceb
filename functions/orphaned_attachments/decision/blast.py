"""How much of a cluster is dead at once, and which of it somebody planned."""

from functions.orphaned_attachments.decision.facts import Facts, Neighbour
from functions.orphaned_attachments.decision.instance import USER_STOP, Instance, State
from functions.orphaned_attachments.decision.node import Node

_STOPPED = {State.STOPPED, State.STOPPING}


def is_planned(facts: Facts, one: Neighbour) -> bool:
    """Whether a person or a schedule stopped this machine on purpose: it will be back with its volumes."""
    if one.state_reason != USER_STOP or one.state not in _STOPPED:
        return False
    return one.is_cordoned or one.lifecycle.startswith("Warmed:") or _are_many_stopped(facts)


def excess(facts: Facts) -> str:
    """Say which limit is passed, counted over all dead and dying nodes but the planned ones; empty where none is."""
    cluster, policy = facts.cluster, facts.policy
    down = [one for one in cluster.down if not is_planned(facts, one)]
    nodes = cluster.nodes - (len(cluster.down) - len(down))
    if len(down) > policy.most_nodes(cluster.nodes):
        return f"{len(down)} nodes are dead or dying at once, more than {policy.most_nodes(cluster.nodes)}"
    if cluster.healthy * 100 < nodes * policy.min_healthy_percent:
        return f"{cluster.healthy} of {nodes} nodes are healthy, less than {policy.min_healthy_percent} %"
    masters = sum(one.is_control_plane for one in down)
    if masters > policy.max_control_plane:
        return f"{masters} control-plane nodes are dead or dying at once, more than {policy.max_control_plane}"
    return ""


def neighbour(instance: Instance, found: Node | None) -> Neighbour:
    """Return an instance as one of the dead nodes; a Node that belongs to another one by now says nothing of it."""
    node = found if found and found.is_of(instance.id) else None
    return Neighbour(
        instance=instance.id,
        state=instance.state,
        state_reason=instance.state_reason,
        lifecycle=instance.lifecycle,
        is_cordoned=bool(node and node.is_cordoned),
        is_control_plane=bool(node and node.is_control_plane),
    )


def _are_many_stopped(facts: Facts) -> bool:
    stopped = [one for one in facts.cluster.down if one.state in _STOPPED and one.state_reason == USER_STOP]
    return len(stopped) > facts.policy.most_nodes(facts.cluster.nodes)
