"""The state machine *Release volumes*, played in this process and in real time, with the functions that are shipped.

Its states are those of infra/automations/orphaned_attachments/release-volumes.asl.json.
"""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from functions.orphaned_attachments.decision.policy import Policy
from functions.orphaned_attachments.evidence import Evidence
from functions.orphaned_attachments.instances import Instances
from functions.orphaned_attachments.report import report
from functions.orphaned_attachments.run import Runner
from functions.orphaned_attachments.telling import Teller
from functions.orphaned_attachments.travel import Run
from functions.orphaned_attachments.volumes import Volumes
from kube.registry import Clusters
from pitcrew.instances import Instances as Owned
from pitcrew.mode import ModeParameter
from pitcrew.notify import Topic

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_ec2 import EC2Client

AT_ONCE = 5
"""Runs of one execution: the machine's MaxConcurrency."""

SECONDS = 10.0
"""For what is asked of a cluster beside the evidence."""

Step = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What came of one execution."""

    acts: Sequence[str]
    """Kinds of what was done, in order."""

    runs: Sequence[Run]
    said: Step
    """Its output."""

    @property
    def ends(self) -> list[str]:
        """What became of each run: a verdict, or why there was none."""
        return [row["result"] for row in self.said["table"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Releasing:
    """Executions, each run with a connection of its own, as in functions of its own."""

    clusters: Callable[[], Clusters]
    """Makes what is registered."""

    ec2: "EC2Client"
    autoscaling: "AutoScalingClient"
    mode: ModeParameter
    topic: Topic
    policy: Policy = field(default_factory=Policy)

    def execute(self, *runs: Run, dies_after: str = "") -> Execution:
        """Execute until all is over; or until the first act *dies_after*, as if somebody had stopped the machine."""
        acts: list[str] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            lasts = list(pool.map(partial(self._loop, acts=acts, dies_after=dies_after), runs))
        clusters = self.clusters()
        said = report(
            [last for last in lasts if last["next"] == "end"],
            execution="release-volumes",
            mode=self.mode.read(),
            teller=Teller(self.topic, now=datetime.now(UTC)),
            connect=partial(clusters.connect, owns=Owned(lambda: self.ec2).any_is_here, seconds=SECONDS),
        )
        return Execution(acts=acts, runs=[Run.unpack(last["run"]) for last in lasts], said=said)

    def _loop(self, run: Run, acts: list[str], dies_after: str) -> Step:
        runner = Runner(evidence=self.evidence(), mode=self.mode)
        step: Step = {"run": run.pack(), "next": "look"}
        while step["next"] != "end" and dies_after not in acts:
            step = json.loads(json.dumps(_follow(runner, step, acts)))
        return step

    def evidence(self) -> Evidence:
        """Make what reads the facts."""
        clusters = self.clusters()
        return Evidence(
            instances=Instances(self.ec2, self.autoscaling),
            volumes=Volumes(self.ec2),
            connect=partial(clusters.connect, owns=Owned(lambda: self.ec2).any_is_here),
            registered=clusters,
            policy=self.policy,
        )


def _follow(runner: Runner, step: Step, acts: list[str]) -> Step:
    match step["next"]:
        case "wait":
            time.sleep(step["wait"])
            return {"run": step["run"], "next": "look"}
        case "act":
            done = runner.act(step)
            if done["run"]["acts"] != step["run"]["acts"]:
                acts.append(step["act"]["kind"])
            return done
        case _:
            return runner.look(Run.unpack(step["run"]))
