"""The story of proxy protocol: new groups are switched on in seconds, the right ones only, and the switch obeys.

Every line asserts what it says, and builds on the lines before it. Over 120 lines: one story, told in one place.
"""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from local.environment import ACCOUNT, REGION
from local.stage import Stage
from local.stories import Line
from local.story import Row, expect
from local.target_groups import (
    ATTRIBUTE,
    DEAD_LETTERS,
    ON_EVENT,
    QUEUE,
    depth,
    drained,
    proof,
    row,
    switched_on,
    value,
)

AUTOMATION = "proxy_protocol"
ASKS = {"pitcrew:proxy-protocol": "enabled"}
SWEEP = "ProxyProtocolSweep"
MACHINE = "set-proxy-protocol"
TRIES = 5
MANY = 100
"""More events than the birth of a group has."""


def observe(stage: Stage) -> list[Row]:
    """As deployed: the mode is `observe`."""
    tags = stage.provider.tags("ingress-nginx/ingress-nginx-controller") | ASKS
    arn = stage.memory["ingress"] = stage.provider.create("k8s-ingressn-ingressn-0aa1", tags)
    judged = proof(stage, arn)
    expect(
        (judged["verdict"], judged["mode"]) == ("Enable", "observe"), f"judged {judged['verdict']} in {judged['mode']}"
    )
    expect(value(stage, arn) == "false", "a group was changed in mode observe")
    return [row(arn, "Enable (observed)", "false", "false")]


def enforce(stage: Stage) -> list[Row]:
    """An operator sets the parameter, and the Service's owner tags the group again."""
    stage.set_mode(AUTOMATION, "enforce")
    arn = stage.memory["ingress"]
    began = time.monotonic()
    _tag(stage, arn, ASKS)
    return [switched_on(stage, arn, began)]


def new_group(stage: Stage) -> list[Row]:
    """A new Service asks; its name is remembered for what comes."""
    return [_create_and_wait(stage, "k8s-edge-web-0bb2", "edge/web")]


def left_alone(stage: Stage) -> list[Row]:
    """Groups that only look alike, each with the word for why not."""
    provider = stage.provider
    asks = provider.tags("edge/other") | ASKS
    kops = {"KubernetesCluster": "demo", "kubernetes.io/cluster/demo": "owned"}
    groups: list[tuple[str, Mapping[str, str], str, str]] = [
        ("k8s-edge-tls-0cc1", asks, "TLS", "UnsupportedProtocol"),
        ("k8s-edge-dns-0cc2", asks, "UDP", "UnsupportedProtocol"),
        ("k8s-edge-lbc-0cc3", asks | {"elbv2.k8s.aws/cluster": "demo"}, "TCP", "OtherController"),
        ("tcp-demo-kops-0cc4", kops | ASKS, "TCP", "NotKubernetes"),
        ("k8s-edge-out-0cc5", asks | {"pitcrew:proxy-protocol": "disabled"}, "TCP", "OptedOut"),
        ("k8s-edge-quiet-0cc6", provider.tags("edge/quiet"), "TCP", "NotAskedFor"),
    ]
    made = [(provider.create(name, tags, protocol=protocol), verdict) for name, tags, protocol, verdict in groups]
    for arn, verdict in made:
        judged = proof(stage, arn)["verdict"]
        expect(judged == verdict, f"{arn} was judged {judged}, and should be {verdict}")
        expect(value(stage, arn) == "false", f"{arn} was changed")
    return [row(arn, verdict, "false", "false") for arn, verdict in made]


def created_again(stage: Stage) -> list[Row]:
    """The provider deletes a group and makes one of the same name: a new ARN, all attributes lost."""
    old, name = stage.memory["k8s-edge-web-0bb2"], "k8s-edge-web-0bb2"
    stage.provider.delete(name, old)
    made = _create_and_wait(stage, name, "edge/web")
    expect(stage.memory[name] != old, "the group was not made anew")
    return [made]


