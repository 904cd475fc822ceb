"""The story of orphaned attachments: machines die with a volume on them, and it is attached elsewhere in seconds.

Over 120 lines because it is one story, told in one place.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from local.actors.outage import Lab, Place
from local.actors.volumes import attached_to
from local.cluster import Cluster
from local.stage import Stage
from local.stories import Line
from local.story import Row, StoryError, expect
from local.telling import console

AUTOMATION = "orphaned_attachments"
MACHINE = "release-volumes"
ACT = "OrphanedAttachmentsAct"
NODES = 6
"""With fewer, two deaths are `TooManyAtOnce`."""

SECONDS = 90
DYING_SECONDS = 14.0
"""Longer than a kubelet is silent before it is believed: the Lease is looked at while the machine still dies."""

CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")


def begin(stage: Stage) -> list[Row]:
    """Nodes are played; controllers, scheduler and external-attacher are real."""
    cluster, cloud = _cluster(stage), stage.cloud
    cloud.set_transitions(stopping=DYING_SECONDS, shutting_down=DYING_SECONDS)
    credentials = {name: cloud.environment[name] for name in CREDENTIALS}
    lab = Lab(cluster.plane, cloud.client("ec2"), endpoint=cloud.endpoint, credentials=credentials)
    stage.memory["lab"] = cluster.join(lab)
    place = stage.memory["place"] = cluster.join(lab.place("db", nodes=NODES))
    stage.set_mode(AUTOMATION, "enforce")
    return [Row(what=f"{place.volume} of db-0", verdict="attached", after=place.node)]


def terminated(stage: Stage) -> list[Row]:
    """Its Node is held while the cloud controller deletes it."""
    return [_outage(stage, "terminate")]


def stopped(stage: Stage) -> list[Row]:
    """Without Pitcrew this volume would never come free."""
    place: Place = stage.memory["place"]
    stage.memory["stopped"] = place.nodes[place.node]
    return [_outage(stage, "stop")]


def came_back(stage: Stage) -> list[Row]:
    """The taint comes off by itself, once the kubelet has renewed its Lease."""
    lab: Lab = stage.memory["lab"]
    kubelet = stage.memory["stopped"]
    expect(_is_tainted(lab, kubelet.name), f"{kubelet.name} should be tainted as long as it is stopped")
    began = time.monotonic()
    lab.ec2.start_instances(InstanceIds=[kubelet.instance])
    kubelet.boot()
    stage.wait(
        lambda: not _is_tainted(lab, kubelet.name), what=f"our taint to come off {kubelet.name}", seconds=SECONDS
    )
    seconds = time.monotonic() - began
    _ended(stage, kubelet.instance, "CameBack")
    return [Row(what=kubelet.name, verdict="CameBack", before="tainted", after="untainted", seconds=seconds)]


def planned(stage: Stage) -> list[Row]:
    """An empty input shows everything, a target one thing; neither changes anything."""
    rows = []
    for given in ({}, {"target": stage.memory["place"].volume}):
        execution = stage.execute(MACHINE, given)
        expect(execution["status"] == "SUCCEEDED", f"{given} ended as {execution['status']}: {execution.get('cause')}")
        output = json.loads(execution["output"])
        expect(not any("act" in row for row in output["table"]), f"nothing should be left to do: {output['table']}")
        found = ", ".join(f"{row['subject']} {row['verdict']}" for row in output["table"])
        rows.append(Row(what=json.dumps(given), verdict=found or output["summary"]))
    return rows


def proven(stage: Stage) -> list[Row]:
    """Each act is a line of the log."""
    proofs = [line for line in stage.log(ACT) if line.get("message") == "act"]
    taint = next((one for one in proofs if one["act"] == "taint"), None)
    if taint is None:
        raise StoryError("no proof of a taint is in the log")
    for line in _readable(taint):
        console.print(f"           {line}", markup=False)
    return [Row(what=f"proof: {taint['call']}", verdict=taint["verdict"], after=taint["result"])]


LINES = (
    Line("a StatefulSet runs on one of six nodes, its volume attached to it", begin, needs_cluster=True),
    Line("its instance is terminated: the volume is attached to another node", terminated, needs_cluster=True),
    Line("that one's instance is stopped: the volume is attached to a third", stopped, needs_cluster=True),
    Line("it is started again: CameBack, the taint is gone", came_back, needs_cluster=True),
    Line("the machine's console with {} and with a volume: nothing is left to do", planned, needs_cluster=True),
    Line("the proof of one act:", proven, needs_cluster=True),
)


def _outage(stage: Stage, how: Literal["terminate", "stop"]) -> Row:
    """Let the machine under the pod die, and wait for the volume elsewhere; the seconds are from its death."""
    lab: Lab = stage.memory["lab"]
    place: Place = stage.memory["place"]
    kubelet = place.nodes[place.node]
    lab.kill(kubelet, how)
    dead = {"terminate": "terminated", "stop": "stopped"}[how]
    stage.wait(lambda: _state(stage, kubelet.instance) == dead, what=f"{kubelet.instance} to be {dead}", seconds=60)
    died = time.monotonic()
    stage.wait(lambda: lab.attached_elsewhere(place), what=f"{place.volume} to be attached elsewhere", seconds=SECONDS)
    seconds = time.monotonic() - died
    _ended(stage, kubelet.instance, "Released")
    after = attached_to(lab.plane.api, place.name)
    stage.memory["place"] = replace(place, node=after)
    return Row(what=f"{place.volume} ({dead})", verdict="Released", before=place.node, after=after, seconds=seconds)


def _ended(stage: Stage, instance: str, verdict: str) -> dict[str, Any]:
    """Wait for the execution of an instance that ends with *verdict*, and return its output."""
    client = stage.cloud.client("stepfunctions")
    arn = stage.machine_arn(MACHINE)

    def outputs() -> Iterator[dict[str, Any]]:
        for one in client.list_executions(stateMachineArn=arn)["executions"]:
            if one["name"].startswith(instance) and one["status"] == "SUCCEEDED":
                yield json.loads(client.describe_execution(executionArn=one["executionArn"])["output"])

    def found() -> dict[str, Any] | None:
        return next((output for output in outputs() if output["counts"].get(verdict)), None)

    return stage.wait(found, what=f"an execution of {instance} to end with {verdict}", seconds=60)


def _readable(line: dict[str, Any]) -> Iterator[str]:
    facts = line["evidence"]
    yield f"{line['call']} → {line['result']}, instance {line['instance']} then {line['after']['instance']}"
    node = facts["node"]
    yield f"read: {facts['instance']['state']}, Ready={node['ready']}, Lease renewed {node['lease_renewed_at']}"
    yield f"holds: {', '.join(one['volume'] for one in facts['attachments'])}"
    yield "rules: " + ", ".join(f"{name} {'yes' if applied else 'no'}" for name, applied in line["rules"].items())


def _state(stage: Stage, instance: str) -> str:
    (reservation,) = stage.cloud.client("ec2").describe_instances(InstanceIds=[instance])["Reservations"]
    return str(reservation["Instances"][0]["State"]["Name"])


def _is_tainted(lab: Lab, node: str) -> bool:
    taints = lab.get(f"/api/v1/nodes/{node}")["spec"].get("taints", [])
    return any(taint["key"] == "node.kubernetes.io/out-of-service" for taint in taints)


def _cluster(stage: Stage) -> Cluster:
    if stage.cluster is None:
        raise StoryError("this line is told of a cluster, and there is none")
    return stage.cluster
