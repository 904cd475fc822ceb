"""Hypothesis strategies: facts far wider than the evidence classes, also such as no real cluster shows.

Over 120 lines because facts have many fields.
"""

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from functions.orphaned_attachments.decision import Facts, Memory
from functions.orphaned_attachments.decision.facts import Cluster, Neighbour, Standing
from functions.orphaned_attachments.decision.holdings import Attachment, Place, Pod, Volume
from functions.orphaned_attachments.decision.instance import HIBERNATION, USER_STOP, Instance, State
from functions.orphaned_attachments.decision.node import HOLD, TAINTED, Node
from functions.orphaned_attachments.decision.policy import Policy
from tests.functions.orphaned_attachments.facts import (
    DEAD,
    DRIVER,
    FINALIZER,
    NEW,
    NOW,
    OTHER_VOLUME,
    OUT_OF_SERVICE,
    VOLUME,
    ago,
)

_TIMES = st.sampled_from([0, 1, 5, 12, 30, 59, 60, 61, 90, 91, 120, 121, 300, 899, 900, 3600, 9999]).map(ago)
_MAYBE_TIMES = st.none() | _TIMES
_FLAGS = st.booleans()
_RARELY = st.sampled_from([False, False, False, False, True])
_INSTANCES = st.sampled_from([DEAD, DEAD, DEAD, NEW, ""])
_VOLUMES = st.sampled_from([VOLUME, OTHER_VOLUME, ""])
_REASONS = st.sampled_from(["", USER_STOP, HIBERNATION, "Client.InstanceInitiatedShutdown", "Server.Unheard"])
_LIFECYCLES = st.sampled_from(["", "InService", "Warmed:Stopped"])
_STATES = st.sampled_from([*State, State.STOPPED, State.TERMINATED])


def _marks(since: datetime | None, by: str) -> dict[str, str]:
    time = since.isoformat() if since else "once"
    return {HOLD: f"{by} {time}", TAINTED: f"us {by} {time}"}


_ANNOTATIONS = st.builds(
    lambda since, by, keys: {key: value for key, value in _marks(since, by).items() if key in keys},
    _MAYBE_TIMES,
    _INSTANCES,
    st.sets(st.sampled_from([HOLD, TAINTED])),
)
_CORDON: dict[str, Any] = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}

