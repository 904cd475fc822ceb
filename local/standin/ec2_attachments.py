"""Attachments on their way: attaching, detaching, busy, blocked.

A mounted volume stays `busy` until it is unmounted (botocore, DetachVolume), and while an instance shuts down its
volumes come off with its end (facts/orphaned-attachments.md sections 2.6 and 8). A volume is mounted where a control
call says so: nothing runs on these instances.
"""

from functools import partial

from moto.ec2.models.elastic_block_store import Volume, VolumeAttachment
from moto.ec2.models.instances import Instance

from local.standin.ec2_clock import after

_mounted: set[str] = set()


def attach(attachment: VolumeAttachment) -> None:
    """Begin to put a volume on its instance."""
    _mark(attachment, "attaching")
    after("attaching", partial(_arrive, attachment))


def _arrive(attachment: VolumeAttachment) -> None:
    if attachment.status == "attaching":
        _mark(attachment, "attached")


def detach(attachment: VolumeAttachment, *, force: bool = False) -> None:
    """Begin to take a volume off its instance: busy while it is mounted, blocked while the instance terminates."""
    state = attachment.instance.state
    if attachment.volume_id in _mounted and state not in {"stopped", "shutting-down"} and not force:
        _mark(attachment, "busy")
        return
    _mark(attachment, "detaching")
    if state != "shutting-down":
        after("detaching", partial(_leave, attachment))


def _leave(attachment: VolumeAttachment) -> None:
    if attachment.volume.attachment is attachment:
        _mounted.discard(attachment.volume_id)
        backend = attachment.volume.ec2_backend
        backend.detach_volume(attachment.volume_id, attachment.instance_id, attachment.device)


def mount(volume: Volume) -> None:
    """Say that the instance uses the volume: no detaching without force until it is stopped or has unmounted."""
    _mounted.add(volume.id)


def unmount(volume: Volume) -> None:
    """Say that the instance has let go of the volume; a detachment that waited for that goes on."""
    _mounted.discard(volume.id)
    if volume.attachment and volume.attachment.status == "busy":
        detach(volume.attachment)


def machine_is_off(instance: Instance) -> None:
    """Nothing is mounted on a stopped instance any more, though all stays attached."""
    backend = instance.ec2_backend
    for _, device in instance.get_block_device_mapping:
        unmount(backend.get_volume(device.volume_id))


def _mark(attachment: VolumeAttachment, status: str) -> None:
    attachment.status = status
    # An instance's list of devices has no `busy`: botocore, EbsInstanceBlockDevice.
    attachment.instance.block_device_mapping[attachment.device].status = "detaching" if status == "busy" else status
