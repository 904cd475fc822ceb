"""No secret of an event ever reaches a log record or a metric."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import created, listener_created, tagged
from tests.functions.proxy_protocol.facts import ASKED
from tests.functions.proxy_protocol.failures import Failure, read_timeout, refusal

CANARIES = {
    "accessKeyId": "ASIACANARY1234567890",
    "principalId": "AROACANARY1234567890:session",
    "sessionToken": "IQoJb3JpZ2luCANARY",
    "userName": "canary-user",
    "sourceIPAddress": "198.51.100.77",
    "secret": "wJalrCANARYkey",
}


def _with_canaries(text: str) -> str:
    event: dict[str, Any] = json.loads(text)
    event["detail"]["userIdentity"] = {"type": "AssumedRole", **CANARIES, "sessionContext": {"attributes": CANARIES}}
    event["detail"] |= {"sourceIPAddress": CANARIES["sourceIPAddress"], "additionalEventData": CANARIES}
    event["resources"] = list(CANARIES.values())
    return json.dumps(event)


def _assert_silent(lines: list[dict[str, Any]], printed: str) -> None:
    everything = json.dumps(lines) + printed
    assert lines, "something was logged"
    assert [name for name, canary in CANARIES.items() if canary in everything] == []


FAULTS: dict[str, tuple[str, Failure]] = {
    "none": ("DescribeNothing", read_timeout),
    "unreadable tags": ("DescribeTags", refusal("Throttling")),
    "refused write": ("ModifyTargetGroupAttributes", refusal("AccessDenied")),
    "lost answer": ("ModifyTargetGroupAttributes", read_timeout),
    "no mark": ("AddTags", refusal("AccessDenied")),
}


@pytest.mark.parametrize(("operation", "failure"), FAULTS.values(), ids=FAULTS)
def test_who_called_is_not_logged_whatever_happens(
    log_lines: list[dict[str, Any]], capsys: pytest.CaptureFixture[str], operation: str, failure: Failure
) -> None:
    cloud = Cloud(policy("*/*/*"))
    arn = cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail(operation, failure)

    cloud.on_event(*map(_with_canaries, (created(cloud.account.groups[arn]), tagged(arn), listener_created(arn))))

    _assert_silent(log_lines, capsys.readouterr().out)


def _cut(text: str) -> str:
    return text[:-1]


def _without_detail(text: str) -> str:
    return json.dumps({"detail": None, "rest": json.loads(text)})


def _as_a_list(text: str) -> str:
    return json.dumps([json.loads(text)])


@pytest.mark.parametrize("spoil", [_cut, _without_detail, _as_a_list])
def test_a_record_that_cannot_be_read_is_not_quoted(
    log_lines: list[dict[str, Any]], capsys: pytest.CaptureFixture[str], spoil: Callable[[str], str]
) -> None:
    failed = Cloud().on_event(spoil(_with_canaries(tagged("arn"))))

    assert failed == ["0"]
    _assert_silent(log_lines, capsys.readouterr().out)


def test_the_canaries_would_be_found() -> None:
    with pytest.raises(AssertionError, match="accessKeyId"):
        _assert_silent([{"event": _with_canaries(tagged("arn"))}], "")
