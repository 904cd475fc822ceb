"""The fake EC2 and Step Functions, held to moto by one suite of scenarios through the adapters.

What moto 5.2.5 cannot play stands in test_instances.py and test_volumes.py: pages, transitions, hibernation,
multi-attach, volumes that AWS manages, and DetachVolume's IncorrectState.

Over 120 lines because both backends and all their scenarios are read together.
"""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from functions.orphaned_attachments.decision.holdings import Place
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.executions import Executions
from functions.orphaned_attachments.instances import Instances
from functions.orphaned_attachments.objects import Pv
from functions.orphaned_attachments.volumes import OF_ANY_CLUSTER, Volumes
from tests.functions.orphaned_attachments.fake_aws import FakeAws, tags

UNKNOWN, UNKNOWN_VOLUME = "i-0123456789abcdef0", "vol-0123456789abcdef0"
MARKS = {"kubernetes.io/cluster/prod": "owned"}
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:Pitcrew-release-volumes"


class Fake:
    """The fakes."""

    def __init__(self) -> None:
        self._aws = FakeAws()
        client: Any = self._aws
        self.instances, self.volumes, self.executions = (
            Instances(client, client),
            Volumes(client),
            Executions(client, MACHINE),
        )

    def instance(self, number: int = 0) -> str:
        instance_id = f"i-{number:017x}"
        self._aws.has_instance(instance_id, "running", of=MARKS)
        return instance_id

    def volume(self, *instances: str) -> str:
        volume_id = f"vol-{len(self._aws.volumes):017x}"
        self._aws.has_volume(volume_id, *instances)
        return volume_id

    def end(self, instance_id: str, state: str) -> None:
        self._aws.has_instance(instance_id, state, of=MARKS, StateReason={"Code": "Client.UserInitiatedShutdown"})


class Moto:
    """boto3's own clients against moto."""

    def __init__(self) -> None:
        self._ec2 = boto3.client("ec2")
        states = boto3.client("stepfunctions")
        role = "arn:aws:iam::123456789012:role/any"
        made = states.create_state_machine(name="Pitcrew-release-volumes", definition="{}", roleArn=role)
        self.instances = Instances(self._ec2, boto3.client("autoscaling"))
        self.volumes, self.executions = Volumes(self._ec2), Executions(states, made["stateMachineArn"])

    def instance(self, number: int = 0) -> str:
        given: Any = [{"ResourceType": "instance", "Tags": [*tags(MARKS), *tags({"number": str(number)})]}]
        made = self._ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, TagSpecifications=given)
        return made["Instances"][0]["InstanceId"]

    def volume(self, *instances: str) -> str:
        given: Any = [{"ResourceType": "volume", "Tags": tags({OF_ANY_CLUSTER: "true"})}]
        volume_id = self._ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=given)["VolumeId"]
        for one in instances:
            self._ec2.attach_volume(VolumeId=volume_id, InstanceId=one, Device="/dev/xvdaa")
        return volume_id

    def end(self, instance_id: str, state: str) -> None:
        if state == "stopped":
            self._ec2.stop_instances(InstanceIds=[instance_id])
        else:
            self._ec2.terminate_instances(InstanceIds=[instance_id])


Backend = Fake | Moto


@pytest.fixture(params=[Fake, Moto])
def backend(request: pytest.FixtureRequest) -> Iterator[Backend]:
    with mock_aws():
        yield request.param()


def _pvs(*volumes: str) -> dict[str, Pv]:
    return {
        f"pv-{one}": Pv(name=f"pv-{one}", volume=one, claim=("", ""), is_in_tree=False, is_opted_out=False)
        for one in volumes
    }


def test_an_instance_is_read_with_state_reason_and_tags(backend: Backend) -> None:
    one = backend.instance()
    backend.end(one, "stopped")

    found = backend.instances.read(one)

    assert (found.id, found.state, found.state_reason) == (one, State.STOPPED, "Client.UserInitiatedShutdown")
    assert found.tags.items() >= MARKS.items()
    assert found.root_device.startswith("/dev/")
    assert not found.can_hibernate


def test_an_unknown_instance_is_not_found_and_no_error(backend: Backend) -> None:
    assert backend.instances.read(UNKNOWN).state is State.NOT_FOUND


def test_of_many_instances_those_that_are_down_are_found(backend: Backend) -> None:
    up, stopped, terminated = (backend.instance(number) for number in range(3))
    backend.end(stopped, "stopped")
    backend.end(terminated, "terminated")

    found = {one.id: one.state for one in backend.instances.down({up, stopped, terminated, UNKNOWN})}

    assert found == {stopped: State.STOPPED, terminated: State.TERMINATED}
    assert backend.instances.down([]) == []


def test_volumes_of_the_cluster_on_an_instance_are_held_and_others_are_not(backend: Backend) -> None:
    one = backend.instance()
    ours, _foreign, free = backend.volume(one), backend.volume(one), backend.volume()

    held = backend.volumes.held(one, _pvs(ours, free), (), tag="kubernetes.io/cluster/prod")

    assert [(volume.id, volume.place, volume.pv, volume.may_detach) for volume in held] == [
        (ours, Place.HERE, f"pv-{ours}", True)
    ]
    assert (held[0].attachment_state, held[0].device) == ("attached", "/dev/xvdaa")


def test_attached_volumes_are_found_by_tag_with_their_instance(backend: Backend) -> None:
    one = backend.instance()
    held, _free = backend.volume(one), backend.volume()

    assert backend.volumes.attached([OF_ANY_CLUSTER, "kubernetes.io/cluster/prod"]) == {held: [one]}
    assert backend.volumes.attached(["kubernetes.io/cluster/other"]) == {}


def test_a_volume_is_detached_with_the_answer_and_the_request_id(backend: Backend) -> None:
    one = backend.instance()
    volume = backend.volume(one)
    backend.end(one, "stopped")

    word, request_id = backend.volumes.detach(volume, one)

    assert word == "detaching"
    assert request_id


def test_a_name_that_was_used_is_a_duplicate_and_success(backend: Backend) -> None:
    given = {"target": UNKNOWN, "apply": "event", "cluster": "prod"}

    for _ in range(2):
        backend.executions.start(f"{UNKNOWN}-e-1", given)

    assert backend.executions.running() == {UNKNOWN}
