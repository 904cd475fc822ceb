"""What a test or the demo does to EC2 that no API of AWS does; its paths are in `control.py`."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_ec2.py holds them

from collections.abc import Mapping
from typing import Any

from ministack.services import autoscaling
from moto.ec2.models import ec2_backends

from local.environment import ACCOUNT, REGION
from local.standin import ec2_attachments, ec2_clock, ec2_states


def set_seconds(wished: Mapping[str, float]) -> None:
    """Let states last so long from now on; states that are not named keep their time."""
    if unknown := wished.keys() - ec2_clock.seconds.keys():
        raise LookupError(f"no such passing states: {sorted(unknown)}")
    ec2_clock.seconds.update(wished)


def change_instance(instance_id: str, change: str, content: Mapping[str, Any]) -> None:
    """Forget an instance, let its tags fade, or say what Auto Scaling says of it."""
    with ec2_clock.lock:
        instance = backend().get_instance(instance_id)
        if change == "forget":
            ec2_states.forget(instance)
        elif change == "fade":
            backend().tags.pop(instance_id, None)
        else:
            _put_into_group(instance_id, instance.availability_zone, content["group"], content["state"])


def _put_into_group(instance: str, zone: str, group: str, state: str) -> None:
    """Let a group of ministack's have an instance, which starts none itself. `state` is botocore's LifecycleState."""
    instances = autoscaling._asgs[group]["Instances"]
    others = [one for one in instances if one["InstanceId"] != instance]
    facts = {"HealthStatus": "Healthy", "ProtectedFromScaleIn": False}
    ours = {"InstanceId": instance, "AvailabilityZone": zone, "LifecycleState": state, **facts}
    instances[:] = [*others, ours]


def change_volume(volume_id: str, change: str) -> None:
    """Mount or unmount a volume on the instance that has it."""
    with ec2_clock.lock:
        volume = backend().get_volume(volume_id)
        (ec2_attachments.mount if change == "mount" else ec2_attachments.unmount)(volume)


def backend() -> Any:  # noqa: ANN401 - moto makes its type of many parts
    """Return moto's EC2 of our account and region."""
    return ec2_backends[ACCOUNT][REGION]
