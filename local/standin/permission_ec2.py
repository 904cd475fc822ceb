"""What an EC2 call is about, and the tags of that, for IAM.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html: AttachVolume and
DetachVolume ask for the volume and for the instance, each with its own tags; Describe* know no resources.
"""

from collections.abc import Iterator

from local.environment import ACCOUNT, REGION
from local.standin.ec2_control import backend
from local.standin.elbv2_wire import Params, parameter

_PREFIX = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
_KINDS = {"i": "instance", "vol": "volume"}


def ec2_arns(params: Params, ministacks: str) -> list[str]:
    """Name the resources of a call; *ministacks* is the one that ministack would ask for."""
    action = parameter(params, "Action")
    if action.startswith("Describe"):
        return ["*"]
    if action in {"AttachVolume", "DetachVolume"}:
        volume = parameter(params, "VolumeId")
        instance = parameter(params, "InstanceId") or _holder(volume)
        return [f"{_PREFIX}:volume/{volume}", f"{_PREFIX}:instance/{instance}"]
    return [ministacks]


def _holder(volume: str) -> str:
    """Find the instance that has a volume: a detachment need not name it."""
    found = backend().volumes.get(volume)
    return found.attachment.instance_id if found and found.attachment else "*"


def tagged() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Every instance and volume that has tags, by ARN: ministack's collectors have this shape."""
    for resource, tags in list(backend().tags.items()):
        if kind := _KINDS.get(resource.partition("-")[0]):
            yield f"{_PREFIX}:{kind}/{resource}", [{"Key": key, "Value": value} for key, value in tags.items()]
