"""Each release act: when it is due, and when it is not for want of one condition; and their order.

Over 120 lines because there are six of them, each with all its conditions.
"""

from dataclasses import replace
from typing import Any

import pytest

from functions.orphaned_attachments.decision import Facts, Memory, decide
from functions.orphaned_attachments.decision.acts import Act, Kind
from functions.orphaned_attachments.decision.facts import Cluster
from functions.orphaned_attachments.decision.holdings import Attachment, Place
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.decision.node import TAINTED
from functions.orphaned_attachments.decision.releases import finalizer_of, is_to_detach, why_not_detach
from tests.functions.orphaned_attachments.facts import (
    DEAD,
    NEW,
    NOW,
    OTHER_VOLUME,
    OUT_OF_SERVICE,
    VOLUME,
    ago,
    attachment,
    bare,
    dead,
    deleting,
    instance,
    next_kind,
    node,
    pod,
    tainted,
    volume,
)

OLD = Cluster(nodes=10, healthy=9, minor=25)
REPLACED = node(csi_instance=NEW)
SOMEBODYS_TAINT = node(taints=(OUT_OF_SERVICE,))
SPARED = pod(is_spared=True)
FREE = volume(Place.AVAILABLE)
OFTEN_KICKED = deleting(200, kicked_at=ago(60))


def acted(seconds: float, **changes: Any) -> Memory:  # noqa: ANN401 (fields of Memory)
    """Return the memory of a run that released something *seconds* ago."""
    return replace(Memory(first_look_at=ago(300), last_act_at=ago(seconds), has_begun=True), **changes)


TAINTS: list[tuple[bool, Facts]] = [
    (True, dead()),
    (True, dead(State.TERMINATED)),
    (True, dead(attachments=())),
    (True, dead(pods=())),
    (True, dead(pods=(SPARED,))),
    (True, dead(node=node(provider_instance="", csi_instance=""))),
    (True, dead(node=node(deleting_since=ago(1)))),
    (True, dead(node=node(taints=({"key": "dedicated", "value": "db", "effect": "NoSchedule"},)))),
    (True, dead(node=node(taints=({"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"},)))),
    (True, dead(cluster=replace(OLD, minor=26))),
    (False, dead(node=None)),
    (False, dead(node=REPLACED)),
    (False, dead(node=node(provider_instance=NEW, csi_instance=""))),
    (False, dead(node=tainted())),
    (False, dead(node=SOMEBODYS_TAINT)),
    (False, dead(other_drivers=("fsx.csi.aws.com",))),
    (False, dead(cluster=OLD)),
    (False, dead(attachments=(), pods=())),
    (False, dead(attachments=(), pods=(SPARED,))),
    (False, dead(attachments=(), pods=(pod(is_over=True),))),
]

PODS: list[tuple[bool, Facts]] = [
    (True, dead(node=None)),
    (True, dead(cluster=OLD)),
    (True, dead(other_drivers=("fsx.csi.aws.com",))),
    (True, dead(node=tainted(5))),
    (True, dead(node=tainted(0, by=DEAD), pods=(pod(deleting_since=NOW),))),
    (True, dead(node=tainted(3), pods=(pod(deleting_since=ago(2)),))),
    (True, dead(node=None, pods=(SPARED, pod(is_over=True), pod(uid="b")))),
    (True, dead(node=None, pods=(pod(is_over=True, is_failed_by_us=True),))),
    (True, dead(node=SOMEBODYS_TAINT, memory=acted(0, first_look_at=ago(5)))),
    (True, dead(node=node(taints=(OUT_OF_SERVICE,), annotations={TAINTED: "us i-0dead when?"}), memory=acted(0))),
    (False, dead(node=tainted(4.9))),
    (False, dead(node=tainted(1), pods=(pod(deleting_since=ago(60)),))),
    (True, dead(node=tainted(5), pods=(pod(deleting_since=ago(60)),))),
    (False, dead(node=SOMEBODYS_TAINT)),
    (False, dead(node=SOMEBODYS_TAINT, memory=acted(0, first_look_at=ago(4)))),
    (False, dead(node=node(taints=(OUT_OF_SERVICE,), annotations={TAINTED: "us i-0dead when?"}))),
    (False, dead(node=None, pods=(SPARED,))),
    (False, dead(node=None, pods=(pod(is_over=True),))),
    (False, dead(node=None, pods=(pod(is_over=True, is_failed_by_us=True, is_spared=True),))),
    (True, dead(node=None, pods=(pod(is_force_deleted=True),))),
    (False, dead(node=None, pods=(pod(is_over=True, is_failed_by_us=True, is_force_deleted=True),))),
    (False, dead(node=REPLACED)),
    (False, dead(node=REPLACED, pods=(pod(deleting_since=ago(9)),))),
]

