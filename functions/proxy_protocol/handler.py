"""Entry points of the proxy-protocol automation; what they need is made at the first event.

Over 120 lines because four entry points share one wiring.
"""

import os
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

import kube
from functions.proxy_protocol.console import Console
from functions.proxy_protocol.inventory import Inventory
from functions.proxy_protocol.reconcile import Reconciler
from functions.proxy_protocol.respond import is_batch, respond
from functions.proxy_protocol.services import Services
from functions.proxy_protocol.settings import Settings
from functions.proxy_protocol.survey import WORKERS
from functions.proxy_protocol.sweep import Turn
from functions.proxy_protocol.sweep import sweep as run_sweep
from functions.proxy_protocol.target_groups import TargetGroups
from pitcrew.deadline import Deadline
from pitcrew.instances import Instances
from pitcrew.limiter import UNLIMITED, Limiter
from pitcrew.mode import Mode, ModeParameter
from pitcrew.plan import load
from pitcrew.request import Execution

logger = Logger()


@logger.inject_lambda_context
def on_event(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point for the queue: each record fails or succeeds on its own."""
    if not is_batch(event):
        logger.error("not a batch of queue records: this function is called by its queue")
        return {"batchItemFailures": []}
    reconciler = _wiring(context.invoked_function_arn).reconciler()
    mode = reconciler.mode.read()
    if mode is Mode.OFF:
        logger.info("mode is off: nothing is decided", records=len(event["Records"]))
        return {"batchItemFailures": []}
    return process_partial_response(
        event=event,
        record_handler=partial(respond, reconciler=reconciler, mode=mode, context=context),
        processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
    )


@logger.inject_lambda_context
def sweep(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Entry point for the schedule: every group of the account and region."""
    wiring, seconds = _wiring(context.invoked_function_arn, paced=True), _seconds_left(context)
    capacity = int(wiring.settings.reads_per_second * seconds)
    turn = Turn(now=datetime.now(UTC), every=wiring.settings.sweep_every, capacity=capacity)
    return run_sweep(wiring.reconciler(), wiring.inventory(), turn=turn, deadline=Deadline(seconds))


@logger.inject_lambda_context
def plan(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point for the state machine: show what an apply would do. Its role cannot change anything."""
    execution = Execution.parse(event)
    return _console(context).plan(execution.request.target, plan_id=execution.name)


@logger.inject_lambda_context
def apply(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point for the state machine: do what a plan showed."""
    execution, client = Execution.parse(event), boto3.client("stepfunctions", config=AWS)
    found = load(client, execution_arn=execution.arn, plan_id=execution.request.apply, now=datetime.now(UTC))
    return _console(context).apply(found)


AWS = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 2},
    max_pool_connections=WORKERS,
)
"""Short waits: queue, schedule and operator try again, and a record's neighbours wait behind it."""

SPARE_SECONDS = 30.0
"""Of a long run, kept for its report: the last calls end, the proofs are written."""


class Wiring:
    """What the entry points work with, as long as the function's environment lives."""

    def __init__(self, function_arn: str, *, paced: bool = False) -> None:
        self.settings = Settings.from_env(os.environ)
        self._policy = self.settings.policy(function_arn)
        self._reads = Limiter(self.settings.reads_per_second, burst=20) if paced else UNLIMITED
        writes = Limiter(self.settings.writes_per_second) if paced else UNLIMITED
        self._elbv2 = boto3.client("elbv2", config=AWS)
        self._groups = TargetGroups(self._elbv2, reads=self._reads, writes=writes)
        self._mode = ModeParameter(boto3.client("ssm", config=AWS), os.environ["MODE_PARAMETER"])

    def reconciler(self) -> Reconciler:
        """Make one for a run: a cluster that was silent in this run is asked again in the next."""
        instances = Instances(lambda: boto3.client("ec2", config=AWS))
        services = Services(partial(kube.connect, owns=instances.any_is_here), kube.registered)
        return Reconciler(self._groups, services, self._policy, self._mode)

    def inventory(self) -> Inventory:
        """Make the lists, for the runs that need them."""
        return Inventory(self._elbv2, boto3.client("resourcegroupstaggingapi", config=AWS), reads=self._reads)


_wiring = cache(Wiring)


def _console(context: LambdaContext) -> Console:
    wiring = _wiring(context.invoked_function_arn, paced=True)
    return Console(wiring.reconciler(), wiring.inventory(), deadline=Deadline(_seconds_left(context)))


def _seconds_left(context: LambdaContext) -> float:
    return context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