def event_lost(stage: Stage) -> list[Row]:
    """CloudTrail delivers at best effort."""
    arn = _create_unseen(stage, "k8s-edge-lost-0dd1", "edge/lost")
    before = stage.metric("MendedBySweep")
    began = time.monotonic()
    stage.cloud.fire(stage.physical("ProxyProtocolSweepSchedule"))
    mended = switched_on(stage, arn, began, verdict="Enable (sweep)")
    stage.wait(lambda: stage.metric("MendedBySweep") - before == 1, what="MendedBySweep to count one group")
    return [mended]


def set_back(stage: Stage) -> list[Row]:
    """Somebody switches a group off by hand: Pitcrew does not fight, whatever tells it to look."""
    arn = stage.memory["k8s-edge-web-0bb2"]
    client = stage.cloud.client("elbv2")
    client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=[{"Key": ATTRIBUTE, "Value": "false"}])
    _tag(stage, arn, {"cost-center": "42"})
    stage.wait(lambda: proof(stage, arn)["verdict"] == "Contested", what="the verdict Contested")
    expect(value(stage, arn) == "false", "Pitcrew fought")
    return [row(arn, "Contested", "false", "false")]


def deleted_underneath(stage: Stage) -> list[Row]:
    """The group is gone before the function looks: a success."""
    arn = _create_unseen(stage, "k8s-edge-gone-0ee1", "edge/gone")
    stage.provider.delete("k8s-edge-gone-0ee1", arn)
    stage.cloud.inject(_event(arn, "gone"))
    expect(proof(stage, arn)["verdict"] == "Gone", "a deleted group was not judged Gone")
    drained(stage)
    expect(depth(stage, DEAD_LETTERS) == 0, "a deleted group left a dead letter")
    return [row(arn, "Gone", "-", "-")]


def poisoned(stage: Stage) -> list[Row]:
    """Three records arrive at once, and nobody can read the second; its tries are shortened to a second each."""
    client, queue = stage.cloud.client("sqs"), stage.physical(QUEUE)
    visibility = client.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    client.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    arn, began = stage.memory["ingress"], time.monotonic()
    bodies = [json.dumps(_event(arn, "neighbour-1")), "{ no JSON", json.dumps(_event(arn, "neighbour-2"))]
    entries = [{"Id": str(index), "MessageBody": body} for index, body in enumerate(bodies)]
    poison = client.send_message_batch(QueueUrl=queue, Entries=entries)["Successful"][1]["MessageId"]
    stage.wait(lambda: depth(stage, DEAD_LETTERS) == 1, what="the poison record in the dead letters", seconds=20)
    took = time.monotonic() - began
    client.set_queue_attributes(QueueUrl=queue, Attributes=visibility)
    log = list(stage.log(ON_EVENT))
    tries = sum(line.get("message_id") == poison for line in log)
    expect(tries == TRIES, f"the poison record was tried {tries} times")
    for neighbour in ("neighbour-1", "neighbour-2"):
        seen = sum(line.get("cause", {}).get("event") == neighbour for line in log)
        expect(seen == 1, f"{neighbour} was done {seen} times")
    client.purge_queue(QueueUrl=stage.physical(DEAD_LETTERS))
    return [Row(what="malformed record", verdict=f"dead letter after {tries} tries", seconds=took)]


def planned(stage: Stage) -> list[Row]:
    """The operator's input is `{}`."""
    arn = _create_unseen(stage, "k8s-edge-plan-0ff1", "edge/plan")
    execution = stage.execute(MACHINE, {})
    expect(execution["status"] == "SUCCEEDED", f"the plan failed: {execution.get('cause')}")
    plan = stage.memory["plan"] = json.loads(execution["output"])
    first = plan["table"][0]
    expect((first["subject"], first["verdict"]) == (arn, "Enable"), f"the plan begins with {first}")
    expect(value(stage, arn) == "false", "a plan changed a group")
    return [row(arn, "Enable (plan)", "false", "false"), Row(what="plan", verdict=plan["summary"])]


