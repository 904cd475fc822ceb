"""Our marks on Nodes, the hold and the taint: when they go on, and when they come off."""

from datetime import datetime

from functions.orphaned_attachments.decision.facts import Facts
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.decision.node import HOLD, TAINT, TAINTED, Node
from functions.orphaned_attachments.decision.rules import dead_node, is_replaced


def is_to_hold(facts: Facts, node: Node) -> bool:
    """Whether the Node would be deleted too early: the machine dies for good, and something is attached to it.

    A terminated one too, as long as its Node is not silent: the cloud provider does not wait for that.
    """
    is_final = facts.instance.state in {State.SHUTTING_DOWN, State.TERMINATED}
    is_wanted = facts.policy.hold_node and is_final and bool(facts.attachments)
    is_its_own = node.instance == facts.instance.id and node.is_of(facts.instance.id)
    was_held = facts.instance.id in node.annotations.get(HOLD, "").split()
    # The API refuses a new finalizer on an object that is being deleted.
    return is_wanted and is_its_own and node.deleting_since is None and not node.is_held and not was_held


def is_to_unhold(facts: Facts, node: Node) -> bool:
    """Whether the hold has served, or has lasted long enough; whose hold it is does not matter then."""
    if not node.is_held:
        return False
    held_at = _time_in(node.annotations.get(HOLD, ""))
    is_over = held_at is None or facts.now - held_at >= facts.policy.hold_at_most
    is_back = facts.instance.state.is_alive
    return is_over or is_back or not facts.attachments or is_replaced(facts) or facts.policy.takes_marks_off


def is_to_untaint(facts: Facts, node: Node) -> bool:
    """Whether our taint can come off: its machine is back, with a kubelet that works, and nothing is on its way out."""
    if not node.is_tainted_by_us:
        return False
    return facts.policy.takes_marks_off or is_replaced(facts) or _is_back(facts, node)


def _is_back(facts: Facts, node: Node) -> bool:
    launched, renewed = facts.instance.launched_at, node.lease_renewed_at
    has_kubelet = launched is not None and renewed is not None and renewed > launched
    is_quiet = all(one.deleting_since is None for one in facts.attachments) and all(
        pod.deleting_since is None for pod in facts.pods
    )
    return facts.instance.state is State.RUNNING and has_kubelet and is_quiet


def tainted_at(facts: Facts) -> datetime | None:
    """Return since when the dead Node is out of service; None where it is not, and nothing waits for Kubernetes.

    Of a taint that somebody else has put there the time is not known: it is counted from this run's first look.
    """
    node = dead_node(facts)
    if node is None or not node.is_tainted:
        return None
    return _time_in(node.annotations.get(TAINTED, "")) or facts.memory.first_look_at or facts.now


def without_ours(node: Node) -> list[dict[str, object]]:
    """Return the Node's taints but for ours."""
    return [dict(taint) for taint in node.taints if taint.get("key") != TAINT]


def _time_in(mark: str) -> datetime | None:
    """Read the time at the end of one of our annotations."""
    try:
        return datetime.fromisoformat(mark.rpartition(" ")[2])
    except ValueError:
        return None
