"""EBS volumes as EC2 shows them, and the one call that may detach one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.orphaned_attachments.decision.holdings import Attachment, Place, Volume
from functions.orphaned_attachments.ec2_calls import reading
from functions.orphaned_attachments.objects import Pv

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

AT_ONCE = 200
PAGE = 500
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumes.html"""

OF_ANY_CLUSTER = "ebs.csi.aws.com/cluster"
PV_NAME = "CSIVolumeName"
"""Tags that the EBS CSI driver writes on its volumes: docs/tagging.md there."""

DONE = {"IncorrectState", "InvalidAttachment.NotFound", "InvalidVolume.NotFound"}
"""The volume is not on that instance any more: somebody was faster."""


class Volumes:
    """Reads volumes, and detaches one. Every call raises ClientError or BotoCoreError."""

    def __init__(self, client: "EC2Client") -> None:
        self._client = client

    def held(
        self, instance: str, pvs: Mapping[str, Pv], attachments: Sequence[Attachment], *, tag: str
    ) -> list[Volume]:
        """Return what concerns an instance: PersistentVolumes' volumes on it, and those its VolumeAttachments name.

        One that EC2 does not know is there as gone. *tag* is the key without which DetachVolume is not allowed,
        besides the driver's own; empty where it never is.
        """
        named = {one.volume for one in attachments} - {""}
        missing = {one.pv for one in attachments if one.is_pv_missing}
        by_volume = {pv.volume: pv for pv in pvs.values()}
        here = list(self._matching({"attachment.instance-id": [instance]}))
        rest = sorted(named - {one["VolumeId"] for one in here})
        found = here + [one for some in _batches(rest) for one in self._matching({"volume-id": some})]
        volumes = [_volume(one, instance, by_volume, tag) for one in found]
        gone = [Volume(id=one, place=Place.GONE) for one in rest if one not in {volume.id for volume in volumes}]
        return [one for one in volumes if one.id in by_volume.keys() | named or one.pv in missing] + gone

    def attached(self, tags: Iterable[str]) -> dict[str, list[str]]:
        """Return the instances of every attached volume with any of these tags' keys, by the volume's id."""
        filters = {"attachment.status": ["attached"], "tag-key": list(tags)}
        return {one["VolumeId"]: [at["InstanceId"] for at in _attachments(one)] for one in self._matching(filters)}

    def detach(self, volume: str, instance: str) -> tuple[str, str]:
        """Have EC2 detach *volume* from *instance*, never by force. Returns the answer's word and the request's id."""
        try:
            with reading():
                answer = self._client.detach_volume(VolumeId=volume, InstanceId=instance)
        except ClientError as error:
            if error.response["Error"]["Code"] not in DONE:
                raise
            return error.response["Error"]["Code"], error.response["ResponseMetadata"].get("RequestId", "")
        return answer["State"], answer["ResponseMetadata"].get("RequestId", "")

    def _matching(self, filters: Mapping[str, list[str]]) -> Iterator[Any]:
        named: Any = [{"Name": name, "Values": values} for name, values in filters.items()]
        paging: Any = {"PageSize": PAGE}
        with reading():
            for page in self._client.get_paginator("describe_volumes").paginate(Filters=named, PaginationConfig=paging):
                yield from page["Volumes"]


def _volume(found: Any, instance: str, pvs: Mapping[str, Pv], tag: str) -> Volume:  # noqa: ANN401 (EC2's own shape)
    tags = {one["Key"]: one["Value"] for one in found.get("Tags", [])}
    attachments = found.get("Attachments", [])
    here = next((one for one in attachments if one.get("InstanceId") == instance), None)
    elsewhere = Place.ELSEWHERE if attachments else Place.AVAILABLE
    pv = pvs.get(found["VolumeId"])
    return Volume(
        id=found["VolumeId"],
        place=Place.HERE if here else elsewhere,
        # Of a PersistentVolume that is gone the driver's tag still tells the name.
        pv=pv.name if pv else tags.get(PV_NAME, ""),
        attachment_state=(here or {}).get("State", ""),
        attached_at=(here or {}).get("AttachTime"),
        device=(here or {}).get("Device", ""),
        is_multi_attach=bool(found.get("MultiAttachEnabled")),
        is_managed=any(one.get("AssociatedResource") for one in attachments)
        or bool(found.get("Operator", {}).get("Managed")),
        deletes_on_termination=bool((here or {}).get("DeleteOnTermination")),
        is_in_tree=bool(pv and pv.is_in_tree),
        is_opted_out=bool(pv and pv.is_opted_out),
        may_detach=pv is not None and bool(tag) and (tags.get(tag) == "owned" or tags.get(OF_ANY_CLUSTER) == "true"),
    )


def _attachments(found: Any) -> list[Any]:  # noqa: ANN401 (EC2's own shape)
    return [one for one in found.get("Attachments", []) if one.get("InstanceId")]


def _batches(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
