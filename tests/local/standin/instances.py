"""Instances and volumes on the stand-in, as the tests of EC2 and of its permissions make them."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from local.environment import REGION
from local.standin.process import Cloud

from .aws import Client, eventually

DEVICE = "/dev/xvdaa"
SECONDS = {
    "pending": 0.0,
    "stopping": 1.0,
    "shutting_down": 1.0,
    "terminated": 3600.0,
    "attaching": 0.0,
    "detaching": 0.0,
}
"""How long passing states last in these tests."""


@contextlib.contextmanager
def lasting(cloud: Cloud, **seconds: float) -> Iterator[None]:
    """Let passing states begun in the block last so long."""
    cloud.set_transitions(**seconds)
    yield
    cloud.set_transitions(**SECONDS)


def new_instance(ec2: Client, tags: Mapping[str, str] | None = None, **settings: object) -> str:
    """Run an instance, and wait until it is running."""
    tagged = [{"ResourceType": "instance", "Tags": pairs(tags)}] if tags else []
    made = ec2.run_instances(ImageId="ami-0node", MinCount=1, MaxCount=1, TagSpecifications=tagged, **settings)
    instance = str(made["Instances"][0]["InstanceId"])
    wait_for(ec2, instance, "running")
    return instance


def new_volume(ec2: Client, tags: Mapping[str, str] | None = None, **settings: object) -> str:
    tagged = [{"ResourceType": "volume", "Tags": pairs(tags)}] if tags else []
    made = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1, TagSpecifications=tagged, **settings)
    return str(made["VolumeId"])


def attached_volume(ec2: Client, instance: str, tags: Mapping[str, str] | None = None) -> str:
    volume = new_volume(ec2, tags)
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device=DEVICE)
    return volume


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def instance_of(ec2: Client, instance: str) -> dict[str, Any]:
    (reservation,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    (described,) = reservation["Instances"]
    return dict(described)


def wait_for(ec2: Client, instance: str, state: str) -> dict[str, Any]:
    eventually(lambda: instance_of(ec2, instance)["State"]["Name"] == state)
    return instance_of(ec2, instance)


def volume_of(ec2: Client, volume: str) -> dict[str, Any]:
    (described,) = ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
    return dict(described)


def attachment_state(ec2: Client, volume: str) -> str:
    """`available`, or the state of the volume's attachment."""
    described = volume_of(ec2, volume)
    return str(described["Attachments"][0]["State"] if described["Attachments"] else described["State"])
