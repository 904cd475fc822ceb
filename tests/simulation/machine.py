"""Plays what AWS does for the product: the queue of events, the sweep's schedule, and who starts executions.

Over 120 lines because every way in is here, with the one wiring that they share.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

import kube
from functions.orphaned_attachments.asking import asked_for
from functions.orphaned_attachments.console import Console
from functions.orphaned_attachments.evidence import Evidence
from functions.orphaned_attachments.executions import Executions
from functions.orphaned_attachments.instances import Instances
from functions.orphaned_attachments.report import report
from functions.orphaned_attachments.respond import Responder
from functions.orphaned_attachments.run import Runner
from functions.orphaned_attachments.settings import Settings
from functions.orphaned_attachments.sweep import Sweeper
from functions.orphaned_attachments.telling import Teller
from functions.orphaned_attachments.volumes import Volumes
from pitcrew.deadline import Deadline
from pitcrew.mode import ModeParameter
from pitcrew.notify import Topic
from pitcrew.plan import Plan, Row
from tests.simulation.aws import Aws
from tests.simulation.calls import Calls
from tests.simulation.clock import Clock
from tests.simulation.connection import Connection
from tests.simulation.execution import DIES_OF, Execution, Result
from tests.simulation.kubernetes import Kubernetes
from tests.simulation.ledger import Ledger

CLUSTER, HOME = "prod", "111122223333/eu-west-1"
SWEEP, REDELIVERY, TRIES = 300, 540, 5
NO_PLAN = Plan(id="", target="", rows=())


class _Registered:
    def names(self) -> list[str]:
        return [CLUSTER]

    def registered(self, cluster_id: str) -> str | None:
        return CLUSTER if cluster_id == CLUSTER else None

    def id_of(self, name: str) -> str:
        return name


class Machine:
    """The product at work. A step that dies ends its execution: the next sweep begins another one."""

    def __init__(self, api: Kubernetes, aws: Aws, calls: Calls, ledger: Ledger, clock: Clock) -> None:
        self._aws, self._calls, self._clock = aws, calls, clock
        self.acts: list[str] = []
        """What was done, in order: kind and object."""

        self.executions = aws.executions
        self._connection = Connection(api, calls, ledger)
        client = cast("Any", aws)
        self._evidence = Evidence(
            instances=Instances(client, client),
            volumes=Volumes(client),
            connect=self._connect,
            registered=_Registered(),
            policy=Settings().policy(),
            clock=clock.now,
        )
        self._mode = ModeParameter(client, "/mode")
        self._runner = Runner(evidence=self._evidence, mode=self._mode)
        self._executions = Executions(client, "arn:machine")
        aws.start = self._automatic
        clock.every(SWEEP, self.sweep)

    def event(self, instance: str, state: str, number: int, *, tries: int = TRIES) -> None:
        """Have the queue bring an event, again and again where it is not done."""
        detail = {"instance-id": instance, "state": state}
        event = {"id": f"event-{number}", "account": HOME[:12], "region": HOME[13:], "detail": detail}
        body = json.dumps({**event, "detail-type": "EC2 Instance State-change Notification"})
        responder = Responder(evidence=self._evidence, executions=self._executions, home=HOME)
        record = SQSRecord({"body": body, "messageId": "message"})
        if not self._step("event", instance, lambda: responder.respond(record, mode=self._mode.read())) and tries:
            self._clock.after(REDELIVERY, lambda: self.event(instance, state, number, tries=tries - 1))

    def sweep(self) -> None:
        sweeper = Sweeper(evidence=self._evidence, executions=self._executions, mode=self._mode, teller=self._teller())
        self._step("sweep", "", lambda: sweeper.sweep(CLUSTER, Deadline(600)))

    def plan(self, target: str) -> Plan:
        """Make an operator's plan."""
        with self._calls.within("plan", ""):
            mode, members = self._mode.read(), lambda name: [name]
            console = Console(evidence=self._evidence, members=members, mode=mode, deadline=Deadline(600))
            table = console.plan(target, plan_id="plan")["table"]
        rows = (Row(subject=row.pop("subject"), verdict=row.pop("verdict"), details=row) for row in table)
        return Plan(id="plan", target=target, rows=tuple(rows))

    def apply(self, plan: Plan) -> None:
        given = {"input": {"apply": plan.id}, "execution": {"id": "arn:apply", "name": "apply"}}
        with self._calls.within("prepare", ""):
            self._execution("apply").start(asked_for(given, lambda _: plan, self._mode.read()))

    @property
    def verdicts(self) -> list[str]:
        """The last verdicts of the runs that have ended."""
        return [one["outcome"]["result"] for execution in self.executions.values() for one in execution.results]

    def running(self) -> bool:
        return any(not execution.is_over for execution in self.executions.values())

    def _automatic(self, name: str, given: object) -> None:
        """Start an execution as Step Functions does: at once, and in its own time."""
        execution = self._execution(name)

        def prepare() -> None:
            ask = partial(asked_for, {"input": given}, lambda _: NO_PLAN)
            if not self._step("prepare", "", lambda: execution.start(ask(self._mode.read()))):
                execution.end()

        self._clock.after(0, prepare)

    def _execution(self, name: str) -> Execution:
        connect = partial(self._connect, seconds=10)

        def say(results: list[Result]) -> None:
            mode = self._mode.read()
            report(results, execution=name, mode=mode, teller=self._teller(), connect=connect)

        say_it = partial(self._step, "report", "")
        found = Execution(
            self._runner, self._calls, self._clock, acts=self.acts, say=lambda results: say_it(partial(say, results))
        )
        self.executions[name] = found
        return found

    def _step(self, step: str, instance: str, do: Callable[[], object]) -> bool:
        """Do one function's work; returns whether it came to its end."""
        try:
            with self._calls.within(step, instance):
                do()
        except DIES_OF:
            return False
        return True

    def _connect(self, name: str, *, seconds: float) -> kube.Cluster:
        assert name == CLUSTER
        return kube.Cluster(self._connection, seconds=seconds)

    def _teller(self) -> Teller:
        return Teller(Topic(lambda: cast("Any", self._aws), "arn:topic"), now=self._clock.now())