DELETES: list[tuple[bool, Facts]] = [
    (True, dead(node=None, pods=())),
    (True, dead(State.TERMINATED, node=None, pods=())),
    (True, dead(node=None, pods=(pod(is_over=True),))),
    (True, dead(node=None, pods=(pod(is_spared=True, volumes=(OTHER_VOLUME,)),))),
    (True, dead(node=REPLACED, pods=(pod(volumes=(OTHER_VOLUME,)),))),
    (True, dead(cluster=OLD, pods=())),
    (True, dead(node=tainted(30), pods=())),
    (True, dead(node=tainted(31), pods=())),
    (True, dead(node=tainted(300), pods=(), memory=acted(30))),
    (True, dead(node=SOMEBODYS_TAINT, pods=(), memory=Memory(first_look_at=ago(30)))),
    (True, dead(node=None, pods=(), attachments=(deleting(1), attachment(uid="b")))),
    (False, dead(node=tainted(29), pods=())),
    (False, dead(node=tainted(29), pods=(), memory=acted(40))),
    (False, dead(node=tainted(300), pods=(), memory=acted(29))),
    (False, dead(node=SOMEBODYS_TAINT, pods=(), memory=Memory(first_look_at=ago(29)))),
    (False, dead(node=None, pods=(SPARED,))),
    (False, dead(node=None, pods=(pod(is_spared=True, volumes=(OTHER_VOLUME, VOLUME)),))),
    (False, dead(node=REPLACED)),
    (False, dead(node=None, pods=(), attachments=(deleting(1),))),
    (False, dead(node=None, pods=(), attachments=())),
]

WAITING = attachment(uid="next", node_name="node-2", instance=NEW, is_attached=False)
DETACHED = acted(1, detached={VOLUME: ago(10)})


def waiting(attachment: Attachment = WAITING, **changes: Any) -> Facts:  # noqa: ANN401 (fields of Facts)
    """Return what a machine that holds nothing any more leaves: a VolumeAttachment that waits elsewhere."""
    usual: dict[str, Any] = {"node": None, "volumes": (FREE,), "memory": DETACHED, "waiting": (attachment,)}
    return bare(**(usual | changes))


KICKS: list[tuple[bool, Facts]] = [
    (True, dead(node=None, pods=(), attachments=(deleting(60.1),))),
    (True, dead(node=tainted(300), pods=(), attachments=(deleting(61),))),
    (True, dead(node=None, pods=(), attachments=(deleting(61, kicked_at=ago(62)),))),
    (True, dead(node=None, pods=(), attachments=(deleting(121),), volumes=(FREE,))),
    (False, dead(node=None, pods=(), attachments=(deleting(60),))),
    (False, dead(node=None, pods=(), attachments=(deleting(61, kicked_at=ago(61)),))),
    (False, dead(node=None, pods=(), attachments=(deleting(90, kicked_at=ago(1)),))),
    (True, waiting()),
    (True, waiting(attachments=(deleting(1),))),
    (True, waiting(replace(WAITING, kicked_at=ago(11)))),
    (True, dead(memory=DETACHED, waiting=(WAITING,), volumes=(FREE,))),
    (False, waiting(replace(WAITING, kicked_at=ago(10)))),
    (False, waiting(replace(WAITING, kicked_at=ago(9)))),
    (False, waiting(replace(WAITING, is_attached=True))),
    (False, waiting(replace(WAITING, volume=OTHER_VOLUME))),
    (False, waiting(memory=acted(1))),
    (False, waiting(memory=acted(1, detached={OTHER_VOLUME: ago(10)}))),
    (False, waiting(volumes=(volume(),))),
    (False, waiting(instance=instance(State.RUNNING))),
    (False, waiting(instance=instance(State.UNKNOWN))),
    (False, waiting(instance=instance(State.STOPPING))),
]


