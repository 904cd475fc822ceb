"""EC2, Auto Scaling, Step Functions, SSM and SNS in memory, as boto3's clients show them.

Held to moto by test_contract.py. Over 120 lines because five services stand here, each with the few calls made.
"""
# ruff: noqa: ANN401, N803 (keyword arguments as boto3 takes them, under AWS's names)

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

Shape = dict[str, Any]

LONG_AGO = datetime(2025, 12, 24, tzinfo=UTC)
"""When volumes were attached."""


def refusal(code: str, operation: str = "Any", *, status: int = 400) -> ClientError:
    """Return an answer of AWS that says no, as boto3 raises it."""
    metadata: Any = {"HTTPStatusCode": status, "RequestId": f"refused-{operation}"}
    return ClientError({"Error": {"Code": code, "Message": code}, "ResponseMetadata": metadata}, operation)


def tags(values: Mapping[str, str]) -> list[Shape]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


@dataclass
class FakeAws:
    """One account and region: every client in one object, since no two operations have one name."""

    instances: dict[str, Shape] = field(default_factory=dict)
    volumes: dict[str, Shape] = field(default_factory=dict)
    lifecycles: dict[str, str] = field(default_factory=dict)
    executions: dict[str, str] = field(default_factory=dict)
    """Status of each execution, by name."""

    mode: str = "enforce"
    troubles: dict[str, Exception] = field(default_factory=dict)
    """What is raised for an operation."""

    calls: list[tuple[str, Shape]] = field(default_factory=list)
    on_detach: Callable[[], None] = lambda: None
    """What happens while a volume is detached."""

    def of(self, operation: str) -> list[Shape]:
        return [kwargs for name, kwargs in self.calls if name == operation]

    @property
    def messages(self) -> list[str]:
        return [kwargs["Message"] for kwargs in self.of("publish")]

    @property
    def started(self) -> dict[str, Any]:
        """Inputs of the executions that were started, by name."""
        return {kwargs["name"]: json.loads(kwargs["input"]) for kwargs in self.of("start_execution")}

    def has_instance(self, instance_id: str, state: str, *, of: Mapping[str, str] | None = None, **more: Any) -> None:
        """Have an instance; *of* are its tags."""
        marks = {"kubernetes.io/cluster/prod": "owned"} if of is None else of
        self.instances[instance_id] = {
            "InstanceId": instance_id,
            "State": {"Name": state},
            "Tags": tags(marks),
            "RootDeviceName": "/dev/xvda",
            **more,
        }

    def has_volume(self, volume_id: str, *instances: str, of: Mapping[str, str] | None = None, **more: Any) -> None:
        """Have a volume that is attached to instances; *of* are its tags."""
        usual = {"State": "attached", "Device": "/dev/xvdaa", "AttachTime": LONG_AGO}
        attachments = [{"InstanceId": one, **usual} for one in instances]
        marks = {"ebs.csi.aws.com/cluster": "true"} if of is None else of
        self.volumes[volume_id] = {"VolumeId": volume_id, "Attachments": attachments, "Tags": tags(marks), **more}

    def get_paginator(self, operation: str) -> "_Paginator":
        return _Paginator(self, operation)

    def detach_volume(self, **kwargs: Any) -> Shape:
        self.note("detach_volume", kwargs)
        self.on_detach()
        return {"State": "detaching", "ResponseMetadata": {"RequestId": "request-1"}}

    def describe_auto_scaling_instances(self, *, InstanceIds: list[str]) -> Shape:
        self.note("describe_auto_scaling_instances", {"InstanceIds": InstanceIds})
        known = [one for one in InstanceIds if one in self.lifecycles]
        return {"AutoScalingInstances": [{"InstanceId": one, "LifecycleState": self.lifecycles[one]} for one in known]}

    def start_execution(self, **kwargs: Any) -> Shape:
        self.note("start_execution", kwargs)
        self.executions[kwargs["name"]] = "RUNNING"
        return {}

    def get_parameter(self, **kwargs: Any) -> Shape:
        self.note("get_parameter", kwargs)
        return {"Parameter": {"Value": self.mode}}

    def publish(self, **kwargs: Any) -> Shape:
        self.note("publish", kwargs)
        return {}

    def note(self, operation: str, kwargs: Shape) -> None:
        """Keep a call, and fail it where a test says so."""
        self.calls.append((operation, kwargs))
        if operation in self.troubles:
            raise self.troubles[operation]


@dataclass
class _Paginator:
    aws: FakeAws
    operation: str

    def paginate(self, **kwargs: Any) -> Iterator[Shape]:
        self.aws.note(self.operation, kwargs)
        filters = {one["Name"]: one["Values"] for one in kwargs.get("Filters", [])}
        match self.operation:
            case "describe_instances":
                found = [one for one in self.aws.instances.values() if _matches(one, filters)]
                yield from ({"Reservations": [{"Instances": [one]}]} for one in found)
            case "describe_volumes":
                yield from ({"Volumes": [one]} for one in self.aws.volumes.values() if _matches(one, filters))
            case "list_executions":
                wanted = kwargs["statusFilter"]
                yield {"executions": [{"name": name} for name, is_ in self.aws.executions.items() if is_ == wanted]}


def _matches(one: Shape, filters: Mapping[str, list[str]]) -> bool:
    return all(set(_values(one, name)) & set(wanted) for name, wanted in filters.items())


def _values(one: Shape, name: str) -> Iterable[str]:
    attachments = one.get("Attachments", [])
    values: dict[str, Iterable[Any]] = {
        "instance-id": [one.get("InstanceId")],
        "instance-state-name": [one.get("State", {}).get("Name")] if "InstanceId" in one else [],
        "volume-id": [one.get("VolumeId")],
        "tag-key": [tag["Key"] for tag in one.get("Tags", [])],
        "attachment.instance-id": [at.get("InstanceId") for at in attachments],
        "attachment.status": [at["State"] for at in attachments],
    }
    return values[name]
