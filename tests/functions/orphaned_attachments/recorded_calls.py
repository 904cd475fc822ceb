"""Which calls each entry point makes to AWS and to a cluster: boto3's own, played against moto.

Over 120 lines because seven entry points are played.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from functions.orphaned_attachments import handler
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.travel import Run
from kube.exchange import Request
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import marked_node, state_change
from tests.functions.orphaned_attachments.fake_clusters import FakeApiServer
from tests.functions.orphaned_attachments.played import Played, batch, playing
from tests.functions.orphaned_attachments.test_report import result

Right = tuple[str, str, str]
"""API group, resource (with its subresource), verb."""


def actions_by_entry_point() -> dict[str, frozenset[str]]:
    """Return the IAM actions that each entry point uses, over runs with every kind of call."""
    return {name: _recorded(name)[0] for name in _PLAYS}


def verbs() -> frozenset[Right]:
    """Return what all entry points ask of a cluster; `/version` needs no right."""
    return frozenset().union(*verbs_by_entry_point().values())


def verbs_by_entry_point() -> dict[str, frozenset[Right]]:
    """Return what each entry point asks of a cluster."""
    return {name: _recorded(name)[1] for name in _PLAYS}


@cache
def _recorded(name: str) -> tuple[frozenset[str], frozenset[Right]]:
    with playing() as played:
        _PLAYS[name](played)
        rights = frozenset(_right(request) for request in played.prod.requests if request.path != "/version")
        return frozenset(played.actions), rights


def _right(request: Request) -> Right:
    words = {"POST": "create", "PATCH": "patch", "DELETE": "delete"}
    verb = words.get(request.method, "list" if "limit" in request.query else "get")
    _, root, *rest = request.path.split("/")
    group = "" if root == "api" else rest.pop(0)
    _version, *rest = rest
    if rest[0] == "namespaces":
        rest = rest[2:]
    return group, "/".join([rest[0], *rest[2:]]), verb


def _play_events(played: Played) -> None:
    played.prod.has("nodes", marked_node(instance=played.instance))
    handler.on_event(batch(state_change("running", played.instance)), played.context)
    played.ec2.stop_instances(InstanceIds=[played.instance])
    handler.on_event(batch(state_change("stopped", played.instance, event_id="e-2")), played.context)


def _play_sweep(played: Played) -> None:
    played.ec2.stop_instances(InstanceIds=[played.instance])
    handler.sweep(batch({"cluster": "prod"}), played.context)
    cordoned = raw.node(instance=played.instance)
    cordoned["spec"]["unschedulable"] = True  # a planned stop, which is told
    played.prod.has("nodes", cordoned)
    handler.sweep(batch({"cluster": "prod"}), played.context)
    played.clusters.servers["team-a"] = FakeApiServer()
    played.clusters.patterns = ("team-*",)
    handler.sweep(batch({"cluster": "team-*"}), played.context)


def _play_look(played: Played) -> None:
    for end in (played.ec2.stop_instances, played.ec2.terminate_instances):
        end(InstanceIds=[played.instance])
        handler.look({"run": Run(instance=played.instance).pack()}, played.context)


def _play_act(played: Played) -> None:
    """Do each act: those on a Node, on a pod, on a VolumeAttachment, and the detach at last."""
    played.ec2.stop_instances(InstanceIds=[played.instance])
    _step(played, "taint")
    for path in [path for path in played.prod.objects if "/nodes/" in path]:
        del played.prod.objects[path]
    _step(played, "release pod")
    _step(played, "delete VolumeAttachment")
    deleting = raw.attachment(instance=played.instance, deletionTimestamp=raw.ago(0))
    played.prod.has("volumeattachments", deleting)
    _step(played, "kick")
    played.prod.objects.pop(f"{raw.STORAGE}/volumeattachments/va-1")
    _step(played, "detach")


def _step(played: Played, kind: str) -> None:
    memory = Memory(first_look_at=datetime.now(UTC) - timedelta(minutes=2), node_name=raw.NODE)
    before = set(played.actions)
    looked = handler.look({"run": Run(instance=played.instance, cluster="prod", memory=memory).pack()}, played.context)
    played.actions &= before  # those of the look are its own
    assert looked["act"], f"{kind} is not due: {looked}"
    assert looked["act"]["kind"] == kind
    handler.act(looked, played.context)


def _play_plan(played: Played) -> None:
    played.ec2.stop_instances(InstanceIds=[played.instance])
    for target in ({}, {"target": "prod"}, {"target": played.instance}, {"target": "our marks"}, {"target": raw.PV}):
        handler.plan({"input": target, "execution": {"id": "x", "name": "plan-1"}}, played.context)


def _play_prepare(played: Played) -> None:
    given = {"target": played.instance, "apply": "event", "cluster": "prod"}
    handler.prepare({"input": given}, played.context)
    execution = {"id": played.finish("plan-1", {"planId": "plan-1", "table": []}, given={}), "name": "apply-1"}
    handler.prepare({"input": {"apply": "plan-1"}, "execution": execution}, played.context)


def _play_report(played: Played) -> None:
    handler.report({"results": [result("Released", "taint")], "execution": "arn"}, played.context)


_PLAYS: dict[str, Callable[[Played], None]] = {
    "on_event": _play_events,
    "sweep": _play_sweep,
    "look": _play_look,
    "act": _play_act,
    "plan": _play_plan,
    "prepare": _play_prepare,
    "report": _play_report,
}