NODES = st.builds(
    Node,
    name=st.just("node-1"),
    uid=st.just("node-uid"),
    resource_version=st.just("7"),
    provider_instance=_INSTANCES,
    csi_instance=_INSTANCES,
    ready=st.sampled_from(["Unknown", "Unknown", "True", "False"]),
    lease_renewed_at=_MAYBE_TIMES,
    is_cordoned=_FLAGS,
    is_control_plane=_FLAGS,
    deleting_since=_MAYBE_TIMES,
    taints=st.lists(st.sampled_from([OUT_OF_SERVICE, _CORDON]), max_size=2, unique_by=str).map(tuple),
    finalizers=st.lists(st.sampled_from([HOLD, "foregroundDeletion"]), max_size=2, unique=True).map(tuple),
    annotations=_ANNOTATIONS,
    is_opted_out=_RARELY,
)
ATTACHMENTS = st.builds(
    Attachment,
    name=st.just("csi-1"),
    uid=st.uuids().map(str),
    resource_version=st.just("8"),
    attacher=st.sampled_from([DRIVER, "ebs.csi.eks.amazonaws.com"]),
    node_name=st.just("node-1"),
    instance=st.just(DEAD),
    pv=st.sampled_from(["pv-1", "pv-2", ""]),
    volume=_VOLUMES,
    is_pv_missing=_FLAGS,
    is_attached=_FLAGS,
    deleting_since=_MAYBE_TIMES,
    has_detach_error=_FLAGS,
    finalizers=st.sampled_from([(), (FINALIZER,), ("x/y", FINALIZER)]),
    kicked_at=_MAYBE_TIMES,
)
PODS = st.builds(
    Pod,
    namespace=st.just("shop"),
    name=st.just("db-0"),
    uid=st.uuids().map(str),
    node_name=st.just("node-1"),
    volumes=st.sampled_from([(VOLUME,), (OTHER_VOLUME,), (VOLUME, OTHER_VOLUME)]),
    deleting_since=_MAYBE_TIMES,
    is_over=_FLAGS,
    is_failed_by_us=_FLAGS,
    is_spared=_FLAGS,
    is_force_deleted=_FLAGS,
)
VOLUMES = st.builds(
    Volume,
    id=st.sampled_from([VOLUME, OTHER_VOLUME]),
    place=st.sampled_from([*Place, Place.HERE]),
    pv=st.sampled_from(["pv-1", "pv-2"]),
    attachment_state=st.sampled_from(["", "attached", "busy", "detaching", "attaching"]),
    device=st.sampled_from(["/dev/xvda", "/dev/xvdb", ""]),
    is_multi_attach=_FLAGS,
    is_managed=_RARELY,
    deletes_on_termination=_RARELY,
    is_in_tree=_FLAGS,
    is_opted_out=_RARELY,
    may_detach=_FLAGS,
    attached_at=_MAYBE_TIMES,
)
NEIGHBOURS = st.builds(
    Neighbour,
    instance=st.uuids().map(str),
    state=_STATES,
    state_reason=_REASONS,
    lifecycle=_LIFECYCLES,
    is_cordoned=_FLAGS,
    is_control_plane=_RARELY,
)
MEMORIES = st.builds(
    Memory,
    first_look_at=_MAYBE_TIMES,
    lease=_MAYBE_TIMES,
    lease_since=_MAYBE_TIMES,
    dying_since=_MAYBE_TIMES,
    dead_since=_MAYBE_TIMES,
    back_since=_MAYBE_TIMES,
    last_act_at=_MAYBE_TIMES,
    has_begun=_FLAGS,
    has_unmarked=_FLAGS,
    detached=st.dictionaries(st.sampled_from([VOLUME, OTHER_VOLUME]), _TIMES),
    unreachable_looks=st.integers(0, 3),
)
FACTS = st.builds(
    Facts,
    now=st.just(NOW),
    instance=st.builds(
        Instance,
        id=st.just(DEAD),
        state=_STATES,
        state_reason=_REASONS,
        can_hibernate=_RARELY,
        launched_at=_MAYBE_TIMES,
        root_device=st.sampled_from(["/dev/xvda", ""]),
        lifecycle=_LIFECYCLES,
        tags=st.sampled_from([{}, {}, {}, {"pitcrew:orphaned-attachments": "disabled"}]),
    ),
    memory=st.just(Memory()) | MEMORIES,
    policy=st.builds(
        Policy, hold_node=_FLAGS, accepts_planned_stop=_FLAGS, accepts_too_many=_FLAGS, takes_marks_off=_RARELY
    ),
    standing=st.sampled_from([*Standing, *[Standing.ANSWERED] * 6]),
    node=st.none() | NODES,
    attachments=st.lists(ATTACHMENTS, max_size=2).map(tuple),
    pods=st.lists(PODS, max_size=2).map(tuple),
    volumes=st.lists(VOLUMES, max_size=2, unique_by=lambda one: one.id).map(tuple),
    waiting=st.lists(ATTACHMENTS, max_size=1).map(tuple),
    other_drivers=st.sampled_from([(), (), ("fsx.csi.aws.com",)]),
    migrated=_FLAGS,
    cluster=st.builds(
        Cluster,
        nodes=st.integers(0, 30),
        healthy=st.sampled_from([30, 30, 30, 1]),
        down=st.lists(NEIGHBOURS, max_size=4).map(tuple),
        minor=st.sampled_from([25, 26, 30]),
    ),
)
