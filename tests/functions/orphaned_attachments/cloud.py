"""The automation wired to fakes: what a test runs, and where it looks afterwards.

Over 120 lines because every way in is wired here.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.orphaned_attachments.console import Console
from functions.orphaned_attachments.decision.policy import Policy
from functions.orphaned_attachments.evidence import Evidence
from functions.orphaned_attachments.executions import Executions
from functions.orphaned_attachments.instances import Instances
from functions.orphaned_attachments.respond import Responder
from functions.orphaned_attachments.run import Runner
from functions.orphaned_attachments.sweep import Sweeper
from functions.orphaned_attachments.telling import Teller
from functions.orphaned_attachments.volumes import Volumes
from pitcrew.deadline import Deadline
from pitcrew.mode import Mode, ModeParameter
from pitcrew.notify import Topic
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.fake_aws import FakeAws
from tests.functions.orphaned_attachments.fake_clusters import FakeApiServer, FakeClusters
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, NOW, VOLUME

HOME = "123456789012/us-east-1"
HEALTHY = {f"node-{letter}": f"i-0000000000000000{letter}" for letter in "bcde"}
"""Nodes that are well, and their instances."""


@dataclass
class Cloud:
    """One account and region with the cluster `prod`, whose node-a is dead and holds a volume that a pod wants."""

    aws: FakeAws = field(default_factory=FakeAws)
    prod: FakeApiServer = field(default_factory=FakeApiServer)
    policy: Policy = field(default_factory=Policy)
    allowed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.clusters = FakeClusters({"prod": self.prod})
        self.set_state("terminated")
        self.aws.has_volume(VOLUME, DEAD)
        self.prod.has("nodes", raw.node())
        self.prod.has("csinodes", raw.csi_node())
        self.prod.has("persistentvolumes", raw.pv())
        self.prod.has("volumeattachments", raw.attachment())
        self.prod.has("pods", raw.pod())
        self.prod.has("leases", raw.lease())
        for name, instance in HEALTHY.items():
            self.aws.has_instance(instance, "running")
            self.prod.has("nodes", raw.node(name, instance, ready="True"))
            self.prod.has("csinodes", raw.csi_node(name, instance))

    def set_state(self, state: str, **more: Any) -> None:  # noqa: ANN401 (EC2's own shape)
        """Let EC2 show the instance in this state; a user is never the reason, unless a test says so."""
        self.aws.has_instance(DEAD, state, **{"StateReason": {"Code": "Server.InternalError"}, **more})

    def set_node(self, found: raw.Object) -> None:
        self.prod.has("nodes", found)

    def forget(self, *kinds: str) -> None:
        """Let the cluster have none of these kinds of objects."""
        for path in [path for path in self.prod.objects if path.split("/")[-2] in kinds]:
            del self.prod.objects[path]

    @property
    def client(self) -> Any:  # noqa: ANN401 (any of boto3's clients)
        return self.aws

    @property
    def evidence(self) -> Evidence:
        return Evidence(
            instances=Instances(self.client, self.client),
            volumes=Volumes(self.client),
            connect=self.clusters.connect,
            registered=self.clusters,
            policy=self.policy,
            allowed=self.allowed,
            clock=lambda: NOW,
        )

    @property
    def runner(self) -> Runner:
        return Runner(evidence=self.evidence, mode=self.mode)

    @property
    def mode(self) -> ModeParameter:
        return ModeParameter(self.client, "mode")

    @property
    def executions(self) -> Executions:
        return Executions(self.client, "arn:aws:states:us-east-1:123456789012:stateMachine:Pitcrew-release-volumes")

    @property
    def teller(self) -> Teller:
        return Teller(Topic(lambda: self.client, "arn:aws:sns:us-east-1:123456789012:Pitcrew"), now=NOW)

    def respond(self, *events: dict[str, Any], mode: Mode = Mode.ENFORCE) -> None:
        responder = Responder(evidence=self.evidence, executions=self.executions, home=HOME)
        for event in events:
            responder.respond(SQSRecord({"messageId": "1", "body": json.dumps(event)}), mode=mode)

    def sweep(self, name: str = "prod", *, seconds: float = 60) -> dict[str, int]:
        sweeper = Sweeper(evidence=self.evidence, executions=self.executions, mode=self.mode, teller=self.teller)
        return sweeper.sweep(name, Deadline(seconds))

    def plan(self, target: str = "", *, seconds: float = 60) -> dict[str, Any]:
        mode, members = self.mode.read(), self.clusters.members
        console = Console(evidence=self.evidence, members=members, mode=mode, deadline=Deadline(seconds))
        return console.plan(target, plan_id="plan-1")


def state_change(state: str, instance: str = DEAD, *, home: str = HOME, event_id: str = "e-1") -> dict[str, Any]:
    """Return EC2's word about an instance, as EventBridge sends it."""
    account, region = home.split("/")
    kind = "EC2 Instance State-change Notification"
    envelope = {"id": event_id, "detail-type": kind, "source": "aws.ec2", "account": account, "region": region}
    return {**envelope, "detail": {"instance-id": instance, "state": state}}


def verdicts(lines: Iterable[dict[str, Any]]) -> list[str]:
    """Return the verdicts of log lines."""
    return [str(line["verdict"]) for line in lines if line.get("verdict")]


def marked_node(name: str = NODE, instance: str = DEAD, **more: Any) -> raw.Object:  # noqa: ANN401 (fields of metadata)
    """Return a Node with our taint, a foreign one and our annotation."""
    annotations = {"pitcrew/out-of-service": f"pitcrew {DEAD} {NOW.isoformat()}", "other": "x"}
    found = raw.node(name, instance, annotations=annotations, **more)
    ours = {"key": "node.kubernetes.io/out-of-service", "value": "nodeshutdown", "effect": "NoExecute"}
    found["spec"]["taints"] = [{"key": "other", "effect": "NoSchedule"}, ours]
    return found