def lone(state: State = State.STOPPED, **changes: Any) -> Facts:  # noqa: ANN401 (fields of Facts)
    """Return a machine without a Node."""
    return bare(state, **({"node": None} | changes))


NAMELESS = deleting(121, volume="", is_pv_missing=True)
BOTH = (volume(), volume(Place.AVAILABLE, id=OTHER_VOLUME, pv="pv-2"))
STRIPS: list[tuple[bool, Facts]] = [
    (True, lone(attachments=(deleting(120.1, has_detach_error=True, kicked_at=ago(1)),), volumes=(FREE,))),
    (True, lone(State.TERMINATED, attachments=(deleting(121, has_detach_error=True),), volumes=(FREE,))),
    (True, lone(attachments=(deleting(121, has_detach_error=True),), volumes=(volume(Place.GONE),))),
    (True, lone(attachments=(deleting(121, has_detach_error=True),), volumes=(volume(Place.ELSEWHERE),))),
    (True, lone(attachments=(deleting(121, has_detach_error=True),), volumes=(FREE, volume(id=OTHER_VOLUME)))),
    (True, lone(attachments=(OFTEN_KICKED,), volumes=(FREE,))),
    (True, lone(attachments=(replace(OFTEN_KICKED, kicked_at=ago(61)),), volumes=(FREE,))),
    (True, lone(attachments=(deleting(121, volume=OTHER_VOLUME, has_detach_error=True),), volumes=BOTH)),
    (True, lone(attachments=(NAMELESS,), volumes=(volume(pv="pv-0"),))),
    (True, lone(attachments=(NAMELESS,))),
    (True, lone(attachments=(NAMELESS,), volumes=(volume(pv="pv-2"),))),
    (True, lone(attachments=(replace(OFTEN_KICKED, finalizers=("x/y", *OFTEN_KICKED.finalizers)),), volumes=(FREE,))),
    (False, lone(attachments=(deleting(120, has_detach_error=True, kicked_at=ago(1)),), volumes=(FREE,))),
    (False, lone(attachments=(deleting(119, has_detach_error=True, kicked_at=ago(1)),), volumes=(FREE,))),
    (False, lone(attachments=(attachment(has_detach_error=True),), volumes=(FREE,))),
    (False, lone(attachments=(deleting(121, has_detach_error=True),), volumes=(volume(),))),
    (False, lone(attachments=(replace(OFTEN_KICKED, kicked_at=ago(59.9)),), volumes=(FREE,))),
    (False, lone(attachments=(replace(OFTEN_KICKED, kicked_at=None),), volumes=(FREE,))),
    (False, lone(attachments=(replace(OFTEN_KICKED, finalizers=()),), volumes=(FREE,))),
    (False, lone(attachments=(replace(OFTEN_KICKED, finalizers=("external-attacher/ebs",)),), volumes=(FREE,))),
    (False, lone(attachments=(replace(OFTEN_KICKED, attacher="efs.csi.aws.com"),), volumes=(FREE,))),
    (False, lone(attachments=(NAMELESS,), volumes=(volume(),))),
    (False, lone(attachments=(replace(NAMELESS, pv=""),))),
]

