"""What a story plays on: the stand-in with the stack deployed, and what an operator would look at.

Over 120 lines because all that a story may look at stands here.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from local import registration
from local.cloud_provider import CloudProvider
from local.cluster import Cluster
from local.environment import ACCOUNT, REGION, ROOT
from local.standin.process import Cloud, run
from local.story import StoryError

STACK = "Pitcrew"
CDK = str(ROOT / "node_modules" / ".bin" / "cdk")
"""The real CDK command line, without npx beside it."""

T = TypeVar("T")


@dataclass
class Stage:
    """The deployed stack."""

    cloud: Cloud
    folder: Path
    stack: str = STACK
    cluster: Cluster | None = None
    """The Kubernetes cluster that is registered; None where there is no control plane to run."""
    memory: dict[str, Any] = field(default_factory=dict)
    """What one line of a story leaves for a later one."""

    @cached_property
    def provider(self) -> CloudProvider:
        """The controller of a cluster that nobody has registered."""
        return CloudProvider(self.cloud, cluster="demo")

    @cached_property
    def clusters_provider(self) -> CloudProvider:
        """The controller of the registered cluster."""
        return CloudProvider(self.cloud, cluster=registration.NAME)

    def cdk(self, *arguments: str) -> str:
        """Run the CDK command line on the assembly that was synthesised. Raises StoryError with all it said."""
        command = [CDK, *arguments, "--app", str(self.folder / "cdk.out")]
        done = run(command, environment=self.cloud.environment)
        if done.returncode:
            raise StoryError(f"'cdk {' '.join(arguments)}' ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    @cached_property
    def resources(self) -> dict[str, str]:
        """The stack's resources: physical by logical ids."""
        pages = self.cloud.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages
            for one in page["StackResourceSummaries"]
        }

    def physical(self, logical: str) -> str:
        """Return the physical id of the one resource whose logical id is *logical* and CDK's hash."""
        found = [name for name in self.resources if name[:-8] == logical]
        if len(found) != 1:
            raise StoryError(f"{logical!r} is not one resource of the stack but {found or sorted(self.resources)}")
        return self.resources[found[0]]

    def set_mode(self, automation: str, mode: str) -> None:
        """Set the mode as an operator does."""
        name = f"/{self.stack}/{automation}/mode"
        self.cloud.client("ssm").put_parameter(Name=name, Value=mode, Type="String", Overwrite=True)

    def log(self, function: str) -> Iterator[dict[str, Any]]:
        """Yield the JSON lines that a function (by its logical id) has logged, oldest first."""
        pages = self.cloud.client("logs").get_paginator("filter_log_events")
        for page in pages.paginate(logGroupName=self.physical(f"{function}Logs")):
            for event in page["events"]:
                if event["message"].startswith("{"):
                    yield json.loads(event["message"])

    def machine_arn(self, machine: str) -> str:
        """Return the ARN of a state machine, by its name after the stack's."""
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{self.stack}-{machine}"

    def execute(self, machine: str, given: object) -> dict[str, Any]:
        """Start a state machine (by its name after the stack's) and return its ended execution."""
        client = self.cloud.client("stepfunctions")
        execution = client.start_execution(stateMachineArn=self.machine_arn(machine), input=json.dumps(given))[
            "executionArn"
        ]

        def ended() -> Mapping[str, Any] | None:
            described: dict[str, Any] = client.describe_execution(executionArn=execution)
            return None if described["status"] == "RUNNING" else described

        return dict(self.wait(ended, what=f"the execution of {machine} to end", seconds=60))

    def metric(self, name: str) -> float:
        """Return the sum of a metric over all its dimensions."""
        client = self.cloud.client("cloudwatch")
        total, window = 0.0, {"StartTime": time.time() - 3600, "EndTime": time.time() + 60, "Period": 3660}
        for metric in client.list_metrics(Namespace="Pitcrew", MetricName=name)["Metrics"]:
            answer = client.get_metric_statistics(
                Namespace="Pitcrew",
                MetricName=name,
                Dimensions=metric["Dimensions"],
                Statistics=["Sum"],
                **window,
            )
            total += sum(point["Sum"] for point in answer["Datapoints"])
        return total

    def wait(self, look: Callable[[], T | None], *, what: str, seconds: float = 15) -> T:
        """Look until there is something to see. Raises StoryError after *seconds*."""
        end = time.monotonic() + seconds
        while not (seen := look()):
            if time.monotonic() > end:
                raise StoryError(f"waited {seconds:.0f} s in vain for {what}")
            time.sleep(0.1)
        return seen
