"""Volumes that are held: what moto alone detaches, attaches a second time or does not page.

Sources: botocore's documentation of AttachVolume and DetachVolume; facts/orphaned-attachments.md sections 2.6, 7
and 9. What happens to an attachment then is in `ec2_attachments.py`.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.elastic_block_store import Volume, VolumeAttachment
from moto.ec2.responses import EC2Response

from local.standin.ec2_attachments import attach, detach

PAGE_LIMIT = 500
"""Most volumes of one page: facts section 7; asked for more, AWS answers with as many."""


class Volumes(EC2Response):
    """The calls that attach, detach and list volumes."""

    def attach_volume(self) -> ActionResult:
        """AttachVolume. The first refusal as in https://github.com/ansible-collections/amazon.aws/pull/497."""
        self.error_on_dryrun()
        volume = self.ec2_backend.get_volume(self._get_param("VolumeId"))
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        device = self._get_param("Device")
        if instance.state not in {"running", "stopped"}:
            raise EC2ClientError("IncorrectState", f"Instance '{instance.id}' is not 'running'.")
        if volume.attachment:
            raise EC2ClientError("VolumeInUse", f"{volume.id} is already attached to an instance")
        if device in instance.block_device_mapping:
            message = f"Invalid value '{device}' for unixDevice. Attachment point {device} is already in use"
            raise EC2ClientError("InvalidParameterValue", message)
        answer = super().attach_volume()
        attach(volume.attachment)
        return answer

    def detach_volume(self) -> ActionResult:
        """DetachVolume; the instance's id and the device need not be named.

        The refusal of an `available` volume as in https://github.com/hashicorp/terraform-provider-aws/issues/1011;
        the code of the root device's is an assumption (facts section 7).
        """
        self.error_on_dryrun()
        attachment = self._held()
        instance = attachment.instance
        if attachment.device == instance.root_device_name and instance.state == "running":
            message = f"Unable to detach root volume '{attachment.volume_id}' from instance '{instance.id}'"
            raise EC2ClientError("OperationNotPermitted", message)
        detach(attachment, force=self._get_bool_param("Force", False))
        named = {"VolumeId": attachment.volume_id, "InstanceId": instance.id, "Device": attachment.device}
        return ActionResult({**named, "State": "detaching", "AttachTime": attachment.attach_time})

    def _held(self) -> VolumeAttachment:
        volume = self.ec2_backend.get_volume(self._get_param("VolumeId"))
        if not volume.attachment:
            raise EC2ClientError("IncorrectState", f"Volume '{volume.id}' is in the 'available' state.")
        held: VolumeAttachment = volume.attachment
        instance = self._get_param("InstanceId") or held.instance_id
        device = self._get_param("Device") or held.device
        if (instance, device) != (held.instance_id, held.device):
            message = f"The volume '{volume.id}' is not attached to instance '{instance}' as device '{device}'"
            raise EC2ClientError("InvalidAttachment.NotFound", message)
        return held

    def describe_volumes(self) -> ActionResult:
        """DescribeVolumes in pages; the token names the last volume shown, so that deletions shift nothing."""
        self.error_on_dryrun()
        for volume in self.ec2_backend.volumes.values():
            _complete(volume)
        found = self.ec2_backend.describe_volumes(self._get_param("VolumeIds", []), self._filters_from_querystring())
        last = urlsafe_b64decode(self._get_param("NextToken", "")).decode()
        left = sorted((volume for volume in found if volume.id > last), key=lambda volume: volume.id)
        size = min(self._get_param("MaxResults", len(left)), PAGE_LIMIT)
        token = urlsafe_b64encode(left[size - 1].id.encode()).decode() if len(left) > size else None
        return ActionResult({"Volumes": left[:size], "NextToken": token})


def _complete(volume: Volume) -> None:
    """Add what AWS says of every volume and attachment, and moto of some."""
    volume.multi_attach_enabled = bool(volume.multi_attach_enabled)
    if held := volume.attachment:
        device = held.instance.block_device_mapping[held.device]
        held.delete_on_termination = device.delete_on_termination  # type: ignore[attr-defined]  # read by its name
