"""What CloudTrail tells the default bus about load balancers, and what of it reaches a function."""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from local.environment import ACCOUNT, REGION
from local.stage import Stage
from local.standin.process import Cloud
from local.target_groups import ON_EVENT, QUEUE
from tests.local.groups import PATIENCE_SECONDS

EVERYTHING = {"source": ["aws.elasticloadbalancing"]}


class Trail:
    """A queue that every event about load balancers reaches."""

    def __init__(self, cloud: Cloud, queue: str) -> None:
        self._sqs = cloud.client("sqs")
        self._queue = queue

    def events(self) -> list[dict[str, Any]]:
        """Take the events that came since the last time."""
        taken: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
                taken.append(json.loads(message["Body"]))
        return taken


@contextmanager
def recorded(cloud: Cloud) -> Iterator[Trail]:
    """Record events with a rule of our own."""
    sqs, rules, name = cloud.client("sqs"), cloud.client("events"), f"trail-{uuid.uuid4().hex[:8]}"
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    admits = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn, "Principal": "*"}
    queue = sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps({"Statement": [admits]})})["QueueUrl"]
    rules.put_rule(Name=name, EventPattern=json.dumps(EVERYTHING))
    rules.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    try:
        yield Trail(cloud, queue)
    finally:
        rules.remove_targets(Rule=name, Ids=["queue"])
        rules.delete_rule(Name=name)
        sqs.delete_queue(QueueUrl=queue)


def drained(stage: Stage) -> None:
    """Wait until the function has done all that is in its queue. Raises StoryError."""
    stage.wait(lambda: messages(stage, QUEUE) == 0, what="the queue to be empty", seconds=PATIENCE_SECONDS)


def messages(stage: Stage, queue: str) -> int:
    """Return how many messages are in a queue, those in flight included."""
    return sum(stage.cloud.queues()[stage.physical(queue).rpartition("/")[2]].values())


def reached(stage: Stage, events: Iterable[dict[str, Any]], *, last: dict[str, Any]) -> set[str]:
    """Put *events* on the bus, then *last*, which the rule matches; return the ids that the function was given.

    The mode must not be `off`, in which the function decides nothing.
    """
    for event in (*events, last):
        stage.cloud.inject(event)
    wait_until_judged(stage, last)
    drained(stage)
    return judged(stage)


def wait_until_judged(stage: Stage, event: dict[str, Any]) -> None:
    """Wait for the function's word about an event. Raises StoryError."""
    what = f"{stage.stack} to judge event {event['id']}"
    stage.wait(lambda: event["id"] in judged(stage), what=what, seconds=PATIENCE_SECONDS)


def judged(stage: Stage) -> set[str]:
    """Return the ids of all events about which the function has said anything."""
    return {line["cause"]["event"] for line in stage.log(ON_EVENT) if "event" in line.get("cause", {})}
