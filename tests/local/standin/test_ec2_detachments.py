"""Detachments on the stand-in take their time, and wait for what they wait for on AWS."""

import pytest

from local.standin.process import Cloud

from .aws import Client, eventually
from .instances import DEVICE, attached_volume, attachment_state, lasting, new_instance, wait_for


def test_a_mounted_volume_stays_busy_until_it_is_unmounted(cloud: Cloud, ec2: Client, volume: str) -> None:
    # Source: botocore, DetachVolume
    cloud.mount(volume)
    ec2.detach_volume(VolumeId=volume)
    assert attachment_state(ec2, volume) == "busy"
    cloud.unmount(volume)
    assert attachment_state(ec2, volume) == "available"


def test_a_busy_volume_leaves_an_instance_that_has_stopped(
    cloud: Cloud, ec2: Client, instance: str, volume: str
) -> None:
    cloud.mount(volume)
    ec2.detach_volume(VolumeId=volume)
    ec2.stop_instances(InstanceIds=[instance])
    assert attachment_state(ec2, volume) == "busy"
    wait_for(ec2, instance, "stopped")
    assert attachment_state(ec2, volume) == "available"


def test_force_takes_a_mounted_volume(cloud: Cloud, ec2: Client, volume: str) -> None:
    cloud.mount(volume)
    ec2.detach_volume(VolumeId=volume, Force=True)
    assert attachment_state(ec2, volume) == "available"


def test_a_detachment_waits_for_the_end_of_an_instance_that_shuts_down(ec2: Client, instance: str, volume: str) -> None:
    # Source: facts/orphaned-attachments.md section 8 ("TerminateInstances before detach finished")
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.detach_volume(VolumeId=volume)
    assert attachment_state(ec2, volume) == "detaching"
    wait_for(ec2, instance, "terminated")
    assert attachment_state(ec2, volume) == "available"


def test_attaching_and_detaching_take_the_time_they_are_given(cloud: Cloud, ec2: Client, instance: str) -> None:
    with lasting(cloud, attaching=0.5, detaching=0.5):
        volume = attached_volume(ec2, instance)
        assert attachment_state(ec2, volume) == "attaching"
        eventually(lambda: attachment_state(ec2, volume) == "attached")
        ec2.detach_volume(VolumeId=volume)
        assert attachment_state(ec2, volume) == "detaching"
        eventually(lambda: attachment_state(ec2, volume) == "available")


@pytest.mark.parametrize("parted", ["by force", "by the end of its instance"])
def test_a_volume_is_not_mounted_where_it_comes_next(
    cloud: Cloud, ec2: Client, instance: str, volume: str, parted: str
) -> None:
    cloud.mount(volume)
    if parted == "by force":
        ec2.detach_volume(VolumeId=volume, Force=True)
    else:
        ec2.terminate_instances(InstanceIds=[instance])
        wait_for(ec2, instance, "terminated")
    ec2.attach_volume(VolumeId=volume, InstanceId=new_instance(ec2), Device=DEVICE)
    ec2.detach_volume(VolumeId=volume)
    assert attachment_state(ec2, volume) == "available"
