"""Every combination of the classes of evidence, as facts.

Each class is a word; `Classes` is one combination, and `facts_of` what EC2 and Kubernetes would show then.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from functions.orphaned_attachments.decision import Facts, Memory
from functions.orphaned_attachments.decision.holdings import Attachment, Place, Pod
from functions.orphaned_attachments.decision.instance import HIBERNATION, State
from functions.orphaned_attachments.decision.node import Node
from tests.functions.orphaned_attachments.facts import (
    NEW,
    OUT_OF_SERVICE,
    ago,
    attachment,
    dead,
    deleting,
    held,
    instance,
    node,
    pod,
    tainted,
    volume,
)

HIBERNATED = "stopped by hibernation"
INSTANCES = (*(state.value for state in State), HIBERNATED)

_TALKS: dict[str, Any] = {"ready": "True", "lease_renewed_at": ago(5)}
NODES: dict[str, Node | None] = {
    "none": None,
    "silent": node(),
    "not silent": node(**_TALKS),
    "replaced": node(**_TALKS, csi_instance=NEW),
    "held": held(),
    "held and deleted": held(deleting_since=ago(9)),
    "replaced, held": held(**_TALKS, csi_instance=NEW),
    "tainted by us now": tainted(1),
    "tainted by us": tainted(40),
    "tainted by us, and back": tainted(40, **_TALKS),
    "replaced, tainted by us": tainted(40, **_TALKS, csi_instance=NEW),
    "tainted by others": node(taints=(OUT_OF_SERVICE,)),
}
ATTACHMENTS: dict[str, tuple[Attachment, ...]] = {
    "none": (),
    "present": (attachment(),),
    "deleting young": (deleting(10),),
    "deleting old": (deleting(130),),
    "deleting old, kicked": (deleting(130, kicked_at=ago(9)),),
    "deleting old, kicked in vain": (deleting(130, kicked_at=ago(60)),),
}
PODS: dict[str, tuple[Pod, ...]] = {
    "none": (),
    "bound": (pod(),),
    "terminating": (pod(deleting_since=ago(0.5)),),
    "failed by us": (pod(is_over=True, is_failed_by_us=True),),
    "over": (pod(is_over=True),),
    "spared": (pod(is_spared=True),),
}
PLACES = tuple(place.name.lower() for place in Place)
BEGUN = {
    False: Memory(first_look_at=ago(20)),
    True: Memory(first_look_at=ago(200), last_act_at=ago(100), has_begun=True),
}


@dataclass(frozen=True, slots=True)
class Classes:
    """One combination."""

    instance: str
    node: str
    attachments: str
    pods: str
    volume: str
    has_begun: bool
    is_direct: bool


def every_combination() -> Iterator[Classes]:
    for words in product(INSTANCES, NODES, ATTACHMENTS, PODS, PLACES, (False, True), (False, True)):
        yield Classes(*words)


def facts_of(classes: Classes) -> Facts:
    state = State.STOPPED if classes.instance == HIBERNATED else State(classes.instance)
    usual = instance(state, launched_at=ago(3600))
    return dead(
        state,
        instance=replace(usual, state_reason=HIBERNATION) if classes.instance == HIBERNATED else usual,
        node=NODES[classes.node],
        attachments=ATTACHMENTS[classes.attachments],
        pods=PODS[classes.pods],
        volumes=(volume(Place[classes.volume.upper()]),),
        other_drivers=("fsx.csi.aws.com",) if classes.is_direct else (),
        memory=BEGUN[classes.has_begun],
    )
