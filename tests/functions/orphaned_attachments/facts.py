"""Facts for tests of the decision: a machine that is dead and holds one volume, and what to change of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.orphaned_attachments.decision import Facts, Memory, decide
from functions.orphaned_attachments.decision.acts import Kind
from functions.orphaned_attachments.decision.facts import Cluster, Neighbour
from functions.orphaned_attachments.decision.holdings import Attachment, Place, Pod, Volume
from functions.orphaned_attachments.decision.instance import USER_STOP, Instance, State
from functions.orphaned_attachments.decision.node import HOLD, TAINT, TAINTED, Node
from functions.orphaned_attachments.decision.policy import Policy

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEAD, NEW = "i-0dead", "i-0new"
VOLUME, OTHER_VOLUME = "vol-1", "vol-2"
DRIVER = "ebs.csi.aws.com"
FINALIZER = "external-attacher/ebs-csi-aws-com"
PLANNED: Mapping[str, Any] = {"state": State.STOPPED, "state_reason": USER_STOP}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def dead(state: State = State.STOPPED, **changes: Any) -> Facts:  # noqa: ANN401 (fields of Facts)
    """Return a machine in *state* that has its silent Node, one VolumeAttachment, one pod and one volume."""
    everything = Facts(
        now=NOW,
        instance=instance(state),
        memory=Memory(),
        policy=Policy(),
        node=node(),
        attachments=(attachment(),),
        pods=(pod(),),
        volumes=(volume(),),
        cluster=Cluster(name="prod", nodes=10, healthy=9, down=(Neighbour(instance=DEAD, state=state),), minor=30),
    )
    return replace(everything, **changes)


def bare(state: State = State.STOPPED, **changes: Any) -> Facts:  # noqa: ANN401 (fields of Facts)
    """Return a machine in *state* that has a silent Node, and holds nothing."""
    nothing: dict[str, Any] = {"attachments": (), "pods": (), "volumes": ()}
    return dead(state, **(nothing | changes))


def instance(state: State = State.STOPPED, **changes: Any) -> Instance:  # noqa: ANN401 (fields of Instance)
    usual = Instance(id=DEAD, state=state, state_reason="Client.InstanceInitiatedShutdown", root_device="/dev/xvda")
    return replace(usual, **changes)


def node(**changes: Any) -> Node:  # noqa: ANN401 (fields of Node)
    usual = Node(name="node-1", uid="node-uid", resource_version="7", provider_instance=DEAD, csi_instance=DEAD)
    return replace(usual, **changes)


def held(seconds: float = 60, *, by: str = DEAD, **changes: Any) -> Node:  # noqa: ANN401 (fields of Node)
    """Return a Node that we have held since *seconds*."""
    return node(finalizers=(HOLD,), annotations={HOLD: f"{by} {ago(seconds).isoformat()}"}, **changes)


def tainted(seconds: float = 60, *, by: str = DEAD, **changes: Any) -> Node:  # noqa: ANN401 (fields of Node)
    """Return a Node that we have tainted *seconds* ago."""
    return node(taints=(OUT_OF_SERVICE,), annotations={TAINTED: f"us {by} {ago(seconds).isoformat()}"}, **changes)


OUT_OF_SERVICE = {"key": TAINT, "value": "nodeshutdown", "effect": "NoExecute"}


def attachment(**changes: Any) -> Attachment:  # noqa: ANN401 (fields of Attachment)
    usual = Attachment(
        name="csi-1",
        uid="va-uid",
        resource_version="8",
        attacher=DRIVER,
        node_name="node-1",
        instance=DEAD,
        pv="pv-1",
        volume=VOLUME,
        is_attached=True,
        finalizers=(FINALIZER,),
    )
    return replace(usual, **changes)


def deleting(seconds: float, **changes: Any) -> Attachment:  # noqa: ANN401 (fields of Attachment)
    """Return a VolumeAttachment that has been deleting for *seconds*."""
    return attachment(deleting_since=ago(seconds), **changes)


def pod(**changes: Any) -> Pod:  # noqa: ANN401 (fields of Pod)
    usual = Pod(namespace="shop", name="db-0", uid="pod-uid", node_name="node-1", volumes=(VOLUME,))
    return replace(usual, **changes)


def volume(place: Place = Place.HERE, **changes: Any) -> Volume:  # noqa: ANN401 (fields of Volume)
    usual = Volume(
        id=VOLUME,
        place=place,
        pv="pv-1",
        attachment_state="attached",
        attached_at=ago(3600),
        device="/dev/xvdb",
        may_detach=True,
    )
    return replace(usual, **changes)


def next_kind(facts: Facts) -> Kind | None:
    """Return what is to be done next, after all rules."""
    act = decide(facts).act
    return act.kind if act else None
