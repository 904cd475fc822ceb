"""Bodies of queue records: CloudTrail's events as the rule hands them on. Shapes: tests/events."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.functions.proxy_protocol.account import FakeGroup


def body(
    name: str,
    *,
    request: object = None,
    response: object = None,
    age: timedelta = timedelta(seconds=20),
    **detail: object,
) -> str:
    """Return the event of the API call *name* that was made *age* ago."""
    made_at = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = {"eventName": name, "eventTime": made_at, "requestParameters": request, "responseElements": response}
    return json.dumps({"id": f"event-of-{name}", "source": "aws.elasticloadbalancing", "detail": {**said, **detail}})


def created(group: FakeGroup, *, load_balancers: tuple[str, ...] = (), age: timedelta = timedelta(seconds=20)) -> str:
    """CreateTargetGroup: the only call whose answer says what the group is."""
    answer: dict[str, Any] = {
        "targetGroupArn": group.arn,
        "protocol": group.protocol,
        "targetType": group.target_type,
        "vpcId": group.vpc_id,
        "loadBalancerArns": list(load_balancers),
    }
    return body("CreateTargetGroup", response={"targetGroups": [answer]}, age=age)


def tagged(*arns: str) -> str:
    """AddTags: its answer is null, and it mixes groups with load balancers and listeners."""
    return body("AddTags", request={"resourceArns": list(arns), "tags": []})


def listener_created(*arns: str) -> str:
    """CreateListener with one plain action a group."""
    return body("CreateListener", request={"defaultActions": [_forward(arn) for arn in arns]})


def listener_modified(*arns: str) -> str:
    """ModifyListener with one weighted action over all groups."""
    weighted = [{"targetGroupArn": arn, "weight": 1} for arn in arns]
    action = {"type": "forward", "forwardConfig": {"targetGroups": weighted}}
    return body("ModifyListener", request={"defaultActions": [action]})


def _forward(arn: str) -> dict[str, str]:
    return {"type": "forward", "targetGroupArn": arn}
