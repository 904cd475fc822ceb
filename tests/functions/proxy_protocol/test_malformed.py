"""Anything at all as an event: nothing is raised, nothing is changed, and a poison record fails alone.

Over 120 lines because it breaks good events by table, bodies at random, and whole events at random.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from functions.proxy_protocol import handler
from functions.proxy_protocol.settings import Settings
from tests.functions.fake_context import FakeContext
from tests.functions.malformed import ways_to_break
from tests.functions.proxy_protocol.cloud import MODE_PARAMETER, Cloud, policy
from tests.functions.proxy_protocol.event_bodies import tagged
from tests.functions.proxy_protocol.facts import ASKED
from tests.functions.proxy_protocol.strategies import EVENTS, JSON

BATCH = 10
BATCHES = 800
WHOLE_EVENTS = 1_000
"""With the batches' five records each: 5,000 generated inputs a run."""

PICKED_FROM = [
    "elbv2-add-tags.recorded",
    "elbv2-create-listener.synthetic",
    "elbv2-create-target-group.recorded",
    "elbv2-create-target-group-failed.synthetic",
]


@pytest.mark.parametrize("sample", PICKED_FROM)
def test_each_way_to_break_a_good_event_leaves_its_neighbours_done(
    load_event: Callable[[str], dict[str, Any]], sample: str
) -> None:
    broken = list(ways_to_break(load_event(sample)))
    assert len(broken) >= 100

    for start in range(0, len(broken), BATCH - 2):
        cloud = Cloud(policy("*/*/*"))
        first, last = cloud.account.add(tags=dict(ASKED)), cloud.account.add(tags=dict(ASKED))
        records = [tagged(first), *broken[start : start + BATCH - 2], tagged(last)]

        failed = cloud.on_event(*records)

        assert cloud.account.switched_on == {first, last}
        assert {call.kwargs.get("TargetGroupArn") for call in cloud.calls.mutations} <= {first, last, None}
        assert not {"0", str(len(records) - 1)} & set(failed)


@pytest.mark.parametrize("poison", ["", "x", "{", "null", "[]", '{"detail": null}', "[" * 100_000, "\x00", "\ud800"])
def test_a_poison_record_fails_alone(poison: str) -> None:
    cloud = Cloud()
    before, after = cloud.account.add(tags=dict(ASKED)), cloud.account.add(tags=dict(ASKED))

    failed = cloud.on_event(tagged(before), poison, tagged(after))

    assert failed == ["1"]
    assert cloud.account.switched_on == {before, after}


def _nobody_asks() -> Cloud:
    """Return an account with two groups that events name, neither of which is to be written."""
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED), attributes={"proxy_protocol_v2.enabled": "true"})
    cloud.account.add()
    return cloud


@settings(max_examples=BATCHES)
@given(bodies=st.lists(st.text(max_size=20) | JSON.map(json.dumps) | EVENTS.map(json.dumps), min_size=5, max_size=5))
def test_any_body_neither_raises_nor_mutates(bodies: list[str]) -> None:
    cloud = _nobody_asks()

    failed = cloud.on_event(*bodies)

    assert set(failed) <= {str(number) for number in range(len(bodies))}
    assert cloud.calls.mutations == []


@pytest.fixture(scope="module")
def deployed() -> Iterator[FakeContext]:
    """Wire the function once, for all generated events."""
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("MODE_PARAMETER", MODE_PARAMETER)
        for key, value in Settings().to_env().items():
            environment.setenv(key, value)
        yield FakeContext()


RECORDS = st.fixed_dictionaries(
    {}, optional={"messageId": st.text(max_size=3) | JSON, "body": st.text(max_size=9) | JSON}
)
WHOLE = JSON | st.fixed_dictionaries({"Records": JSON | st.lists(RECORDS, max_size=3)})


@settings(max_examples=WHOLE_EVENTS)
@given(event=WHOLE)
def test_any_json_as_the_whole_event_never_raises(deployed: FakeContext, event: Any) -> None:  # noqa: ANN401 (anything is meant)
    answer = handler.on_event(event, deployed)

    assert answer.keys() == {"batchItemFailures"}


@pytest.mark.parametrize(
    "event",
    [None, 5, "x", [], {}, {"Records": None}, {"Records": []}, {"Records": [None]}, {"Records": [{"messageId": "1"}]}],
)
def test_what_is_no_batch_is_said_and_dropped(deployed: FakeContext, event: Any) -> None:  # noqa: ANN401 (anything is meant)
    assert handler.on_event(event, deployed) == {"batchItemFailures": []}
