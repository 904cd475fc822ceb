"""What boto3 answers of EC2: pages, instances and volumes."""
# ruff: noqa: N803 (keyword arguments as boto3 takes them, under AWS's names)

from collections.abc import Callable, Iterator
from typing import Any

from tests.simulation.calls import Calls
from tests.simulation.ec2 import Disk, Machine

Answer = dict[str, Any]
PAGE = 3
"""Things on one page, so that there is always another one."""


class Pages:
    """A paginator: each page is a call of its own."""

    def __init__(
        self, calls: Calls, operation: str, key: str, find: Callable[[dict[str, list[str]]], Iterator[Answer]]
    ) -> None:
        self._calls = calls
        self._name = "".join(part.title() for part in operation.split("_"))
        self._key = key
        self._find = find

    def paginate(self, *, Filters: list[Answer] | None = None, **_: object) -> Iterator[Answer]:
        filters = {one["Name"]: one["Values"] for one in Filters or []}
        start = 0
        while True:
            found = self._calls.make(self._name, lambda: list(self._find(filters)), _half)
            yield {self._key: found[start : start + PAGE]}
            start += PAGE
            if start >= len(found):
                return


def _half(found: list[Any]) -> list[Any]:
    """Cut a list of pages short."""
    return found[: len(found) // 2]


def _tags(tags: dict[str, str]) -> list[Answer]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def instance(machine: Machine) -> Answer:
    return {
        "InstanceId": machine.id,
        "State": {"Name": machine.state},
        "StateReason": {"Code": machine.reason},
        "HibernationOptions": {"Configured": machine.can_hibernate},
        "LaunchTime": machine.launched_at,
        "RootDeviceName": "/dev/xvda",
        "Tags": _tags(machine.tags),
    }


def volume(disk: Disk) -> Answer:
    attachment = {
        "InstanceId": disk.holder.id if disk.holder else "",
        "State": disk.state,
        "AttachTime": disk.attached_at,
        "Device": "/dev/xvdba",
        "DeleteOnTermination": disk.is_deleted_with_machine,
    }
    return {"VolumeId": disk.id, "Tags": _tags(disk.tags), "Attachments": [attachment] if disk.holder else []}
