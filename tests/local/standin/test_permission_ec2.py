"""IAM on the stand-in asks for the volume and the instance of a detachment, each with its own tags."""

from collections.abc import Callable

import pytest

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

from .aws import AsRole, Client, refusal
from .instances import attached_volume, attachment_state, new_instance, wait_for

ARNS = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
OURS = {"kubernetes.io/cluster/demo": "owned"}
OWNED = {"StringEquals": {"aws:ResourceTag/kubernetes.io/cluster/demo": "owned"}}
MAY_DETACH = {
    "Action": "ec2:DetachVolume",
    "Resource": [f"{ARNS}:volume/*", f"{ARNS}:instance/*"],
    "Condition": OWNED,
}


@pytest.fixture(scope="module")
def pitcrew(as_role: AsRole) -> Client:
    """EC2 as our function sees it."""
    return as_role([MAY_DETACH], "ec2")


@pytest.mark.parametrize("named", [True, False])
def test_what_is_tagged_may_be_detached(ec2: Client, pitcrew: Client, *, named: bool) -> None:
    instance = new_instance(ec2, OURS)
    volume = attached_volume(ec2, instance, OURS)
    pitcrew.detach_volume(VolumeId=volume, **({"InstanceId": instance} if named else {}))
    assert attachment_state(ec2, volume) == "available"


# Source: Service Authorization Reference, DetachVolume (both resource types are required)
@pytest.mark.parametrize(("untagged", "tags"), [("volume", (OURS, None)), ("instance", (None, OURS))])
@pytest.mark.parametrize("named", [True, False])
def test_both_must_be_tagged(
    ec2: Client,
    pitcrew: Client,
    untagged: str,
    tags: tuple[dict[str, str] | None, dict[str, str] | None],
    *,
    named: bool,
) -> None:
    instance = new_instance(ec2, tags[0])
    volume = attached_volume(ec2, instance, tags[1])
    refused = refusal(pitcrew.detach_volume, VolumeId=volume, **({"InstanceId": instance} if named else {}))
    assert refused["Code"] == "UnauthorizedOperation"
    denied = f"{ARNS}:{untagged}/{volume if untagged == 'volume' else instance}"
    assert f"is not authorized to perform: ec2:DetachVolume on resource: {denied} " in refused["Message"]
    assert attachment_state(ec2, volume) == "attached"


@pytest.mark.parametrize("lost", [Cloud.fade_tags, Cloud.forget_instance])
def test_an_instance_whose_tags_have_faded_is_not_ours(
    cloud: Cloud, ec2: Client, pitcrew: Client, lost: Callable[[Cloud, str], None]
) -> None:
    # Source: facts/orphaned-attachments.md section 2.6
    instance = new_instance(ec2, OURS)
    ec2.terminate_instances(InstanceIds=[instance])
    wait_for(ec2, instance, "terminated")
    call = {"VolumeId": attached_volume(ec2, new_instance(ec2, OURS), OURS), "InstanceId": instance}
    assert refusal(pitcrew.detach_volume, **call)["Code"] == "InvalidAttachment.NotFound"
    lost(cloud, instance)
    assert refusal(pitcrew.detach_volume, **call)["Code"] == "UnauthorizedOperation"


@pytest.mark.parametrize(
    ("service", "call", "arguments", "action"),
    [
        ("ec2", "describe_instances", {"InstanceIds": ["{instance}"]}, "ec2:DescribeInstances"),
        ("ec2", "describe_volumes", {}, "ec2:DescribeVolumes"),
        ("autoscaling", "describe_auto_scaling_instances", {}, "autoscaling:DescribeAutoScalingInstances"),
    ],
)
def test_reads_need_everything_as_their_resource(
    ec2: Client, as_role: AsRole, *, service: str, call: str, arguments: dict[str, list[str]], action: str
) -> None:
    instance = new_instance(ec2)
    given = {name: [value.format(instance=instance) for value in values] for name, values in arguments.items()}
    assert getattr(as_role([{"Action": action, "Resource": "*"}], service), call)(**given)
    refusal(getattr(as_role([{"Action": action, "Resource": f"{ARNS}:instance/*"}], service), call), **given)
