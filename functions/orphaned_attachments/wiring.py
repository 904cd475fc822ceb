"""What the entry points work with: AWS's clients, the clusters and the settings, made at the first event."""

import json
import os
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

import boto3
from botocore.config import Config

import kube
from functions.orphaned_attachments.evidence import Evidence
from functions.orphaned_attachments.executions import Executions
from functions.orphaned_attachments.instances import Instances
from functions.orphaned_attachments.settings import Settings
from functions.orphaned_attachments.telling import Teller
from functions.orphaned_attachments.volumes import Volumes
from pitcrew import instances
from pitcrew.mode import ModeParameter
from pitcrew.notify import Topic
from pitcrew.plan import Plan, load
from pitcrew.request import Execution

AWS = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})
"""Short waits: queue, schedule and state machine try again."""

SECONDS = 10.0
"""For what is asked of a cluster beside the evidence."""


class Wiring:
    """What the entry points work with, as long as the function's environment lives."""

    def __init__(self, function_arn: str, *, clusters: Any = kube) -> None:  # noqa: ANN401 (the layer, or its like)
        _, _, _, region, account, *_ = function_arn.split(":")
        self.home = f"{account}/{region}"
        settings = Settings.from_env(os.environ)
        self.every = settings.sweep_every
        ec2 = boto3.client("ec2", config=AWS)
        self._owns = instances.Instances(lambda: ec2).any_is_here
        self._clusters = clusters
        self.connect = partial(clusters.connect, owns=self._owns)
        self.mode = ModeParameter(boto3.client("ssm", config=AWS), os.environ["MODE_PARAMETER"])
        self.evidence = Evidence(
            instances=Instances(ec2, boto3.client("autoscaling", config=AWS)),
            volumes=Volumes(ec2),
            connect=self.connect,
            registered=clusters,
            policy=settings.policy(),
            allowed=settings.cluster_ids,
        )

    @cached_property
    def _machine(self) -> Any:  # noqa: ANN401 (boto3's client)
        return boto3.client("stepfunctions", config=AWS)

    @property
    def executions(self) -> Executions:
        """The executions of our machine, for those who start some."""
        return Executions(self._machine, os.environ["MACHINE_ARN"])

    def plan_of(self, execution: Execution) -> Plan:
        """Read the plan that an execution applies. Raises BadInputError, PlanNotFoundError, PlanTooOldError."""
        now, plan_id = datetime.now(UTC), execution.request.apply
        return load(self._machine, execution_arn=execution.arn, plan_id=plan_id, now=now)

    def members(self, name: str) -> list[str]:
        """Return the clusters that a registered name stands for. Raises KubeError."""
        return list(self._clusters.members(name, owns=self._owns, seconds=SECONDS))

    def send(self, clusters: list[str]) -> None:
        """Put a record for each cluster into the queue of sweeps."""
        queue = boto3.client("sqs", config=AWS)
        for cluster in clusters:
            queue.send_message(QueueUrl=os.environ["SWEEP_QUEUE_URL"], MessageBody=json.dumps({"cluster": cluster}))

    def teller(self) -> Teller:
        """Make one for a run: the hour that it remembers by is that of its beginning."""
        topic = Topic(lambda: boto3.client("sns", config=AWS), os.environ["TOPIC_ARN"])
        return Teller(topic, now=datetime.now(UTC))


WIRINGS: dict[str, Wiring] = {}
"""By the function's ARN."""


def wiring_of(function_arn: str) -> Wiring:
    """Return what a function works with; made once."""
    if function_arn not in WIRINGS:
        WIRINGS[function_arn] = Wiring(function_arn)
    return WIRINGS[function_arn]
