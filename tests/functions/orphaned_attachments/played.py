"""The functions deployed into an account that moto plays, beside a cluster in memory.

Over 120 lines because what the stack makes and what the cluster has is made here.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.model import OperationModel
from moto import mock_aws
from moto.stepfunctions.models import stepfunctions_backends

from functions.orphaned_attachments.settings import Settings
from functions.orphaned_attachments.wiring import WIRINGS, Wiring
from tests.functions.fake_context import FakeContext
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import HEALTHY
from tests.functions.orphaned_attachments.fake_aws import tags
from tests.functions.orphaned_attachments.fake_clusters import FakeApiServer, FakeClusters
from tests.functions.orphaned_attachments.raw_objects import NODE

MODE = "/Pitcrew/orphaned_attachments/mode"
ACCOUNT, REGION = "123456789012", "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"


class Played:
    """One account, in which node-a of the cluster `prod` runs on an instance and holds a volume that a pod wants.

    It is made once: boto3's clients cost more than all the calls of a test.
    """

    def __init__(self) -> None:
        self.actions: set[str] = set()
        """Every AWS call of the functions, in IAM's words."""

        self.context = FakeContext(seconds_left=300)
        self.clusters = FakeClusters()
        self.session = botocore.session.get_session()
        self.session.register("before-call", self._note)
        boto3.setup_default_session(botocore_session=self.session)
        WIRINGS[self.context.invoked_function_arn] = Wiring(self.context.invoked_function_arn, clusters=self.clusters)
        ours = boto3.Session()
        self.ec2, self._states, self._ssm = ours.client("ec2"), ours.client("stepfunctions"), ours.client("ssm")
        self._sqs, self._sns = ours.client("sqs"), ours.client("sns")

    def _note(self, **call: Any) -> None:  # noqa: ANN401 (botocore's)
        model: OperationModel = call["model"]
        self.actions.add(f"{model.service_model.signing_name}:{model.name}")

    def set_up(self, environment: pytest.MonkeyPatch) -> None:
        """Make what the stack makes, and what the cluster has."""
        machine = self._states.create_state_machine(name="Pitcrew-release-volumes", definition="{}", roleArn=ROLE)
        self.queue = self._sqs.create_queue(QueueName="sweeps")["QueueUrl"]
        topic = self._sns.create_topic(Name="Pitcrew")["TopicArn"]
        self.mailbox = self._sqs.create_queue(QueueName="mailbox")["QueueUrl"]
        self._sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:mailbox")
        self.machine_arn = machine["stateMachineArn"]
        names = {"MACHINE_ARN": self.machine_arn, "SWEEP_QUEUE_URL": self.queue, "TOPIC_ARN": topic}
        for key, value in {**names, "MODE_PARAMETER": MODE}.items():
            environment.setenv(key, value)
        self.set_mode("enforce")
        self.instance, self.volume = self._instance(), self._volume()
        self.ec2.attach_volume(VolumeId=self.volume, InstanceId=self.instance, Device="/dev/xvdaa")
        self._has_cluster()
        self.actions.clear()

    def _has_cluster(self) -> None:
        self.prod = FakeApiServer()
        self.clusters.servers, self.clusters.patterns, self.clusters.troubles = {"prod": self.prod}, (), {}
        self.prod.has("nodes", raw.node(instance=self.instance))
        self.prod.has("nodes", *(raw.node(name, instance, ready="True") for name, instance in HEALTHY.items()))
        self.prod.has("csinodes", raw.csi_node(instance=self.instance))
        self.prod.has("persistentvolumes", raw.pv(volume=self.volume))
        self.prod.has("volumeattachments", raw.attachment(instance=self.instance))
        self.prod.has("pods", raw.pod())
        self.prod.has("leases", raw.lease(NODE))

    def _instance(self) -> str:
        marks = tags({"kubernetes.io/cluster/prod": "owned", "aws:autoscaling:groupName": "workers"})
        given: Any = [{"ResourceType": "instance", "Tags": marks}]
        made = self.ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=given)
        return made["Instances"][0]["InstanceId"]

    def _volume(self) -> str:
        given: Any = [{"ResourceType": "volume", "Tags": tags({"ebs.csi.aws.com/cluster": "true"})}]
        return self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=given)["VolumeId"]

    def set_mode(self, mode: str) -> None:
        self._ssm.put_parameter(Name=MODE, Value=mode, Type="String", Overwrite=True)

    @property
    def executions(self) -> dict[str, Any]:
        """Inputs of all executions, by name."""
        found = stepfunctions_backends[ACCOUNT][REGION].state_machines[0].executions
        return {one.name: json.loads(one.execution_input) for one in found}

    def finish(self, name: str, output: object, *, given: object) -> str:
        """Leave an execution behind as the machine does, and return the ARN of a second one."""
        arn = self._states.start_execution(stateMachineArn=self.machine_arn, name=name, input=json.dumps(given))
        execution = stepfunctions_backends[ACCOUNT][REGION].state_machines[0].executions[-1]
        execution.status, execution.output, execution.stop_date = "SUCCEEDED", json.dumps(output), datetime.now(UTC)
        return str(arn["executionArn"]).replace(name, "apply-1")

    def received(self, queue: str) -> list[Any]:
        """Take the messages out of a queue."""
        got = self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"]) for one in got]


@contextmanager
def playing() -> Iterator[Played]:
    """Let the functions be deployed, and everything be new, for as long as the block runs."""
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("MODE_PARAMETER", MODE)
        for key, value in Settings().to_env().items():
            environment.setenv(key, value)
        played = _deployed()
        boto3.setup_default_session(botocore_session=played.session)  # whose models are read, and which notes calls
        played.set_up(environment)
        yield played


@cache
def _deployed() -> Played:
    return Played()


def batch(*bodies: object, sent_at: datetime | None = None) -> dict[str, Any]:
    """Return records of a queue."""
    stamp = str(int((sent_at or datetime.now(UTC)).timestamp() * 1000))
    return {
        "Records": [
            {
                "messageId": str(number),
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"SentTimestamp": stamp},
            }
            for number, body in enumerate(bodies)
        ]
    }
