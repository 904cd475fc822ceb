"""EC2 instances of one account and region, and their Auto Scaling lifecycle."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.orphaned_attachments.decision.instance import Instance, State
from functions.orphaned_attachments.ec2_calls import reading

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_ec2 import EC2Client

AT_ONCE = 200
"""Values of one filter: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html"""

AT_ONCE_OF_GROUPS = 50
"""https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html"""

DOWN = [State.STOPPING, State.SHUTTING_DOWN, State.STOPPED, State.TERMINATED]

MARKS = ("kubernetes.io/cluster/", "sigs.k8s.io/cluster-api-provider-aws/cluster/")
"""Tags whose key ends with the id of the cluster."""

EKS_MARKS = ("eks:cluster-name", "aws:eks:cluster-name", "eks:eks-cluster-name")
"""Tags whose value is the name of the cluster."""


class Instances:
    """Reads instances. Every call raises ClientError or BotoCoreError."""

    def __init__(self, ec2: "EC2Client", autoscaling: "AutoScalingClient") -> None:
        self._ec2 = ec2
        self._autoscaling = autoscaling

    def read(self, instance_id: str) -> Instance:
        """Return one instance as it is now; by a filter, because an unknown id is no error then."""
        found = self._matching({"instance-id": [instance_id]})
        instance = next(iter(found), Instance(id=instance_id, state=State.NOT_FOUND))
        return self._with_lifecycles([instance])[0]

    def down(self, instance_ids: Iterable[str]) -> list[Instance]:
        """Return those of the instances that are dead or dying."""
        found = []
        for some in _batches(sorted(instance_ids), AT_ONCE):
            found += self._matching({"instance-id": some, "instance-state-name": [state.value for state in DOWN]})
        return self._with_lifecycles(found)

    def _matching(self, filters: Mapping[str, list[str]]) -> list[Instance]:
        named = [{"Name": name, "Values": values} for name, values in filters.items()]
        with reading():
            pages = self._ec2.get_paginator("describe_instances").paginate(Filters=named)  # type: ignore[arg-type]  # built above
            return [_instance(one) for page in pages for group in page["Reservations"] for one in group["Instances"]]

    def _with_lifecycles(self, instances: list[Instance]) -> list[Instance]:
        """Add the lifecycle state of what a group may have stopped."""
        grouped = [
            one.id for one in instances if one.state is State.STOPPED and "aws:autoscaling:groupName" in one.tags
        ]
        states: dict[str, str] = {}
        for some in _batches(grouped, AT_ONCE_OF_GROUPS):
            with reading():
                answer = self._autoscaling.describe_auto_scaling_instances(InstanceIds=some)
            states |= {one["InstanceId"]: one["LifecycleState"] for one in answer["AutoScalingInstances"]}
        return [replace(one, lifecycle=states.get(one.id, "")) for one in instances]


def cluster_ids(tags: Mapping[str, str]) -> list[str]:
    """Return the ids of the clusters whose marks are among an instance's tags."""
    by_key = [key.removeprefix(mark) for mark in MARKS for key in sorted(tags) if key.startswith(mark)]
    return list(dict.fromkeys([*by_key, *(tags[key] for key in EKS_MARKS if key in tags)]))


def _instance(found: Any) -> Instance:  # noqa: ANN401 (EC2's own shape)
    return Instance(
        id=found["InstanceId"],
        state=State(found["State"]["Name"]),
        state_reason=found.get("StateReason", {}).get("Code", ""),
        can_hibernate=bool(found.get("HibernationOptions", {}).get("Configured")),
        launched_at=found.get("LaunchTime"),
        root_device=found.get("RootDeviceName", ""),
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
    )


def _batches(ids: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
