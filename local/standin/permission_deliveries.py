"""What a rule or a schedule may deliver: as its role says, or as the target's policy says.

ministack alone delivers everything. Queues' policies are `targets.py`'s; what may not be delivered is buried there.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

import logging
from typing import Any

from ministack.services import eventbridge

from local.standin import targets
from local.standin.permission_roles import role_refusal, service_refusal

_log = logging.getLogger(__name__)

_DELIVERY = {
    "events": "events:PutEvents",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
}
"""The action by which a rule or a schedule delivers, by the target's service."""


def install() -> None:
    """Ask before each delivery, whoever delivers after us."""
    deliver = eventbridge._invoke_target

    def checked(target: dict[str, Any], event: dict[str, Any], source: dict[str, Any], view: Any = None) -> None:  # noqa: ANN401 - ministack's own
        target = _without_forbidden_queue(target, source)
        if refusal := _delivery_refusal(target, source):
            _log.warning("denied: %s", refusal)
            targets.bury(target, event, source, targets.UndeliverableError("NO_PERMISSIONS", refusal))
        else:
            deliver(target, event, source, view)

    eventbridge._invoke_target = checked


def _delivery_refusal(target: dict[str, Any], source: dict[str, Any]) -> str | None:
    """Say why a rule or a schedule may not deliver: a role it was given counts, else the target's policy."""
    arn, role = target["Arn"], target.get("RoleArn")
    action = _DELIVERY.get(arn.split(":")[2])
    if action is None:
        return None
    if role:
        return role_refusal(role, action, arn, session=source["Name"])
    if arn.split(":")[2] in {"events", "states"} or ":scheduler:" in source["Arn"]:
        return f"{source['Arn']} has no role to perform {action} on {arn}"
    return service_refusal("events.amazonaws.com", action, arn, source_arn=source["Arn"])


def _without_forbidden_queue(target: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """Leave out the dead-letter queue to which a schedule's role may not send: what goes there is lost."""
    queue, role = (target.get("DeadLetterConfig") or {}).get("Arn"), target.get("RoleArn")
    if not queue or ":scheduler:" not in source["Arn"]:
        return target
    may_send = role and role_refusal(role, "sqs:SendMessage", queue, session=source["Name"]) is None
    return target if may_send else {**target, "DeadLetterConfig": {}}
