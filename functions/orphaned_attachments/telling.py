"""What a person is told: in plain words, with the commands where a person must act, and not again and again.

Over 120 lines because all that is ever said to a person stands here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

import kube
from functions.orphaned_attachments.decision import RULES, Decision, Verdict
from pitcrew.metrics import count
from pitcrew.notify import Topic

NAMESPACE = "default"
"""Where the Events about Nodes are, which have no namespace."""

OF_A_CLUSTER = frozenset({Verdict.PLANNED_STOP.value, Verdict.TOO_MANY_AT_ONCE.value})
"""Verdicts that are about all of a cluster's dead nodes."""

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, and what tells it from others of the same hour."""

    key: str
    reason: str
    """The verdict."""

    node: str
    """Name of the Node that the Event is about; empty where it is about none."""

    subject: str
    text: str


class Teller:
    """Tells the topic, and the cluster by an Event, which is also the memory of what was said within the hour."""

    def __init__(self, topic: Topic, *, now: datetime) -> None:
        self._topic = topic
        self._now = now

    def tell(self, cluster: kube.Cluster | None, message: Message) -> None:
        """Publish *message* unless the cluster remembers that it was said in this hour."""
        if cluster is not None and self._was_said(cluster, message):
            return
        self._topic.publish(message.subject, message.text)

    def _was_said(self, cluster: kube.Cluster, message: Message) -> bool:
        try:
            cluster.create(f"/api/v1/namespaces/{NAMESPACE}/events", event(message, now=self._now))
        except kube.ConflictError:
            return True
        except kube.KubeError as error:
            logger.warning("no Event could be written", key=message.key, error=str(error))
            count("EventNotWritten")
        return False


def event(message: Message, *, now: datetime) -> dict[str, Any]:
    """Return a message as an Event whose name is the same for an hour."""
    name = re.sub(r"[^a-z0-9.]+", "-", f"pitcrew-{message.key}-{now:%Y%m%d%H}".lower())
    moment = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "involvedObject": {"apiVersion": "v1", "kind": "Node", "name": message.node},
        "reason": message.reason,
        "message": message.text[:1000],
        "type": "Normal" if message.reason == Verdict.RELEASED else "Warning",
        "source": {"component": "pitcrew"},
        "firstTimestamp": moment,
        "lastTimestamp": moment,
        "count": 1,
    }


def held_back(cluster: str, decisions: Sequence[Decision]) -> Iterator[Message]:
    """Yield one message for each verdict that waits for a person: a summary, never one for each instance."""
    for rule in RULES:
        found = [one for one in decisions if one.verdict is rule.verdict]
        if found:
            names = ", ".join(one.facts.instance.id for one in found)
            remedy = rule.remedy.replace("<cluster>", cluster).replace("<instance>", found[0].facts.instance.id)
            yield Message(
                key=f"{rule.verdict}-{cluster}",
                reason=rule.verdict.value,
                node=next((one.facts.node.name for one in found if one.facts.node), ""),
                subject=f"Pitcrew: {rule.verdict} in cluster {cluster}",
                text=f"{names}: {rule.when}. Nothing was released.\n\nWhat you can do: {remedy}\n",
            )


def of_run(result: Mapping[str, Any], *, execution: str) -> Message | None:
    """Return what to tell of a run that has ended; None where nobody needs to know."""
    run, outcome = result["run"], result["outcome"]
    verdict = outcome["result"]
    needs_a_person = verdict in {one.value for one in Verdict if one.needs_a_person}
    if not run["acts"] and not needs_a_person:
        return None
    lines = [f"Instance {run['instance']} of cluster {run['cluster']}: {verdict} ({outcome['why']})."]
    lines += ["", "What was done:", *run["acts"]] if run["acts"] else ["", "Nothing was done."]
    lines += ["", "What still hangs on it:", *outcome["blocks"]] if outcome["blocks"] else []
    lines += ["", f"The last write that failed: {run['trouble']}"] if run["trouble"] and needs_a_person else []
    lines += ["", f"What you can do: {outcome['remedy']}"] if outcome["remedy"] and needs_a_person else []
    lines += ["", *commands(run["instance"], outcome["volumes"])] if outcome["blocks"] else []
    return Message(
        # What holds back many at once is said once.
        key=f"{verdict}-{run['cluster' if verdict in OF_A_CLUSTER else 'instance']}",
        reason=verdict,
        node=run["memory"].get("node_name", ""),
        subject=f"Pitcrew: {verdict}, {run['instance']} of {run['cluster']}",
        text="\n".join([*lines, "", f"Proof: execution {execution}", ""]),
    )


def commands(instance: str, volumes: Sequence[str]) -> list[str]:
    """Return the commands that are left to a person, and the danger of the last one."""
    lines = []
    for volume in volumes:
        detach = f"--volume-id {volume} --instance-id {instance}"
        snapshot = f"aws ec2 create-snapshot --volume-id {volume} --description before-force-detach"
        lines.append(f"aws ec2 detach-volume {detach}")
        lines.append(f"If it stays busy: {snapshot}; wait for it, then aws ec2 detach-volume --force {detach}")
    danger = (
        "Force can lose what was not written yet, and the file system must be checked: never while the machine runs."
    )
    return [*lines, danger] if lines else []
