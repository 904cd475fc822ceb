"""One record of the queue: an event about an instance starts the machine where there may be something to do."""

import re
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import kube
from functions.orphaned_attachments import census
from functions.orphaned_attachments.decision import Verdict
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.events import Event, parse
from functions.orphaned_attachments.evidence import Evidence
from functions.orphaned_attachments.executions import Executions
from functions.orphaned_attachments.instances import cluster_ids
from pitcrew import proof
from pitcrew.metrics import count
from pitcrew.mode import Mode

STARTING = frozenset({State.STOPPING, State.SHUTTING_DOWN, State.STOPPED, State.TERMINATED})
CLUSTER_SECONDS = 5.0
"""For the Nodes of a cluster: less than a record's 8 s, so that the record's neighbours get theirs."""

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Responder:
    """Turns events into executions."""

    evidence: Evidence
    executions: Executions
    home: str
    """Account and region, as `<account>/<region>`."""

    def respond(self, record: SQSRecord, *, mode: Mode) -> None:
        """Do what one record asks for. Raises where it could not be done, so that the queue brings it again."""
        try:
            event = parse(record.body)
            for instance in event.instances:
                self._respond(event, instance, mode)
        except Exception:
            logger.exception("record not done: the queue brings it again", message_id=record.message_id)
            raise

    def _respond(self, event: Event, instance_id: str, mode: Mode) -> None:
        fields: dict[str, Any] = {"instance": instance_id, "event": event.id, "kind": event.kind, "state": event.state}
        if event.state is None:
            logger.info("a warning about an instance: no act, its state tells later", **fields)
            return
        is_wanted = event.state in STARTING and mode is not Mode.OFF
        if not is_wanted and event.state is not State.RUNNING:
            return
        cluster, why = self._cluster_of(instance_id) if event.home == self.home else ("", f"an event of {event.home}")
        if not cluster:
            proof.write(
                "instance is not ours", verdict=Verdict.NOT_OURS, mode=mode, warns=False, fields={**fields, "why": why}
            )
        elif event.state is State.RUNNING and not self._is_marked(cluster, instance_id):
            logger.info("instance runs, and no mark of ours is on its Node", **fields)
        elif instance_id in self.executions.running():
            logger.info("an execution looks after the instance already", **fields)
        else:
            name = f"{instance_id}-{re.sub(r'[^A-Za-z0-9_-]', '-', event.id)}"
            self.executions.start(name, {"target": instance_id, "apply": "event", "cluster": cluster})
            logger.info("execution started", execution=name, **fields)

    def _cluster_of(self, instance_id: str) -> tuple[str, str]:
        """Return the cluster of an instance: the event has no tags. Raises AWS's errors."""
        instance = self.evidence.instances.read(instance_id)
        cluster, why = self.evidence.cluster_of(instance)
        if not cluster and cluster_ids(instance.tags):
            count("UnregisteredCluster")
        return cluster, why

    def _is_marked(self, cluster: str, instance_id: str) -> bool:
        """Whether our taint or hold is on the Node of an instance; a silent cluster is left to the sweep."""
        try:
            return census.is_marked(self.evidence.connect(cluster, seconds=CLUSTER_SECONDS), instance_id)
        except kube.KubeError as error:
            logger.warning("the cluster did not answer: the sweep looks for marks", cluster=cluster, error=str(error))
            count("ClusterUnreachable", cluster=cluster)
            return False