LATE = acted(90.1)
IN_TREE = volume(is_in_tree=True)
TAKEN_OVER = bare(node=REPLACED, volumes=(volume(),), memory=LATE, pods=(pod(),))
DETACHES: list[tuple[bool, Facts]] = [
    (True, lone(volumes=(volume(),), memory=LATE)),
    (True, bare(node=tainted(200), volumes=(volume(),), memory=LATE)),
    (True, lone(volumes=(volume(),), memory=Memory(first_look_at=ago(91)))),
    (True, lone(attachments=(deleting(30),), volumes=(volume(),), memory=LATE)),
    (True, lone(volumes=(volume(attachment_state="busy"),), memory=LATE)),
    (True, lone(volumes=(volume(attachment_state="attaching"),), memory=LATE)),
    (True, lone(volumes=(volume(is_multi_attach=True),), memory=LATE)),
    (True, lone(volumes=(volume(),), memory=LATE, pods=(pod(is_over=True),))),
    (True, lone(volumes=(volume(),), memory=LATE, pods=(pod(is_spared=True, volumes=(OTHER_VOLUME,)),))),
    (True, bare(node=REPLACED, volumes=(volume(),), memory=LATE)),
    (True, TAKEN_OVER),
    (True, replace(TAKEN_OVER, attachments=(deleting(1, volume=OTHER_VOLUME),))),
    (True, replace(TAKEN_OVER, attachments=(deleting(1, volume="vol-0"),))),
    (True, lone(volumes=(volume(device=""),), memory=LATE, instance=instance(root_device=""))),
    (True, lone(volumes=(FREE, volume(id=OTHER_VOLUME)), memory=LATE)),
    (True, lone(volumes=(volume(),), memory=replace(LATE, detached={VOLUME: ago(91)}))),
    (True, lone(volumes=(volume(device="/dev/sdf"),), memory=LATE)),
    (True, lone(volumes=(IN_TREE,))),
    (True, lone(volumes=(IN_TREE,), attachments=(deleting(1, volume=OTHER_VOLUME),))),
    (True, lone(volumes=(IN_TREE,), attachments=(deleting(1, volume="vol-0"),))),
    (True, lone(volumes=(IN_TREE,), memory=acted(1, detached={OTHER_VOLUME: ago(1)}))),
    (True, lone(volumes=(IN_TREE,), memory=replace(LATE, detached={VOLUME: ago(91)}))),
    (False, lone(volumes=(volume(),), memory=acted(90))),
    (False, lone(volumes=(volume(),), memory=Memory(first_look_at=ago(90)))),
    (False, lone(volumes=(volume(),), memory=acted(1, first_look_at=ago(200)))),
    (False, lone(volumes=(volume(),))),
    (False, lone(State.TERMINATED, volumes=(volume(),), memory=LATE)),
    (False, lone(State.SHUTTING_DOWN, volumes=(volume(),), memory=LATE)),
    *((False, lone(volumes=(volume(place),), attachments=(deleting(1),), memory=LATE)) for place in list(Place)[:2]),
    (False, lone(volumes=(volume(Place.ELSEWHERE),), attachments=(deleting(1),), memory=LATE)),
    (False, lone(volumes=(volume(),), memory=LATE, pods=(SPARED,))),
    (False, replace(TAKEN_OVER, attachments=(deleting(1),))),
    (False, lone(volumes=(volume(may_detach=False),), memory=LATE)),
    (False, lone(volumes=(volume(device="/dev/xvda"),), memory=LATE)),
    (False, lone(volumes=(volume(deletes_on_termination=True),), memory=LATE)),
    (False, lone(volumes=(volume(is_managed=True),), memory=LATE)),
    (False, lone(volumes=(IN_TREE,), pods=(SPARED,))),
    (False, lone(volumes=(IN_TREE,), attachments=(deleting(1),))),
    (False, lone(volumes=(IN_TREE,), memory=acted(1, detached={VOLUME: ago(1)}))),
    (False, lone(State.TERMINATED, volumes=(IN_TREE,))),
]

TABLES = {
    Kind.TAINT: TAINTS,
    Kind.RELEASE_POD: PODS,
    Kind.DELETE_ATTACHMENT: DELETES,
    Kind.KICK: KICKS,
    Kind.STRIP: STRIPS,
    Kind.DETACH: DETACHES,
}


@pytest.mark.parametrize(("kind", "is_due", "facts"), [(kind, *row) for kind, rows in TABLES.items() for row in rows])
def test_an_act_is_due_where_all_its_conditions_hold(kind: Kind, is_due: bool, facts: Facts) -> None:  # noqa: FBT001 (a column)
    assert (next_kind(facts) is kind) is is_due