def applied(stage: Stage) -> list[Row]:
    """The operator starts again with the plan's id, twice."""
    plan = stage.memory["plan"]
    arn, began = plan["table"][0]["subject"], time.monotonic()
    first = stage.execute(MACHINE, {"apply": plan["planId"]})
    expect(first["status"] == "SUCCEEDED", f"the apply failed: {first.get('cause')}")
    done = switched_on(stage, arn, began, verdict="Enable (apply)")
    again = json.loads(stage.execute(MACHINE, {"apply": plan["planId"]})["output"])
    expect(again["counts"] == {"changed": 1}, f"applied again, the plan did {again['counts']}")
    return [done, Row(what="apply", verdict=json.loads(first["output"])["summary"])]


def misunderstood(stage: Stage) -> list[Row]:
    """A mistake in the input ends in words that help."""
    execution = stage.execute(MACHINE, {"traget": "edge/web"})
    expect(execution["status"] == "FAILED", "an unknown key was accepted")
    expect("'target'" in execution["cause"], f"the cause does not name the nearest key: {execution['cause']}")
    return [Row(what='{"traget": …}', verdict=execution["error"])]


def off(stage: Stage) -> list[Row]:
    """The kill switch, without a deploy."""
    stage.set_mode(AUTOMATION, "off")
    arn = stage.provider.create("k8s-edge-off-0ab1", stage.provider.tags("edge/off") | ASKS)
    stage.wait(
        lambda: any(line.get("message", "").startswith("mode is off") for line in stage.log(ON_EVENT)),
        what="the function to see that the mode is off",
    )
    drained(stage)
    expect(value(stage, arn) == "false", "a group was changed in mode off")
    stage.provider.delete("k8s-edge-off-0ab1", arn)  # a later story's sweep would find it
    return [row(arn, "(mode off)", "false", "false")]


LINES = (
    Line("mode observe: the group that asks is judged Enable, and not touched", observe),
    Line("mode enforce, set as an operator does: switched on", enforce),
    Line("a new group of a Service that asks is switched on", new_group),
    Line("TLS, UDP, other controllers', kOps', opted out, not asked for: untouched", left_alone),
    Line("created again under the same name: switched on again", created_again),
    Line("its event was lost: the sweep mends it, and counts it", event_lost),
    Line("set back by hand: Contested, left alone", set_back),
    Line("deleted under the function: success, no dead letter", deleted_underneath),
    Line("a malformed record is a dead letter after 5 tries, its neighbours are done once", poisoned),
    Line("the console's {} plans, and changes nothing", planned),
    Line("apply does what the plan showed; a second one does nothing", applied),
    Line("an unknown key fails, naming the nearest", misunderstood),
    Line("mode off: nothing is decided", off),
)


def _create_and_wait(stage: Stage, name: str, service: str) -> Row:
    began = time.monotonic()
    stage.memory[name] = stage.provider.create(name, stage.provider.tags(service) | ASKS)
    return switched_on(stage, stage.memory[name], began)


def _create_unseen(stage: Stage, name: str, service: str) -> str:
    stage.cloud.lose_events(MANY)
    arn = stage.provider.create(name, stage.provider.tags(service) | ASKS)
    stage.cloud.lose_events(0)
    expect(value(stage, arn) == "false", "a group was switched on without an event")
    return arn


def _tag(stage: Stage, arn: str, tags: Mapping[str, str]) -> None:
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    stage.cloud.client("elbv2").add_tags(ResourceArns=[arn], Tags=pairs)


def _event(arn: str, event_id: str) -> dict[str, Any]:
    """Return CloudTrail's event of a group's birth, in the shape of tests/events/."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "version": "0",
        "id": event_id,
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.elasticloadbalancing",
        "account": ACCOUNT,
        "time": now,
        "region": REGION,
        "resources": [],
        "detail": {
            "eventSource": "elasticloadbalancing.amazonaws.com",
            "eventName": "CreateTargetGroup",
            "eventTime": now,
            "responseElements": {
                "targetGroups": [{"targetGroupArn": arn, "protocol": "TCP", "targetType": "instance"}],
            },
        },
    }
