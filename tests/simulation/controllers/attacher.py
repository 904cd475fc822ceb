"""The external-attacher with the EBS CSI driver: makes EC2 follow the VolumeAttachments.

Source: https://github.com/kubernetes-csi/external-attacher, pkg/controller/csi_handler.go.
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.functions.proxy_protocol.failures import refusal
from tests.simulation.clock import Clock
from tests.simulation.ec2 import Ec2
from tests.simulation.kubernetes import ATTACHMENTS, Kubernetes

FINALIZER, NODE_ID = "external-attacher/ebs-csi-aws-com", "csi.alpha.kubernetes.io/node-id"
GONE = {"IncorrectState", "InvalidAttachment.NotFound", "InvalidVolume.NotFound"}
"""What the driver takes for success of a detachment: pkg/cloud/cloud.go there."""

FIRST, LONGEST, POLL = 1.0, 300.0, 1.0
"""Seconds of its back-off, and between its looks at what EC2 has begun."""


@dataclass
class _Retry:
    at: float = 0.0
    wait: float = FIRST
    seen: str = ""
    """The annotations: a change of them makes it try at once."""


class Attacher:
    def __init__(self, api: Kubernetes, ec2: Ec2, clock: Clock) -> None:
        self._api = api
        self._ec2 = ec2
        self._clock = clock
        self._retries: dict[str, _Retry] = {}
        self.is_up = True
        self.is_throttled = False
        """Whether EC2 refuses what the driver asks, so that the attacher goes into its back-off."""

        clock.every(5, self.run)

    def run(self) -> None:
        for found in self._api.all(ATTACHMENTS) if self.is_up else []:
            name, seen = found["metadata"]["uid"], str(found["metadata"]["annotations"].get("pitcrew/kick", ""))
            retry = self._retries.setdefault(name, _Retry())
            if self._clock.seconds < retry.at and seen == retry.seen:
                continue
            retry.seen = seen
            self._handle(found, retry)

    def _handle(self, found: dict[str, Any], retry: _Retry) -> None:
        is_leaving, status = "deletionTimestamp" in found["metadata"], found["status"]
        if is_leaving and FINALIZER not in found["metadata"]["finalizers"]:
            return
        if not is_leaving and status["attached"]:
            return
        try:
            is_done = self._detach(found) if is_leaving else self._attach(found)
        except (ClientError, LookupError) as error:
            status["detachError" if is_leaving else "attachError"] = {"message": str(error)}
            retry.at, retry.wait = self._clock.seconds + retry.wait, min(retry.wait * 2, LONGEST)
            self._clock.after(retry.at - self._clock.seconds, self.run)
            self._save(found)
            return
        retry.at, retry.wait = self._clock.seconds + POLL, FIRST
        if is_done:
            self._save(found)
        else:
            self._clock.after(POLL, self.run)

    def _attach(self, found: dict[str, Any]) -> bool:
        metadata, instance = found["metadata"], self._api.instance_of(found["spec"]["nodeName"])
        if not instance:
            raise LookupError("the Node has no node id")
        if FINALIZER not in metadata["finalizers"]:
            metadata["finalizers"].append(FINALIZER)
            metadata["annotations"][NODE_ID] = instance
            self._save(found)
        disk = self._ec2.disks[self._volume(found)]
        if disk.holder is None or disk.holder.id != instance:
            self._ec2.attach(disk.id, instance)
        found["status"]["attached"] = disk.state == "attached"
        return disk.state == "attached"

    def _detach(self, found: dict[str, Any]) -> bool:
        metadata = found["metadata"]
        # CSINode first, the annotation second: a Node of the same name sends it to the wrong machine.
        instance = self._api.instance_of(found["spec"]["nodeName"]) or metadata["annotations"].get(NODE_ID, "")
        volume = self._volume(found)
        disk = self._ec2.disks.get(volume)
        is_under_way = disk and disk.holder and disk.holder.id == instance and disk.state in {"detaching", "busy"}
        if is_under_way:
            return False
        try:
            self._ec2.detach(volume, instance)
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise
            metadata["finalizers"].remove(FINALIZER)
            return True
        return False

    def _volume(self, found: dict[str, Any]) -> str:
        if self.is_throttled:
            raise refusal("RequestLimitExceeded")("DescribeInstances")
        volume = self._api.volume_of(found["spec"]["source"]["persistentVolumeName"])
        if not volume:
            raise LookupError("the PersistentVolume is missing")
        return volume

    def _save(self, found: dict[str, Any]) -> None:
        self._api.save(f"{ATTACHMENTS}/{found['metadata']['name']}", found)
