"""Instances on the stand-in change their states as on AWS."""

import time

import pytest

from local.standin.process import Cloud

from .aws import Client, eventually, refusal
from .instances import attachment_state, instance_of, lasting, new_instance, wait_for


def test_a_stopped_instance_keeps_its_volumes_and_says_who_stopped_it(ec2: Client, instance: str, volume: str) -> None:
    # Sources: facts/orphaned-attachments.md sections 2.6 ("remain attached") and 7 (StateReason)
    (change,) = ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "stopping")
    stopped = wait_for(ec2, instance, "stopped")
    assert stopped["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert attachment_state(ec2, volume) == "attached"


@pytest.mark.parametrize(
    ("configured", "reason"), [(True, "Client.UserInitiatedHibernate"), (False, "Client.UserInitiatedShutdown")]
)
def test_only_an_instance_made_for_it_hibernates(ec2: Client, reason: str, *, configured: bool) -> None:
    # Source: botocore, StopInstances (Hibernate)
    instance = new_instance(ec2, HibernationOptions={"Configured": configured})
    ec2.stop_instances(InstanceIds=[instance], Hibernate=True)
    stopped = wait_for(ec2, instance, "stopped")
    assert stopped["StateReason"]["Code"] == reason
    assert stopped["HibernationOptions"] == {"Configured": configured}


def test_a_started_instance_was_launched_anew(cloud: Cloud, ec2: Client, instance: str) -> None:
    ec2.stop_instances(InstanceIds=[instance])
    before = wait_for(ec2, instance, "stopped")
    with lasting(cloud, pending=1):
        ec2.start_instances(InstanceIds=[instance])
    assert instance_of(ec2, instance)["State"]["Name"] == "pending"
    running = wait_for(ec2, instance, "running")
    assert running["LaunchTime"] > before["LaunchTime"]
    assert not running["StateReason"]["Code"]


def test_what_is_under_way_can_be_asked_for_again_but_not_undone(cloud: Cloud, ec2: Client, instance: str) -> None:
    # Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (IncorrectInstanceState)
    with lasting(cloud, stopping=60):
        ec2.stop_instances(InstanceIds=[instance])
        ec2.stop_instances(InstanceIds=[instance])
        assert refusal(ec2.start_instances, InstanceIds=[instance])["Code"] == "IncorrectInstanceState"
    ec2.terminate_instances(InstanceIds=[instance])
    wait_for(ec2, instance, "terminated")
    assert refusal(ec2.start_instances, InstanceIds=[instance])["Code"] == "IncorrectInstanceState"


def test_an_instance_terminated_on_its_way_stays_so(cloud: Cloud, ec2: Client, instance: str) -> None:
    with lasting(cloud, stopping=0.5, shutting_down=0):
        ec2.stop_instances(InstanceIds=[instance])
        ec2.terminate_instances(InstanceIds=[instance])
    time.sleep(0.7)
    assert instance_of(ec2, instance)["State"]["Name"] == "terminated"


def test_a_dry_run_does_not_act(ec2: Client, instance: str) -> None:
    for call in (ec2.stop_instances, ec2.terminate_instances):
        assert refusal(call, InstanceIds=[instance], DryRun=True)["Code"] == "DryRunOperation"
    assert instance_of(ec2, instance)["State"]["Name"] == "running"


def test_a_terminated_instance_is_visible_until_it_is_forgotten(cloud: Cloud, ec2: Client) -> None:
    # Source: facts/orphaned-attachments.md sections 2.6 and 7
    instance = new_instance(ec2, {"eks:cluster-name": "demo"})
    ec2.terminate_instances(InstanceIds=[instance])
    assert wait_for(ec2, instance, "terminated")["Tags"] == [{"Key": "eks:cluster-name", "Value": "demo"}]
    cloud.fade_tags(instance)
    assert "Tags" not in instance_of(ec2, instance)
    cloud.forget_instance(instance)
    assert refusal(ec2.describe_instances, InstanceIds=[instance])["Code"] == "InvalidInstanceID.NotFound"
    named = [{"Name": "instance-id", "Values": [instance]}]
    assert ec2.describe_instances(Filters=named)["Reservations"] == []


def test_a_terminated_instance_is_forgotten_in_time(cloud: Cloud, ec2: Client, instance: str) -> None:
    with lasting(cloud, terminated=0.1):
        ec2.terminate_instances(InstanceIds=[instance])
        named = [{"Name": "instance-id", "Values": [instance]}]
        eventually(lambda: not ec2.describe_instances(Filters=named)["Reservations"])


def test_auto_scaling_knows_an_instances_lifecycle_state(cloud: Cloud, instance: str, unique: str) -> None:
    # Source: botocore, autoscaling LifecycleState
    scaling = cloud.client("autoscaling")
    scaling.create_auto_scaling_group(AutoScalingGroupName=unique, MinSize=0, MaxSize=1)
    for state in ("InService", "Warmed:Stopped"):
        cloud.set_lifecycle(instance, group=unique, state=state)
        (known,) = scaling.describe_auto_scaling_instances(InstanceIds=[instance])["AutoScalingInstances"]
        assert (known["AutoScalingGroupName"], known["LifecycleState"]) == (unique, state)
