"""One record of the queue: the groups that an event names, each judged and acted upon."""

from datetime import UTC, datetime

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.proxy_protocol.decision import Facts, Verdict
from functions.proxy_protocol.events import Event, parse
from functions.proxy_protocol.evidence import prove
from functions.proxy_protocol.reconcile import Reconciler
from pitcrew import proof
from pitcrew.deadline import Deadline
from pitcrew.metrics import seconds
from pitcrew.mode import Mode

RECORD_SECONDS = 8.0
"""Time for one record, so that one that hangs leaves its neighbours theirs."""

LAST_CALL_SECONDS = 10.0
"""What a call that was begun in time may still take: two tries of 4 s and the pause between them."""

logger = Logger(child=True)


def respond(record: SQSRecord, *, reconciler: Reconciler, mode: Mode, context: LambdaContext) -> None:
    """Do what one record asks for. Raises where any of its groups is not done, so that the queue brings it again."""
    left = context.get_remaining_time_in_millis() / 1000 - LAST_CALL_SECONDS
    try:
        event = parse(record.body, now=datetime.now(UTC))
        _reconcile_all(event, reconciler=reconciler, mode=mode, deadline=Deadline(min(RECORD_SECONDS, left)))
    except Exception:
        logger.exception("record not done: the queue brings it again", message_id=record.message_id)
        raise


def _reconcile_all(event: Event, *, reconciler: Reconciler, mode: Mode, deadline: Deadline) -> None:
    if not event.groups:
        fields = {"cause": _cause(event)}
        proof.write("event names no target group", verdict=Verdict.NOT_OURS, mode=mode, warns=False, fields=fields)
    failures = []
    for facts in event.groups:
        try:
            _reconcile(facts, event, reconciler=reconciler, mode=mode, deadline=deadline)
        except Exception as error:  # noqa: BLE001 (the event's other groups come first; all are raised below)
            failures.append(error)
    if failures:
        raise ExceptionGroup(f"{len(failures)} of {len(event.groups)} target groups not done", failures)


def _reconcile(facts: Facts, event: Event, *, reconciler: Reconciler, mode: Mode, deadline: Deadline) -> None:
    outcome = reconciler.judge(facts, mode=mode, deadline=deadline)
    outcome = reconciler.follow(outcome, acts_in=frozenset({Mode.ENFORCE}), deadline=deadline)
    prove(outcome, cause=_cause(event))
    if outcome.written and outcome.verdict.acts and event.time:
        seconds("SecondsToEffect", (datetime.now(UTC) - event.time).total_seconds())


def _cause(event: Event) -> dict[str, str]:
    return {"event": event.id, "apiCall": event.name}


def is_batch(event: object) -> bool:
    """Whether this is what a queue sends; anything else was sent by hand."""
    records = event.get("Records") if isinstance(event, dict) else None
    return (
        bool(records)
        and isinstance(records, list)
        and all(
            isinstance(one, dict) and isinstance(one.get("messageId"), str) and isinstance(one.get("body"), str)
            for one in records
        )
    )
