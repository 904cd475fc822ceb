"""The functions of the automation, wired to fakes: what a test runs, and where it looks afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from functions.proxy_protocol.console import Console
from functions.proxy_protocol.decision import Policy
from functions.proxy_protocol.decision.service_pattern import ServicePattern
from functions.proxy_protocol.inventory import Inventory
from functions.proxy_protocol.reconcile import Reconciler
from functions.proxy_protocol.respond import respond
from functions.proxy_protocol.services import Services
from functions.proxy_protocol.sweep import Turn, sweep
from functions.proxy_protocol.target_groups import TargetGroups
from pitcrew.deadline import Deadline
from pitcrew.limiter import UNLIMITED
from pitcrew.mode import ModeParameter
from pitcrew.plan import load
from pitcrew.request import Request
from tests.functions.fake_context import FakeContext
from tests.functions.proxy_protocol.account import HOME, Account
from tests.functions.proxy_protocol.calls import Calls
from tests.functions.proxy_protocol.fake_clients import FakeSsm, FakeStates, FakeTagging
from tests.functions.proxy_protocol.fake_clusters import FakeClusters
from tests.functions.proxy_protocol.fake_elbv2 import FakeElbv2

MODE_PARAMETER = "/Pitcrew/proxy_protocol/mode"
EVERYTHING: Mapping[str, str] = {}
"""The input that plans the whole account and region."""

MACHINE = "arn:aws:states:us-east-1:123456789012:execution:Pitcrew-set-proxy-protocol"


def policy(*services: str, **choices: Any) -> Policy:  # noqa: ANN401 (fields of Policy)
    """Return what the configuration says, with *services* written as in cdk.json."""
    return Policy(services=tuple(map(ServicePattern.parse, services)), **{"home": HOME, **choices})


@dataclass
class Cloud:
    """One account and region, in which the mode is `enforce` unless a test says otherwise."""

    policy: Policy = field(default_factory=policy)
    account: Account = field(default_factory=Account)
    calls: Calls = field(default_factory=Calls)
    clusters: FakeClusters = field(default_factory=FakeClusters)
    """Nobody has registered one, unless a test does."""

    def __post_init__(self) -> None:
        self.elbv2 = FakeElbv2(self.account, self.calls)
        self.tagging = FakeTagging(self.account, self.calls)
        self.ssm = FakeSsm(self.calls)
        self.states = FakeStates(self.calls)
        self.set_mode("enforce")

    def set_mode(self, *values: str) -> None:
        """Set the mode; of several values each read finds the next one, and the last stays."""
        self.ssm.values[MODE_PARAMETER] = list(values)

    @property
    def reconciler(self) -> Reconciler:
        groups = TargetGroups(self.elbv2.client, reads=UNLIMITED, writes=UNLIMITED)
        services = Services(self.clusters.connect, self.clusters.registered)
        return Reconciler(groups, services, self.policy, ModeParameter(self.ssm.client, MODE_PARAMETER))

    @property
    def inventory(self) -> Inventory:
        return Inventory(self.elbv2.client, self.tagging.client, reads=UNLIMITED)

    def on_event(self, *bodies: str, seconds_left: float = 90.0) -> list[str]:
        """Hand a batch to `on_event`'s inside, and return the numbers of the records that failed."""
        reconciler = self.reconciler
        records = [{"messageId": str(number), "body": one} for number, one in enumerate(bodies)]
        context = FakeContext(seconds_left=seconds_left)
        answer = process_partial_response(
            event={"Records": records},
            record_handler=partial(respond, reconciler=reconciler, mode=reconciler.mode.read(), context=context),
            processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
        )
        return [str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]

    def sweep(self, *, turn: Turn | None = None, deadline: Deadline | None = None) -> dict[str, int]:
        """Run one sweep, from the first candidate on."""
        first = Turn(now=datetime.fromtimestamp(0, UTC), every=timedelta(minutes=15), capacity=1000)
        return sweep(self.reconciler, self.inventory, turn=turn or first, deadline=deadline or Deadline(800))

    def plan(
        self, given: object = EVERYTHING, *, name: str = "plan-1", ago: timedelta = timedelta(0)
    ) -> dict[str, Any]:
        """Make a plan as an execution called *name* that ended *ago*, and return its output."""
        output = self._console.plan(Request.parse(given).target, plan_id=name)
        self.states.succeeded(f"{MACHINE}:{name}", given=given, output=output, at=datetime.now(UTC) - ago)
        return output

    def apply(self, plan_id: str = "plan-1", *, name: str = "apply-1") -> dict[str, Any]:
        """Apply a plan as an execution called *name*, and return its output."""
        given = {"apply": plan_id}
        request = Request.parse(given)
        arn = f"{MACHINE}:{name}"
        found = load(self.states.client, execution_arn=arn, plan_id=request.apply, now=datetime.now(UTC))
        output = self._console.apply(found)
        self.states.succeeded(arn, given=given, output=output, at=datetime.now(UTC))
        return output

    @property
    def _console(self) -> Console:
        return Console(self.reconciler, self.inventory, deadline=Deadline(800))
