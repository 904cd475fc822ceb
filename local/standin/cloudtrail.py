"""CloudTrail's events of ELBv2: one on the default bus after each write, in the shape of the samples.

Not as on AWS: at once instead of seconds later, exactly once, and none for what CloudFormation makes past the API.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

import json
import logging
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import eventbridge

from local.standin.trail_call import Call, read_call
from local.standin.trail_identity import user_identity

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_to_lose = 0

_ministacks_dispatch = app._dispatch_service_request


def install() -> None:
    """Watch every request; ministack denies and answers before our event goes out."""
    app._dispatch_service_request = _dispatch


def lose(count: int) -> None:
    """Let the next *count* events get lost, as CloudTrail may (facts/proxy-protocol.md section 4.1, "best effort")."""
    global _to_lose  # noqa: PLW0603 - one counter of one process
    with _lock:
        _to_lose = count


async def _dispatch(  # noqa: PLR0917 - ministack's own signature
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, Any],
    request_id: str,
) -> tuple[int, dict[str, str], Any]:
    answered: tuple[int, dict[str, str], Any] = await _ministacks_dispatch(
        method, path, headers, body, query_params, request_id
    )
    try:
        call = read_call(headers, body, answered)
        if call is not None:
            _deliver(call, headers)
    except Exception:  # noqa: BLE001 - the API's own answer must not depend on its trail; the failure is logged
        _log.exception("The CloudTrail event of a call could not be delivered")
    return answered


def _deliver(call: Call, headers: Mapping[str, str]) -> None:
    """Put the call's event on the default bus, or lose it."""
    global _to_lose  # noqa: PLW0603 - one counter of one process
    with _lock:
        if _to_lose:
            _to_lose -= 1
            _log.warning("The CloudTrail event of %s is lost on purpose", call.name)
            return
    entry = {
        "Source": "aws.elasticloadbalancing",
        "DetailType": "AWS API Call via CloudTrail",
        "Detail": json.dumps(_detail(call, headers)),
    }
    # allow_aws_source: customers may not put events of AWS's own sources, CloudTrail does.
    _, _, body = eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    if json.loads(body)["FailedEntryCount"]:
        raise RuntimeError(f"EventBridge refused the event of {call.name}: {body!r}")


def _detail(call: Call, headers: Mapping[str, str]) -> dict[str, Any]:
    account = get_account_id()
    failure = {"errorCode": call.error_code, "errorMessage": call.error_message} if call.error_code else {}
    return {
        "eventVersion": "1.11",
        "userIdentity": user_identity(extract_access_key_id(dict(headers)), account),
        "eventTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "elasticloadbalancing.amazonaws.com",
        "eventName": call.name,
        "awsRegion": get_region(),
        "sourceIPAddress": "127.0.0.1",
        "userAgent": headers.get("user-agent", ""),
        "requestParameters": call.request,
        "responseElements": call.response,
        **failure,
        "requestID": call.request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "apiVersion": "2015-12-01",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
