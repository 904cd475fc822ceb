"""Paths under /_local/: what a test or the demo does to the cloud that no AWS API does.

POST /_local/schedules/NAME/fire   deliver a schedule now, as EventBridge Scheduler would
POST /_local/events                put one event, as given, on the default bus
POST /_local/trail/lose            {"count": n}: the next n events of CloudTrail get lost
POST /_local/ec2/transitions       {"seconds": {"stopping": 2, …}}: how long passing states last from now on
POST /_local/ec2/instances/ID/forget|fade          the instance is unknown, or its tags are gone
POST /_local/ec2/instances/ID/lifecycle            {"group": name, "state": "Warmed:Stopped"}
POST /_local/ec2/volumes/ID/mount|unmount          the instance that has the volume uses it, or does not
GET  /_local/mailbox               what was published to each topic, by ARN
GET  /_local/queues                visible and hidden messages, by queue name

They exist on the stand-in's loopback address only and ask for no signature.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import eventbridge, scheduler, sqs
from moto.core.exceptions import ServiceException

from local.environment import ACCOUNT, REGION
from local.standin import cloudtrail, ec2_control, mailbox

PREFIX = "/_local/"
_DEFAULT_GROUP = "default"


async def answer(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Answer one request in JSON."""
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    try:
        status, content = await asyncio.to_thread(_dispatch, scope["method"], scope["path"], json.loads(body or b"{}"))
    except (LookupError, ServiceException) as error:
        status, content = HTTPStatus.NOT_FOUND, {"error": str(error)}
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


def _dispatch(method: str, path: str, content: dict[str, Any]) -> tuple[HTTPStatus, object]:
    set_request_account_id(ACCOUNT)
    set_request_region(REGION)
    match method, *path.removeprefix(PREFIX).split("/"):
        case "POST", "schedules", name, "fire":
            fire(name)
        case "POST", "events":
            inject(content)
        case "POST", "trail", "lose":
            cloudtrail.lose(content["count"])
        case "POST", "ec2", "transitions":
            ec2_control.set_seconds(content["seconds"])
        case "POST", "ec2", "instances", name, ("forget" | "fade" | "lifecycle") as change:
            ec2_control.change_instance(name, change, content)
        case "POST", "ec2", "volumes", name, ("mount" | "unmount") as change:
            ec2_control.change_volume(name, change)
        case "GET", "mailbox":
            return HTTPStatus.OK, mailbox.published
        case "GET", "queues":
            return HTTPStatus.OK, queues()
        case _:
            return HTTPStatus.NOT_FOUND, {"error": f"no such path: {method} {path}"}
    return HTTPStatus.OK, None


def fire(name: str) -> None:
    """Deliver the schedule's input to its target as if its time had come."""
    schedule = scheduler._schedules.get(f"{_DEFAULT_GROUP}/{name}")
    if schedule is None:
        raise LookupError(f"no schedule {name!r} in the group {_DEFAULT_GROUP!r}")
    event = {
        "Source": "aws.scheduler",
        "DetailType": "Scheduled Event",
        "Detail": "{}",
        "Time": int(time.time()),
        "Resources": [schedule["Arn"]],
    }
    eventbridge._invoke_target(schedule["Target"], event, schedule)


def inject(event: dict[str, Any]) -> None:
    """Match an event, in the shape a target receives it, against the rules of the default bus."""
    record = {
        "EventId": event["id"],
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Time": event.get("time", int(time.time())),
        "Resources": event.get("resources", []),
        "Account": event.get("account", ACCOUNT),
        "Region": event.get("region", REGION),
        "EventBusName": "default",
    }
    eventbridge._dispatch_event(record)


def queues() -> dict[str, dict[str, int]]:
    """Return how many messages each queue holds: visible, and hidden (in flight or delayed)."""
    now = time.time()
    counts = {}
    for queue in sqs._queues.values():
        visible = sum(message["visible_at"] <= now for message in queue["messages"])
        counts[queue["name"]] = {"visible": visible, "hidden": len(queue["messages"]) - visible}
    return counts
