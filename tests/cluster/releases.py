"""Stories of dying machines, each in a place of its own: what Pitcrew does there, and how long it takes.

A test file's `STORIES` are played at once, because most of their time is waiting. Over 120 lines because all that a
story needs is here.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from functions.orphaned_attachments.decision.policy import Policy
from functions.orphaned_attachments.travel import Run
from local.actors.node import Object
from local.actors.outage import CLUSTER, How, Lab, Place
from local.actors.releasing import Execution, Releasing
from local.actors.waiting import wait_until
from pitcrew.mode import ModeParameter
from pitcrew.notify import Topic
from tests.cluster.reach import registered

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_ssm import SSMClient

DYING_SECONDS = 14.0
"""How long a machine is stopping or shutting down: longer than a Lease must not move to be silent."""

SLACK = 20.0
"""Seconds that a busy machine may add to what is promised: the sum is still less than Kubernetes alone needs with the
taint (54 s). `make bench` holds the promise itself."""

NUMBERS_DO_NOT_MATTER: Any = {"max_nodes": 50, "min_healthy_percent": 0}
"""Settings for stories that are played at once; the limits have a story of their own."""

GIVES_UP_EARLY: Any = {"stuck_dead": timedelta(minutes=2)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What was done, and what came of it."""

    place: Place
    execution: Execution
    seconds: float
    """Until the volume was attached to another node."""

    node: Object
    """The first node, at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A cluster, and Pitcrew with the rights that are shipped."""

    lab: Lab
    kubeconfig: dict[str, Any]
    audit: Path
    """The API server's log of what Pitcrew asked for."""

    autoscaling: "AutoScalingClient"
    messages: list[dict[str, str]] = field(default_factory=list)
    """What people were told."""

    def releasing(self, **policy: timedelta | int) -> Releasing:
        """Return what plays executions."""
        return Releasing(
            clusters=lambda: registered(self.kubeconfig),
            ec2=self.lab.ec2,
            autoscaling=self.autoscaling,
            mode=ModeParameter(cast("SSMClient", _Enforcing()), "mode"),
            topic=Topic(lambda: cast("SNSClient", _Mailbox(self.messages)), "topic"),
            policy=Policy(**{**NUMBERS_DO_NOT_MATTER, **GIVES_UP_EARLY, **policy}),
        )

    def dies(self, place: Place, how: How = "terminate") -> float:
        """Let the machine under a place go down; return when EC2 will say that it is dead."""
        self.lab.kill(place.kubelet, how)
        return time.monotonic() + DYING_SECONDS

    def release(self, place: Place, run: Run, *, since: float, **policy: timedelta | int) -> Story:
        """Execute *run*, and count the seconds from *since*."""
        with ThreadPoolExecutor(1) as pool:
            execution = pool.submit(self.releasing(**policy).execute, run)
            wait_until(lambda: self.lab.attached_elsewhere(place), seconds=120)
            seconds = time.monotonic() - since
            return Story(place=place, execution=execution.result(), seconds=seconds, node=self.node(place))

    def say_not_ready(self, place: Place) -> None:
        """Say of the first node at once what the node lifecycle controller says after 50 s."""
        status = {"conditions": [{"type": "Ready", "status": "Unknown"}]}
        path = f"/api/v1/nodes/{place.node}/status"
        self.lab.plane.api.patch(path, {"status": status}, kind="strategic-merge-patch")

    def node(self, place: Place) -> Object:
        """Return the first node as it is now; without metadata where it is gone."""
        return self.lab.get(f"/api/v1/nodes/{place.node}")

    def attached(self, place: Place) -> dict[str, bool]:
        """Return the nodes that a VolumeAttachment of the volume names, and whether it says that it is attached."""
        found = self.lab.attachments(place.name)
        return {one["spec"]["nodeName"]: bool(one.get("status", {}).get("attached")) for one in found}

    def holder(self, place: Place) -> str:
        """Return the instance that has the volume, empty for none."""
        found = self.lab.ec2.describe_volumes(VolumeIds=[place.volume])["Volumes"][0]["Attachments"]
        return found[0]["InstanceId"] if found else ""


def run_of(place: Place, *, cause: str = "event") -> Run:
    """Return the run that an event or a sweep starts."""
    return Run(instance=place.kubelet.instance, cluster=CLUSTER, cause=cause)


def until(moment: float) -> None:
    """Sleep until *moment*."""
    time.sleep(max(0.0, moment - time.monotonic()))


def note(story: str, seconds: float) -> None:
    """Print a figure: `pytest -rP` shows it."""
    print(f"{story}: {seconds:.1f} s")  # noqa: T201 (it is for a person)


@dataclass(frozen=True)
class _Mailbox:
    """SNS, as far as it is needed."""

    messages: list[dict[str, str]]

    def publish(self, **message: str) -> None:
        self.messages.append(message)


class _Enforcing:
    """SSM with one parameter."""

    def get_parameter(self, *, Name: str) -> dict[str, Any]:  # noqa: N803 (boto3's own)
        return {"Parameter": {"Name": Name, "Value": "enforce"}}
