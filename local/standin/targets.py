"""A target that is gone or does not let the sender in: its dead-letter queue gets the event, as in AWS.

ministack alone delivers to a queue whatever the queue's policy says, and drops what it cannot deliver. Neither
failure is tried again in AWS either.
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

import json
import logging
from typing import Any

from ministack.core.arn import parse_arn
from ministack.services import eventbridge, lambda_svc, sqs, stepfunctions

from local.environment import ACCOUNT

logger = logging.getLogger(__name__)

_RULES_PRINCIPAL = "events.amazonaws.com"
_deliver = eventbridge._invoke_target


class UndeliverableError(Exception):
    """A target that AWS would give up on at once. *code* is the dead letter's ERROR_CODE."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def install() -> None:
    """Look before delivering."""
    eventbridge._invoke_target = deliver


def deliver(target: dict[str, Any], event: dict[str, Any], source: dict[str, Any], view: Any = None) -> None:  # noqa: ANN401  ministack's parsed event
    """Deliver *event* from *source*, a rule or a schedule, or put it into the target's dead-letter queue."""
    try:
        check(target["Arn"], source["Arn"])
    except UndeliverableError as failure:
        bury(target, event, source, failure)
    else:
        _deliver(target, event, source, view)


def check(target_arn: str, source_arn: str) -> None:
    """Raise UndeliverableError where the target does not exist, or is a queue that does not admit the rule."""
    if not _exists(target_arn):
        raise UndeliverableError("NO_RESOURCE", f"Target {target_arn} does not exist.")
    if not _admits(target_arn, source_arn):
        raise UndeliverableError("NO_PERMISSIONS", f"The policy of {target_arn} does not admit {source_arn}.")


def bury(target: dict[str, Any], event: dict[str, Any], source: dict[str, Any], failure: UndeliverableError) -> None:
    """Send *event* to the target's dead-letter queue; where there is none, or it refuses, the event is lost."""
    dead_letter_queue = (target.get("DeadLetterConfig") or {}).get("Arn", "")
    queue = sqs._queue_by_arn(dead_letter_queue)
    if queue is None or not _admits(dead_letter_queue, source["Arn"]):
        logger.warning("lost: %s -> %s: %s", source["Arn"], target["Arn"], failure)
        return
    payload = eventbridge._pattern_event_view(event).event_with_detail()
    eventbridge._dispatch_to_sqs(parse_arn(dead_letter_queue), json.dumps(payload))
    attributes = {
        "RULE_ARN": source["Arn"],
        "TARGET_ARN": target["Arn"],
        "ERROR_CODE": failure.code,
        "ERROR_MESSAGE": str(failure),
    }
    queue["messages"][-1]["message_attributes"] = {
        name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
    }


def _exists(arn: str) -> bool:
    service = arn.split(":")[2]
    if service == "sqs":
        return sqs._queue_by_arn(arn) is not None
    if service == "lambda":
        function, _config, _name = lambda_svc._get_func_record_for_ref(arn)
        return function is not None
    if service == "states":
        return stepfunctions._resolve_state_machine_arn(arn) is not None
    return True


def _admits(queue_arn: str, source_arn: str) -> bool:
    """Whether a queue's policy admits a rule. A schedule comes with its role instead: permissions.py."""
    if ":sqs:" not in queue_arn or ":scheduler:" in source_arn:
        return True
    return bool(sqs.queue_policy_allows(queue_arn, _RULES_PRINCIPAL, source_arn, ACCOUNT))
