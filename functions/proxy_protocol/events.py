"""CloudTrail's word about target groups: which ones to look at. Pure; every fact that can change is read again."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.proxy_protocol.decision.facts import Facts, Shape

NEWBORN_FOR = timedelta(minutes=15)


class UnreadableEventError(ValueError):
    """A record that is no EventBridge event: nothing can be said about it, so it belongs in the dead letters."""


@dataclass(frozen=True, slots=True)
class Event:
    """One API call that may concern target groups."""

    id: str
    name: str
    """The API call, such as CreateTargetGroup; empty where the event is about something else."""

    time: datetime | None
    """When the call was made; None where the event does not say it in a way that can be read."""

    groups: tuple[Facts, ...]
    """What the event says of each target group that it names."""


def parse(body: str, *, now: datetime) -> Event:
    """Read the body of one queue record. Raises UnreadableEventError.

    Shapes differ by call and by CloudTrail's version, and anything may be missing (samples: tests/events): what is
    not understood names no group.
    """
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableEventError(f"the record is not JSON: {error}") from error
    detail = event.get("detail") if isinstance(event, dict) else None
    if not isinstance(detail, dict):
        raise UnreadableEventError("the record is not an EventBridge event: it has no object under 'detail'")
    made_at = _time(detail.get("eventTime")) or _time(event.get("time"))
    is_fresh = made_at is not None and now - made_at < NEWBORN_FOR
    succeeded = "errorCode" not in detail
    groups = {facts.arn: facts for facts in _groups(detail, is_fresh=is_fresh)} if succeeded else {}
    return Event(_text(event.get("id")), _text(detail.get("eventName")), made_at, tuple(groups.values()))


def _groups(detail: Mapping[str, Any], *, is_fresh: bool) -> Iterator[Facts]:
    request, response = _object(detail.get("requestParameters")), _object(detail.get("responseElements"))
    match detail.get("eventName"):
        case "CreateTargetGroup":
            for group in _objects(response.get("targetGroups")):
                yield from _facts(group.get("targetGroupArn"), born=group, is_fresh=is_fresh)
        case "AddTags":
            for arn in _list(request.get("resourceArns")):
                yield from _facts(arn)
        case "CreateListener" | "ModifyListener":
            for action in _objects(request.get("defaultActions")):
                for forward in (action, *_objects(_object(action.get("forwardConfig")).get("targetGroups"))):
                    yield from _facts(forward.get("targetGroupArn"))


def _facts(arn: object, *, born: Mapping[str, Any] | None = None, is_fresh: bool = False) -> Iterator[Facts]:
    if not isinstance(arn, str) or ":targetgroup/" not in arn:
        return
    if born is None:
        yield Facts(arn=arn, by_event=True)
        return
    protocol, target_type = _text(born.get("protocol")), _text(born.get("targetType"))
    shape = Shape(protocol=protocol, target_type=target_type, vpc_id=_text(born.get("vpcId")))
    is_newborn = is_fresh and not born.get("loadBalancerArns")
    yield Facts(arn=arn, by_event=True, is_newborn=is_newborn, shape=shape if protocol and target_type else None)


def _time(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(_text(value)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]
