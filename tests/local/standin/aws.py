"""What the tests of the stand-in share: the kinds of their fixtures, and short ways to ask."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import pytest
from botocore.exceptions import ClientError

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

Client: TypeAlias = Any
"""A boto3 client: they are made at run time."""

Statement: TypeAlias = Mapping[str, Any]
AsRole: TypeAlias = Callable[[Sequence[Statement], str], Client]
NewRole: TypeAlias = Callable[..., str]
NewFunction: TypeAlias = Callable[..., str]
NewGroup: TypeAlias = Callable[..., dict[str, Any]]
Queue: TypeAlias = tuple[str, str]
"""URL and ARN."""

Received: TypeAlias = Callable[[], list[dict[str, Any]]]
Trail: TypeAlias = Callable[[], list[dict[str, Any]]]
Found = TypeVar("Found")

SERVICE = {"Key": "kubernetes.io/service-name", "Value": "ingress-nginx/web"}
GONE = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/k8s-gone/0123456789abcdef"


def refusal(call: Callable[..., object], *values: object, **arguments: object) -> Mapping[str, str]:
    """Return code and message of a call that must be refused."""
    with pytest.raises(ClientError) as refused:
        call(*values, **arguments)
    error = refused.value.response["Error"]
    return {"Code": error["Code"], "Message": error["Message"]}


def eventually(holds: Callable[[], Found]) -> Found:
    """Wait until *holds* gives something true."""
    deadline = time.monotonic() + 20
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def depth(cloud: Cloud, queue: Queue) -> dict[str, int]:
    return cloud.queues()[queue[1].rpartition(":")[2]]


def assert_stays(cloud: Cloud, queue: Queue, *, visible: int) -> None:
    """Watch what must not happen for as long as it takes to happen elsewhere."""
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        assert depth(cloud, queue)["visible"] == visible
        time.sleep(0.1)


def listen(elbv2: Client, balancer: str, group: str, port: int = 80) -> str:
    action = {"Type": "forward", "TargetGroupArn": group}
    made = elbv2.create_listener(LoadBalancerArn=balancer, Port=port, Protocol="TCP", DefaultActions=[action])
    return str(made["Listeners"][0]["ListenerArn"])


def attributes(elbv2: Client, arn: str) -> dict[str, str]:
    described = elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    return {pair["Key"]: pair["Value"] for pair in described}
