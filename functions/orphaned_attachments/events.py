"""EC2's and AWS Health's word about instances: which one to look at. Pure; every fact is read again."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.orphaned_attachments.decision.instance import State

INSTANCE = re.compile(r"i-[0-9a-f]{8,17}")


class UnreadableEventError(ValueError):
    """A record that is no EventBridge event: nothing can be said about it, so it belongs in the dead letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event about instances."""

    id: str
    kind: str
    """The detail type, such as `EC2 Instance State-change Notification`."""

    home: str
    """Account and region that it is about, as `<account>/<region>`."""

    instances: tuple[str, ...]
    state: State | None = None
    """The state that a state-change event tells; None of every other event, which is only a warning."""


def parse(body: str) -> Event:
    """Read the body of one queue record. Raises UnreadableEventError.

    Instances are taken from `detail`, never from an ARN (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/
    spot-instance-termination-notices.html shows one of another form); what is not understood names none.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableEventError(f"the record is not JSON: {error}") from error
    detail = event.get("detail") if isinstance(event, dict) else None
    if not isinstance(detail, dict):
        raise UnreadableEventError("the record is not an EventBridge event: it has no object under 'detail'")
    kind = _text(event.get("detail-type"))
    return Event(
        id=_text(event.get("id")),
        kind=kind,
        home=f"{_text(event.get('account'))}/{_text(event.get('region'))}",
        instances=tuple(dict.fromkeys(filter(INSTANCE.fullmatch, _named(detail)))),
        state=_state(detail) if kind == "EC2 Instance State-change Notification" else None,
    )


def _named(detail: Mapping[str, Any]) -> list[str]:
    affected = detail.get("affectedEntities")
    entities = (
        [one.get("entityValue") for one in affected if isinstance(one, dict)] if isinstance(affected, list) else []
    )
    return [_text(one) for one in (detail.get("instance-id"), *entities)]


def _state(detail: Mapping[str, Any]) -> State | None:
    try:
        return State(_text(detail.get("state")))
    except ValueError:
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
