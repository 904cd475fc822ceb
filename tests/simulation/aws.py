"""The AWS clients that the product is given, in boto3's shape; no two of their operations have the same name."""
# ruff: noqa: N803 (keyword arguments as boto3 takes them, under AWS's names)

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.functions.proxy_protocol.failures import refusal
from tests.simulation.calls import Calls
from tests.simulation.ec2 import Ec2
from tests.simulation.execution import Execution
from tests.simulation.ledger import Ledger
from tests.simulation.shapes import Answer, Pages, instance, volume


class Aws:
    """EC2, Auto Scaling, Systems Manager, Step Functions and SNS."""

    def __init__(self, ec2: Ec2, calls: Calls, ledger: Ledger) -> None:
        self._ec2 = ec2
        self._calls = calls
        self._ledger = ledger
        self.mode = "enforce"
        self.lifecycles: dict[str, str] = {}
        self.executions: dict[str, Execution] = {}
        self.start: Callable[[str, Any], None] = lambda _name, _given: None
        self.messages: list[str] = []

    def get_paginator(self, operation: str) -> Pages:
        key, find = {
            "describe_instances": ("Reservations", self._instances),
            "describe_volumes": ("Volumes", self._volumes),
            "list_executions": ("executions", self._running),
        }[operation]
        return Pages(self._calls, operation, key, find)

    def detach_volume(self, *, VolumeId: str, InstanceId: str, Force: bool = False) -> Answer:
        def detach() -> Answer:
            self._ledger.acts(f"DetachVolume of {VolumeId}", InstanceId)
            self._ec2.detach(VolumeId, InstanceId, is_forced=Force)
            return {"State": "detaching", "ResponseMetadata": {"RequestId": "request"}}

        return self._calls.make("DetachVolume", detach, _whole)

    def describe_auto_scaling_instances(self, *, InstanceIds: list[str]) -> Answer:
        known = [one for one in InstanceIds if one in self.lifecycles]
        found = [{"InstanceId": one, "LifecycleState": self.lifecycles[one]} for one in known]
        return self._calls.make("DescribeAutoScalingInstances", lambda: {"AutoScalingInstances": found}, _whole)

    def get_parameter(self, *, Name: str) -> Answer:
        return self._calls.make("GetParameter", lambda: {"Parameter": {"Name": Name, "Value": self.mode}}, _whole)

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> Answer:  # noqa: A002 (AWS's name)
        def start() -> Answer:
            if name in self.executions:
                raise refusal("ExecutionAlreadyExists")("StartExecution")
            self.start(name, json.loads(input))
            return {"executionArn": f"{stateMachineArn}:{name}"}

        return self._calls.make("StartExecution", start, _whole)

    def publish(self, *, TopicArn: str, Subject: str, Message: str) -> Answer:
        def publish() -> Answer:
            self.messages.append(f"{Subject}\n{Message}")
            return {"MessageId": TopicArn}

        return self._calls.make("Publish", publish, _whole)

    def _instances(self, filters: dict[str, list[str]]) -> Iterator[Answer]:
        for machine in self._ec2.machines.values():
            is_one = machine.id in filters["instance-id"]
            if is_one and machine.state in filters.get("instance-state-name", [machine.state]):
                is_asleep = machine.reason == "Client.UserInitiatedHibernate" and machine.state == "stopped"
                self._ledger.states[machine.id] = "hibernated" if is_asleep else machine.state
                yield {"Instances": [instance(machine)]}

    def _volumes(self, filters: dict[str, list[str]]) -> Iterator[Answer]:
        for disk in self._ec2.disks.values():
            holder = disk.holder.id if disk.holder else ""
            has = {
                "volume-id": [disk.id],
                "attachment.instance-id": [holder],
                "attachment.status": [disk.state if holder else ""],
                "tag-key": list(disk.tags),
            }
            if all(set(values) & set(has[name]) for name, values in filters.items()):
                yield volume(disk)

    def _running(self, _filters: dict[str, list[str]]) -> Iterator[Answer]:
        for name, one in self.executions.items():
            if not one.is_over:
                yield {"name": name}


def _whole(answer: Answer) -> Answer:
    """Leave an answer as it is, that comes in one piece or not at all."""
    return answer
