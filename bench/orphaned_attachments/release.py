"""One execution of *Release volumes*, with the functions that are shipped, and what these ask of AWS.

Each function has its own connections, as it has in Lambda.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

import boto3

from bench.orphaned_attachments.machine import Machine, Tasks
from bench.orphaned_attachments.others import Others
from functions.orphaned_attachments.asking import asked_for
from functions.orphaned_attachments.decision.policy import Policy
from functions.orphaned_attachments.evidence import Evidence
from functions.orphaned_attachments.instances import Instances
from functions.orphaned_attachments.report import report
from functions.orphaned_attachments.run import Runner
from functions.orphaned_attachments.telling import Teller
from functions.orphaned_attachments.travel import Run
from functions.orphaned_attachments.volumes import Volumes
from kube.aws import Aws
from kube.registration import Registration
from kube.registry import Clusters
from local.actors.ec2_endpoint import REGION
from local.actors.outage import CLUSTER
from pitcrew.instances import Instances as Owned
from pitcrew.mode import ModeParameter
from pitcrew.notify import Topic

_SECONDS = 10.0
"""For what the report asks of the cluster: functions/orphaned_attachments/wiring.py."""

_POLICY = Policy(max_nodes=100, min_healthy_percent=0)
"""As shipped, but for the number of the dead: cases that are played at once would wait for an operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of one execution."""

    states: Counter[str]
    calls: Counter[str]
    """To AWS, by operation."""

    verdict: str
    acts: list[str]
    """Their kinds, in order."""


class Release:
    """Executions on one cluster, by a kubeconfig in JSON, and an EC2 at *endpoint*."""

    def __init__(self, kubeconfig: str, endpoint: str) -> None:
        self._calls: Counter[str] = Counter()
        self._others = Others(kubeconfig, self._calls)
        self._endpoint = endpoint

    def execute(self, instance: str) -> Told:
        """Execute as an event about *instance* has it."""
        machine = Machine(self._tasks())
        given = {"target": instance, "apply": "event", "cluster": CLUSTER}
        said = machine.execute(f"{instance}-event", given)
        (row,) = said["table"]
        return Told(
            states=machine.entered,
            calls=self._calls,
            verdict=row["result"],
            acts=[_kind(one) for one in row.get("acts", [])],
        )

    def _tasks(self) -> Tasks:
        mode = ModeParameter(cast("Any", self._others), "/Pitcrew/orphaned_attachments/mode")
        look, act = (Runner(evidence=self._evidence(), mode=mode) for _ in range(2))
        return {
            "${PrepareFunction}": lambda given: {
                "runs": [{"run": run.pack()} for run in asked_for(given, _no_plan, mode.read())]
            },
            "${LookFunction}": lambda given: look.look(Run.unpack(given["run"])),
            "${ActFunction}": act.act,
            "${ReportFunction}": partial(self._report, mode),
        }

    def _report(self, mode: ModeParameter, given: dict[str, Any]) -> dict[str, Any]:
        return report(
            given["results"],
            execution=given["execution"],
            mode=mode.read(),
            teller=Teller(Topic(lambda: cast("Any", self._others), "topic"), now=datetime.now(UTC)),
            connect=partial(self._evidence().connect, seconds=_SECONDS),
        )

    def _evidence(self) -> Evidence:
        session = boto3.Session("testing", "testing", region_name=REGION)
        session.events.register("before-call", self._note)
        ec2 = session.client("ec2", endpoint_url=self._endpoint)
        aws = Aws(lambda _service: self._others)
        clusters = Clusters({CLUSTER: Registration(kubeconfig_secret=CLUSTER)}, aws=aws)
        return Evidence(
            instances=Instances(ec2, session.client("autoscaling", endpoint_url=self._endpoint)),
            volumes=Volumes(ec2),
            connect=partial(clusters.connect, owns=Owned(lambda: ec2).any_is_here),
            registered=clusters,
            policy=_POLICY,
        )

    def _note(self, model: Any, **_: object) -> None:  # noqa: ANN401 (botocore's model of an operation)
        self._calls[model.name] += 1


def _kind(act: str) -> str:
    """Return what was done, of an act as a run tells it: `12:34:56 release pod: default/db-0 (done)`."""
    return act.partition(" ")[2].partition(":")[0]


def _no_plan(_execution: object) -> Any:  # noqa: ANN401 (there is none)
    raise RuntimeError("an event applies no plan")
