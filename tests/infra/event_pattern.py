"""Events, and EventBridge's way with a pattern, as far as the rules here go."""

from collections.abc import Mapping
from typing import Any


def recorded(service: str, name: str, role: str | None, **detail: str) -> dict[str, Any]:
    """Return a call as CloudTrail tells it; without a role, made with the static keys of an IAM user."""
    session = {"sessionContext": {"sessionIssuer": {"type": "Role", "arn": role}}} if role else {}
    return {
        "source": f"aws.{service}",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "userIdentity": {"type": "AssumedRole" if role else "IAMUser"} | session,
            **detail,
        },
    }


def resolved(value: object, arns: Mapping[str, str]) -> Any:  # noqa: ANN401 (JSON)
    """Put ARNs in place of references to resources."""
    match value:
        case {"Fn::GetAtt": [logical_id, "Arn"]}:
            return arns[logical_id]
        case dict():
            return {key: resolved(item, arns) for key, item in value.items()}
        case list():
            return [resolved(item, arns) for item in value]
    return value


def matches(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether EventBridge would hand *event* to a rule of this *pattern*.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
    """
    for key, wanted in pattern.items():
        if key == "$or":
            if not any(matches(alternative, event) for alternative in wanted):
                return False
        elif isinstance(wanted, Mapping):
            if not matches(wanted, event.get(key) or {}):
                return False
        elif not any(_value_matches(matcher, event.get(key)) for matcher in wanted):
            return False
    return True


def _value_matches(matcher: object, value: object) -> bool:
    match matcher:
        case {"exists": exists}:
            return (value is not None) is exists
        case {"anything-but": others}:
            return value is not None and value not in others
    return bool(value == matcher)
