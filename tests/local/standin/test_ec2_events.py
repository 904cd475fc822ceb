"""EventBridge on the stand-in is told each state of an instance."""

import json

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

from .aws import Client, Queue, Received, eventually
from .instances import lasting, new_instance, wait_for


def test_each_state_is_told_in_order(cloud: Cloud, ec2: Client, queue: Queue, received: Received, unique: str) -> None:
    # The shape is that of the sample ec2-instance-terminated.documented
    pattern = {"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"]}
    cloud.client("events").put_rule(Name=unique, EventPattern=json.dumps(pattern))
    cloud.client("events").put_targets(Rule=unique, Targets=[{"Id": "queue", "Arn": queue[1]}])
    with lasting(cloud, pending=0.1, stopping=0.1, shutting_down=0.1):
        instance = new_instance(ec2)
        ec2.stop_instances(InstanceIds=[instance])
        wait_for(ec2, instance, "stopped")
        ec2.terminate_instances(InstanceIds=[instance])
        wait_for(ec2, instance, "terminated")
    told: list[tuple[list[str], str]] = []

    def all_are_told() -> bool:
        events = [json.loads(message["Body"]) for message in received()]
        ours = [event for event in events if event["detail"]["instance-id"] == instance]
        told.extend((event["resources"], event["detail"]["state"]) for event in ours)
        return len(told) == 6

    eventually(all_are_told)
    states = ("pending", "running", "stopping", "stopped", "shutting-down", "terminated")
    assert told == [([f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance}"], state) for state in states]
