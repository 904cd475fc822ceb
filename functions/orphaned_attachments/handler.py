"""Entry points of the orphaned-attachments automation; what they need is made at the first event.

Over 120 lines because seven entry points stand side by side.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.orphaned_attachments.asking import asked_for
from functions.orphaned_attachments.console import Console
from functions.orphaned_attachments.report import report as make_report
from functions.orphaned_attachments.respond import Responder
from functions.orphaned_attachments.run import Runner
from functions.orphaned_attachments.sweep import Sweeper
from functions.orphaned_attachments.travel import Run
from functions.orphaned_attachments.wiring import SECONDS, wiring_of
from pitcrew.deadline import Deadline
from pitcrew.request import Execution

logger = Logger()


@logger.inject_lambda_context
def on_event(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point for the queue of events: each record fails or succeeds on its own."""
    wiring = wiring_of(context.invoked_function_arn)
    responder = Responder(evidence=wiring.evidence, executions=wiring.executions, home=wiring.home)
    return _batch(event, context, partial(responder.respond, mode=wiring.mode.read()))


@logger.inject_lambda_context
def sweep(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Entry point for the queue of sweeps: one record, one cluster; a pattern becomes a record for each match."""
    wiring, seconds = wiring_of(context.invoked_function_arn), _seconds_left(context)

    def respond(record: SQSRecord) -> None:
        if _age(record) > wiring.every:
            logger.info("a sweep that came too late: the next one asks for the same", message_id=record.message_id)
            return
        name = json.loads(record.body)["cluster"]
        members = wiring.members(name)
        if members == [name]:
            Sweeper(
                evidence=wiring.evidence, executions=wiring.executions, mode=wiring.mode, teller=wiring.teller()
            ).sweep(name, Deadline(seconds))
        else:
            wiring.send(members)

    return _batch(event, context, respond)


@logger.inject_lambda_context
def look(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point for the machine's loop: the evidence, the verdict, and what comes next. Its role changes nothing."""
    wiring = wiring_of(context.invoked_function_arn)
    return Runner(evidence=wiring.evidence, mode=wiring.mode).look(Run.unpack(event["run"]))


@logger.inject_lambda_context
def act(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point for the machine's loop: do the next step, where it still is the next one."""
    wiring = wiring_of(context.invoked_function_arn)
    return Runner(evidence=wiring.evidence, mode=wiring.mode).act(event)


@logger.inject_lambda_context
def plan(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point for the state machine: show what an apply would do. Its role changes nothing."""
    execution, wiring = Execution.parse(event), wiring_of(context.invoked_function_arn)
    console = Console(
        evidence=wiring.evidence,
        members=wiring.members,
        mode=wiring.mode.read(),
        deadline=Deadline(_seconds_left(context)),
    )
    return console.plan(execution.request.target, plan_id=execution.name)


@logger.inject_lambda_context
def prepare(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point for the state machine: the runs that were asked for, by a person's plan, an event or a sweep."""
    wiring = wiring_of(context.invoked_function_arn)
    return {"runs": [{"run": run.pack()} for run in asked_for(event, wiring.plan_of, wiring.mode.read())]}


@logger.inject_lambda_context
def report(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Entry point for the state machine: what came of its runs; people are told what they need to know."""
    wiring = wiring_of(context.invoked_function_arn)
    return make_report(
        event["results"],
        execution=event["execution"],
        mode=wiring.mode.read(),
        teller=wiring.teller(),
        connect=partial(wiring.connect, seconds=SECONDS),
    )


SPARE_SECONDS = 10.0
"""Of a long run, kept for its end."""


def _batch(
    event: dict[str, Any], context: LambdaContext, handler: Callable[[SQSRecord], None]
) -> PartialItemFailureResponse:
    if not _is_batch(event):
        logger.error("not a batch of queue records: this function is called by its queue")
        return {"batchItemFailures": []}
    return process_partial_response(
        event=event,
        record_handler=handler,
        processor=BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False),
        context=context,
    )


def _is_batch(event: object) -> bool:
    """Whether this is what a queue sends; anything else was sent by hand."""
    records = event.get("Records") if isinstance(event, dict) else None
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        return False
    texts = [one.get(key) for one in records for key in ("messageId", "body")]
    return bool(texts) and all(isinstance(text, str) for text in texts)


def _age(record: SQSRecord) -> timedelta:
    """Return how long ago a record was put into its queue."""
    sent_at = datetime.fromtimestamp(int(record.attributes.sent_timestamp or 0) / 1000, tz=UTC)
    return datetime.now(UTC) - sent_at


def _seconds_left(context: LambdaContext) -> float:
    return context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS
