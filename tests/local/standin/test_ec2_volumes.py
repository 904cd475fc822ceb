"""Volumes on the stand-in are attached, held and let go as on AWS."""

import pytest

from local.standin.process import Cloud

from .aws import Client, refusal
from .instances import DEVICE, attachment_state, instance_of, new_instance, new_volume, volume_of, wait_for


def test_a_terminated_instance_lets_go_of_its_volumes_at_the_end(
    cloud: Cloud, ec2: Client, instance: str, volume: str
) -> None:
    # Source: facts/orphaned-attachments.md section 9 (moto: at once)
    (root,) = (d["Ebs"] for d in instance_of(ec2, instance)["BlockDeviceMappings"] if d["Ebs"]["DeleteOnTermination"])
    cloud.mount(volume)
    ec2.terminate_instances(InstanceIds=[instance])
    assert attachment_state(ec2, volume) == "attached"
    wait_for(ec2, instance, "terminated")
    assert attachment_state(ec2, volume) == "available"
    assert refusal(volume_of, ec2, root["VolumeId"])["Code"] == "InvalidVolume.NotFound"


def test_a_volume_is_detached_without_naming_the_instance(ec2: Client, volume: str) -> None:
    assert ec2.detach_volume(VolumeId=volume)["State"] == "detaching"
    assert attachment_state(ec2, volume) == "available"


def test_a_detachment_that_cannot_be_is_refused(ec2: Client, instance: str, volume: str) -> None:
    # Source: facts/orphaned-attachments.md section 7
    devices = instance_of(ec2, instance)["BlockDeviceMappings"]
    (root,) = (device["Ebs"]["VolumeId"] for device in devices if device["DeviceName"] == "/dev/sda1")
    free, gone = new_volume(ec2), "vol-0123456789abcdef0"
    assert refusal(ec2.detach_volume, VolumeId=free, InstanceId=instance)["Code"] == "IncorrectState"
    assert refusal(ec2.detach_volume, VolumeId=gone, InstanceId=instance)["Code"] == "InvalidVolume.NotFound"
    assert refusal(ec2.detach_volume, VolumeId=volume, InstanceId="i-0")["Code"] == "InvalidAttachment.NotFound"
    assert refusal(ec2.detach_volume, VolumeId=root)["Code"] == "OperationNotPermitted"
    assert refusal(ec2.detach_volume, VolumeId=volume, DryRun=True)["Code"] == "DryRunOperation"
    assert attachment_state(ec2, volume) == "attached"


def test_a_held_volume_is_not_attached_again(ec2: Client, volume: str) -> None:
    other = new_instance(ec2)
    refused = refusal(ec2.attach_volume, VolumeId=volume, InstanceId=other, Device=DEVICE)
    assert refused["Code"] == "VolumeInUse"


def test_a_device_is_used_once(ec2: Client, instance: str, volume: str) -> None:
    assert attachment_state(ec2, volume) == "attached"
    refused = refusal(ec2.attach_volume, VolumeId=new_volume(ec2), InstanceId=instance, Device=DEVICE)
    assert refused["Code"] == "InvalidParameterValue"


@pytest.mark.parametrize("final", ["stopped", "terminated"])
def test_a_stopped_instance_takes_a_volume_and_a_terminated_one_does_not(
    ec2: Client, instance: str, final: str
) -> None:
    # Sources: botocore, AttachVolume ("running or stopped"); the code as in ansible-collections/amazon.aws#497
    (ec2.stop_instances if final == "stopped" else ec2.terminate_instances)(InstanceIds=[instance])
    wait_for(ec2, instance, final)
    call = {"VolumeId": new_volume(ec2), "InstanceId": instance, "Device": DEVICE}
    if final == "stopped":
        ec2.attach_volume(**call)
        assert attachment_state(ec2, call["VolumeId"]) == "attached"
    else:
        assert refusal(ec2.attach_volume, **call)["Code"] == "IncorrectState"
