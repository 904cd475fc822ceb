"""Which events reach the function: every sample goes over the bus, and so do the events of our own writes."""

import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from infra import ROOT
from local.stage import Stage
from local.stories.proxy_protocol import AUTOMATION
from local.target_groups import ON_EVENT
from tests.local.groups import Groups
from tests.local.policies import Role
from tests.local.trail import Trail, drained, judged, reached

LoadEvent: TypeAlias = Callable[[str], dict[str, Any]]

REACHES = {
    "elb-classic-add-tags.synthetic": True,  # the rule cannot tell it from ELBv2's; the function can
    "elbv2-add-tags.recorded": True,
    "elbv2-create-listener.standin": True,
    "elbv2-create-listener.synthetic": True,
    "elbv2-create-target-group-failed.synthetic": False,
    "elbv2-create-target-group.local.standin": True,
    "elbv2-create-target-group.opted-in-again.standin": True,
    "elbv2-create-target-group.opted-in.standin": True,
    "elbv2-create-target-group.recorded": True,
    "elbv2-delete-target-group.standin": False,
    "elbv2-modify-listener.moved-to-new-group.standin": True,
    "elbv2-modify-target-group-attributes.by-hand.standin": False,
    "elbv2-modify-target-group-attributes.cpa-sets-false.standin": False,
    "elbv2-modify-target-group.every-reconcile.standin": False,
    "elbv2-register-targets-failed.standin": False,
}
SAMPLE = "elbv2-create-target-group.opted-in.standin"
WRITERS = ("OnEvent", "Sweep", "Apply")


@pytest.fixture(autouse=True)
def _observing(stage: Stage) -> None:
    stage.set_mode(AUTOMATION, "observe")


def test_the_table_names_every_sample() -> None:
    assert sorted(REACHES) == sorted(file.stem for file in (ROOT / "tests" / "events").glob("elb*.json"))


def test_samples_reach_the_function_exactly_where_the_rule_says_so(stage: Stage, load_event: LoadEvent) -> None:
    events = {name: _fresh(load_event(name)) for name in REACHES}

    arrived = reached(stage, events.values(), last=_fresh(load_event(SAMPLE)))

    assert {name: event["id"] in arrived for name, event in events.items()} == REACHES


@pytest.mark.parametrize(
    "difference",
    [
        {"source": "aws.ec2"},
        {"source": "pitcrew"},
        {"detail-type": "AWS Service Event via CloudTrail"},
    ],
    ids=str,
)
def test_an_event_of_another_kind_does_not_reach_the_function(
    stage: Stage, load_event: LoadEvent, difference: dict[str, str]
) -> None:
    other = _fresh(load_event(SAMPLE)) | difference

    assert other["id"] not in reached(stage, [other], last=_fresh(load_event(SAMPLE)))


def test_the_events_of_our_own_writes_do_not_reach_the_function(stage: Stage, load_event: LoadEvent) -> None:
    ours = [_by(Role(stage, f"ProxyProtocol{name}Role").arn, load_event("elbv2-add-tags.recorded")) for name in WRITERS]
    other = _by("arn:aws:iam::000000000000:role/somebody", load_event("elbv2-add-tags.recorded"))

    arrived = reached(stage, ours, last=other)

    assert other["id"] in arrived
    assert arrived.isdisjoint(event["id"] for event in ours)


@pytest.mark.usefixtures("enforcing")
def test_switching_a_group_on_does_not_call_the_function_again(stage: Stage, groups: Groups, trail: Trail) -> None:
    role = Role(stage, f"{ON_EVENT}Role").arn
    group = groups.new()
    groups.wait_until_on(group)
    drained(stage)

    written = [event for event in trail.events() if _issuer(event) == role]

    assert {event["detail"]["eventName"] for event in written} == {"ModifyTargetGroupAttributes", "AddTags"}
    assert judged(stage).isdisjoint(event["id"] for event in written)


def _fresh(event: dict[str, Any]) -> dict[str, Any]:
    return event | {"id": str(uuid.uuid4())}


def _by(role: str, event: dict[str, Any]) -> dict[str, Any]:
    detail = event["detail"]
    identity = {**detail["userIdentity"], "sessionContext": {"sessionIssuer": {"type": "Role", "arn": role}}}
    return _fresh(event) | {"detail": {**detail, "userIdentity": identity}}


def _issuer(event: dict[str, Any]) -> str | None:
    arn: str | None = event["detail"]["userIdentity"].get("sessionContext", {}).get("sessionIssuer", {}).get("arn")
    return arn
