"""The design page's two tables, said once more in the words of the evidence classes: what a test compares with.

Nothing here asks the product.
"""

from tests.functions.orphaned_attachments.evidence_classes import HIBERNATED, Classes

ALIVE = {"pending", "running"}
WITHOUT_EVIDENCE = {
    HIBERNATED: "Hibernated",
    "not found": "NotConfirmed",
    "unknown": "NotConfirmed",
    "stopping": "Watching",
    "shutting-down": "Watching",
}


def verdict(one: Classes) -> str:
    """Return the first row of the table of verdicts that applies."""
    is_marked = "held" in one.node or "by us" in one.node
    if one.instance in ALIVE:
        if is_marked or one.has_begun:
            return "CameBack"
        is_outside = one.instance == "running" and one.volume == "here" and one.attachments == "none"
        return "AttachedOutsideKubernetes" if is_outside else "Alive"
    if one.instance in WITHOUT_EVIDENCE:
        return WITHOUT_EVIDENCE[one.instance]
    if one.attachments == "none" and one.volume != "here" and not _has_pods(one):
        return "Released" if is_marked or one.has_begun else "NothingToRelease"
    return "Contradicted" if one.node in {"not silent", "tainted by us, and back"} else "Releasing"


def act(one: Classes) -> str:
    """Return the next act; empty where there is none."""
    if "held" in one.node and (one.instance in ALIVE or one.attachments == "none" or _is_replaced(one)):
        return "unhold"
    if _is_to_untaint(one):
        return "untaint"
    is_final = one.instance == "shutting-down" or (one.instance == "terminated" and verdict(one) == "Contradicted")
    if is_final and one.attachments != "none" and _is_own(one) and "held" not in one.node:
        return "hold"
    return _release(one) if verdict(one) == "Releasing" else ""


def _release(one: Classes) -> str:
    has_work = one.attachments != "none" or _has_pods(one)
    if has_work and not one.is_direct and _is_own(one) and "tainted" not in one.node:
        return "taint"
    if _has_pods(one) and (one.node != "tainted by us now" or one.pods == "terminating"):
        return "release pod"
    return _of_attachment(one) or _of_volume(one)


def _of_attachment(one: Classes) -> str:
    if one.attachments == "present":
        is_kubernetes_at_work = one.node == "tainted by us now" or (
            one.node == "tainted by others" and not one.has_begun
        )
        return "" if is_kubernetes_at_work or _is_bound(one) else "delete VolumeAttachment"
    if one.attachments == "deleting old, kicked in vain" and one.volume != "here":
        return "strip finalizer"
    return "kick" if one.attachments == "deleting old" else ""


def _of_volume(one: Classes) -> str:
    is_late = one.has_begun  # Its last act was 100 s ago; else the first look was 20 s ago.
    # A pod on the Node of another machine waits for the volume, where no VolumeAttachment says that it has it.
    is_kept = _is_bound(one) and not (_is_replaced(one) and one.attachments == "none")
    return "detach" if one.instance == "stopped" and one.volume == "here" and is_late and not is_kept else ""


def _is_to_untaint(one: Classes) -> bool:
    if "by us" not in one.node:
        return False
    is_quiet = one.attachments in {"none", "present"} and one.pods != "terminating"
    is_back = one.instance == "running" and one.node == "tainted by us, and back" and is_quiet
    return is_back or _is_replaced(one)


def _is_own(one: Classes) -> bool:
    return one.node != "none" and not _is_replaced(one)


def _is_replaced(one: Classes) -> bool:
    return one.node.startswith("replaced")


def _has_pods(one: Classes) -> bool:
    return one.pods in {"bound", "terminating", "failed by us"} and not _is_replaced(one)


def _is_bound(one: Classes) -> bool:
    return one.pods in {"bound", "terminating", "spared"}