@pytest.mark.parametrize(
    ("kinds", "facts"),
    [
        ([Kind.KICK], dead(memory=DETACHED, waiting=(WAITING,), volumes=(FREE,), node=None)),
        ([Kind.TAINT], dead(pods=(pod(deleting_since=ago(1)),), attachments=(OFTEN_KICKED,), volumes=(FREE,))),
        ([Kind.RELEASE_POD], dead(node=None, attachments=(OFTEN_KICKED,), volumes=(IN_TREE,))),
        ([Kind.DELETE_ATTACHMENT], dead(node=None, pods=(), memory=LATE)),
        ([Kind.KICK], dead(node=None, pods=(), attachments=(deleting(61),), memory=LATE)),
        ([Kind.STRIP], dead(node=None, pods=(), attachments=(deleting(121, has_detach_error=True),), volumes=(FREE,))),
    ],
)
def test_the_first_act_that_is_due_goes_first(kinds: list[Kind], facts: Facts) -> None:
    assert [next_kind(facts)] == kinds


def test_nothing_is_done_while_kubernetes_has_its_time() -> None:
    assert decide(dead(node=tainted(20), pods=())).act is None


@pytest.mark.parametrize(
    ("act", "subject", "name"),
    [
        (Act(kind=Kind.TAINT, on=node()), "node-uid", "node-1"),
        (Act(kind=Kind.RELEASE_POD, on=pod()), "pod-uid", "shop/db-0"),
        (Act(kind=Kind.KICK, on=attachment()), "va-uid", "csi-1"),
        (Act(kind=Kind.DETACH, on=volume()), VOLUME, VOLUME),
    ],
)
def test_an_act_names_its_object_for_people_and_for_the_next_look(act: Act, subject: str, name: str) -> None:
    assert (act.subject, act.name) == (subject, name)


def test_an_act_is_on_the_object_that_was_read() -> None:
    facts = dead(node=None, pods=(SPARED, second := pod(uid="b", name="db-1")))

    assert decide(facts).act == Act(kind=Kind.RELEASE_POD, on=second)


def test_only_our_marks_need_no_evidence_of_a_death() -> None:
    assert {kind for kind in Kind if not kind.is_release} == {Kind.HOLD, Kind.UNHOLD, Kind.UNTAINT}
    assert [kind.value for kind in Kind] == [
        "hold",
        "unhold",
        "taint",
        "untaint",
        "release pod",
        "delete VolumeAttachment",
        "kick",
        "detach",
        "strip finalizer",
    ]


@pytest.mark.parametrize(
    ("attacher", "finalizer"),
    [
        ("ebs.csi.aws.com", "external-attacher/ebs-csi-aws-com"),
        ("ebs.csi.eks.amazonaws.com", "external-attacher/ebs-csi-eks-amazonaws-com"),
    ],
)
def test_the_finalizer_is_the_external_attachers(attacher: str, finalizer: str) -> None:
    assert finalizer_of(attachment(attacher=attacher)) == finalizer


@pytest.mark.parametrize(
    ("why", "facts"),
    [
        ("it is the instance's root device", dead(volumes=(volume(device="/dev/xvda"),))),
        ("it is deleted with the instance", dead(volumes=(volume(deletes_on_termination=True),))),
        ("AWS manages its attachment", dead(volumes=(volume(is_managed=True),))),
        ("", dead()),
    ],
)
def test_a_person_reads_why_a_volume_is_never_detached(why: str, facts: Facts) -> None:
    assert why_not_detach(facts, facts.volumes[0]) == why


def test_nothing_is_detached_before_a_first_look_is_remembered() -> None:
    assert not is_to_detach(bare(volumes=(volume(),)), volume())


def test_a_volume_that_nothing_was_read_of_is_not_off() -> None:
    # The law of the design page: an empty list is no evidence.
    assert next_kind(lone(attachments=(deleting(121, has_detach_error=True, kicked_at=ago(1)),))) is None
