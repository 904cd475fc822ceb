"""EC2's events of instances, on the default bus: shape of `ec2-instance-terminated.documented.json`.

Not as on AWS: at once, in order and exactly once.
"""

import json
import logging
from concurrent.futures import ThreadPoolExecutor

from ministack.core.responses import set_request_account_id, set_request_region
from ministack.services import eventbridge

from local.environment import ACCOUNT, REGION

_log = logging.getLogger(__name__)
_bus = ThreadPoolExecutor(max_workers=1)
"""One thread keeps the events in order. Whoever emits holds EC2's lock, and a target may call EC2."""


def emit(instance: str, state: str) -> None:
    """Say that an instance is in a state now."""
    _bus.submit(_deliver, instance, state)


def _deliver(instance: str, state: str) -> None:
    set_request_account_id(ACCOUNT)
    set_request_region(REGION)
    entry = {
        "Source": "aws.ec2",
        "DetailType": "EC2 Instance State-change Notification",
        "Detail": json.dumps({"instance-id": instance, "state": state}),
        "Resources": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{instance}"],
    }
    try:
        # allow_aws_source: customers may not put events of AWS's own sources, EC2 does.
        _, _, body = eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)  # noqa: SLF001 - a seam: tests/local/test_seams_ec2.py
    except Exception:  # noqa: BLE001 - nobody waits for the outcome; the failure is logged
        _log.exception("The event of %s could not be delivered", instance)
    else:
        if json.loads(body)["FailedEntryCount"]:
            _log.error("EventBridge refused the event of %s: %r", instance, body)
