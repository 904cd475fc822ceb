"""Events about instances: every sample, and anything else as an event.

Over 120 lines because the malformed ones were picked by hand.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.orphaned_attachments import objects
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.events import Event, UnreadableEventError, parse
from tests.functions.malformed import WRONG
from tests.functions.orphaned_attachments.cloud import HOME, state_change
from tests.functions.orphaned_attachments.raw_objects import DEAD, OTHER

LoadEvent = Callable[[str], dict[str, Any]]

# What an event names, and the state that it tells.
SAMPLES: dict[str, tuple[tuple[str, ...], State | None]] = {
    "asg-terminate-lifecycle.documented": ((), None),
    "ebs-attach-failed.documented": ((), None),
    "ebs-detach.unverified": ((), None),
    "ec2-detach-volume-cloudtrail.recorded": ((), None),
    "ec2-instance-terminated.documented": (("i-0abcd1111abcd1111",), State.TERMINATED),
    "ec2-instance-terminated.standin": (("i-53232cd7bbd283bf4",), State.TERMINATED),
    "ec2-rebalance.documented": (("i-0b662ef9931388ba0",), None),
    "ec2-spot-interruption.documented": (("i-1234567890abcdef0",), None),
    "ec2-terminate-instances-cloudtrail.documented": ((), None),
    "health-instance-retirement.recorded": (("i-00ddbf07ce6372082",), None),
}
ATTACHMENT = "kubernetes-volumeattachment.recorded"
FILES = {path.stem for path in (Path(__file__).parents[2] / "events").glob("*.json") if not path.stem.startswith("elb")}


def test_every_sample_is_read() -> None:
    assert SAMPLES.keys() | {ATTACHMENT} == FILES


@pytest.mark.parametrize("sample", SAMPLES)
def test_of_a_sample_instances_and_state_are_read(load_event: LoadEvent, sample: str) -> None:
    event = load_event(sample)

    read = parse(json.dumps(event))

    assert (read.instances, read.state) == SAMPLES[sample]
    assert (read.id, read.kind) == (event["id"], event["detail-type"])
    assert read.home == f"{event['account']}/{event['region']}"


def test_the_recorded_attachment_is_read(load_event: LoadEvent) -> None:
    read = objects.attachment(load_event(ATTACHMENT), {}, ())

    assert (read.instance, read.pv, read.is_pv_missing) == ("i-09a15870d61b92cee", "pvc-123", True)
    assert (read.is_attached, read.finalizers) == (True, ("external-attacher/ebs-csi-aws-com",))


def test_an_object_of_kubernetes_is_no_event(load_event: LoadEvent) -> None:
    with pytest.raises(UnreadableEventError):
        parse(json.dumps(load_event(ATTACHMENT)))


@pytest.mark.parametrize("state", ["pending", "running", "stopping", "stopped", "shutting-down", "terminated"])
def test_each_state_that_ec2_tells_is_read(state: str) -> None:
    assert parse(json.dumps(state_change(state))) == Event(
        id="e-1", kind="EC2 Instance State-change Notification", home=HOME, instances=(DEAD,), state=State(state)
    )


def test_an_event_of_aws_health_names_each_instance_once() -> None:
    entities = [{"entityValue": one} for one in (DEAD, OTHER, DEAD, "vol-0123456789abcdef0")]

    assert parse(json.dumps({"detail": {"affectedEntities": entities}})).instances == (DEAD, OTHER)


@pytest.mark.parametrize("body", ["", "x", "{", "null", "5", "[]", '"x"', "{}", '{"detail": null}', '{"detail": []}'])
def test_what_is_no_event_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableEventError):
        parse(body)


@pytest.mark.parametrize("body", ["[" * 100_000, "\x00", "\ud800", "NaN", "{'detail': {}}", '{"detail": {}'])
def test_poison_is_unreadable_too(body: str) -> None:
    with pytest.raises(UnreadableEventError):
        parse(body)


NO_TEXT: list[Any] = [*WRONG, ["i-0123456789abcdef0"]]


@pytest.mark.parametrize("wrong", NO_TEXT, ids=map(repr, NO_TEXT))
@pytest.mark.parametrize("key", ["instance-id", "affectedEntities"])
def test_an_instance_of_a_wrong_type_is_none(key: str, wrong: object) -> None:
    assert parse(json.dumps({"detail": {key: wrong}})).instances == ()


@pytest.mark.parametrize("wrong", NO_TEXT, ids=map(repr, NO_TEXT))
def test_a_state_that_is_none_is_none(wrong: object) -> None:
    event = state_change("stopped")
    event["detail"]["state"] = wrong

    assert parse(json.dumps(event)).state is None


@pytest.mark.parametrize("wrong", NO_TEXT, ids=map(repr, NO_TEXT))
@pytest.mark.parametrize("key", ["id", "detail-type", "account", "region"])
def test_an_envelope_of_a_wrong_type_never_raises(key: str, wrong: object) -> None:
    assert parse(json.dumps(state_change("stopped") | {key: wrong})).instances == (DEAD,)


@pytest.mark.parametrize(
    "text",
    [
        "i-", "i-0", "i-0123456", "i-0123456789abcdef01", "i-0123456789ABCDEF0", "i-0123456789abcdeg0", f"{DEAD}\n",
        f" {DEAD}", f"{DEAD}/../x", "mi-0123456789abcdef0", "I-0123456789abcdef0", "fargate-ip-10-0-0-1", "i-01-456789",
        f"arn:aws:ec2:us-east-1:123456789012:instance/{DEAD}",
    ],
)  # fmt: skip
def test_what_is_no_instance_id_names_none(text: str) -> None:
    assert parse(json.dumps(state_change("terminated", text))).instances == ()


def test_an_old_short_id_is_one() -> None:
    assert parse(json.dumps(state_change("terminated", "i-1a2b3c4d"))).instances == ("i-1a2b3c4d",)


@pytest.mark.parametrize("event", [{"resources": [DEAD]}, {"resources": [f"arn:aws:ec2:x:y:instance/{DEAD}"]}])
def test_an_instance_is_never_taken_from_an_arn(event: dict[str, Any]) -> None:
    assert parse(json.dumps({"detail": {}} | event)).instances == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
DETAILS = st.fixed_dictionaries(
    {}, optional={"instance-id": JSON | st.just(DEAD), "state": JSON, "affectedEntities": JSON, "x": JSON}
)
EVENTS = st.fixed_dictionaries(
    {}, optional={"id": JSON, "account": JSON, "region": JSON, "detail-type": JSON, "detail": DETAILS | JSON}
)


@settings(max_examples=1_000)
@given(body=st.text(max_size=20) | JSON.map(json.dumps) | EVENTS.map(json.dumps))
def test_any_body_is_an_event_or_unreadable(body: str) -> None:
    try:
        event = parse(body)
    except UnreadableEventError:
        return
    assert set(event.instances) <= {DEAD}
    assert event.state is None or isinstance(event.state, State)
