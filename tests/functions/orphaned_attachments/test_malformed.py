"""Anything at all at an entry point: a record fails alone, nothing is changed, nothing starts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.orphaned_attachments import handler
from tests.functions.malformed import ways_to_break
from tests.functions.orphaned_attachments.cloud import Cloud, state_change
from tests.functions.orphaned_attachments.played import Played, batch, playing
from tests.functions.orphaned_attachments.raw_objects import DEAD, OTHER
from tests.functions.orphaned_attachments.test_events import EVENTS, JSON

WITH_ONE_ACCOUNT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
"""Nothing that is generated changes the account, so that all may share it."""


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


def test_each_way_to_break_a_good_event_leaves_its_neighbours_done(played: Played) -> None:
    event = state_change("terminated", OTHER) | {"resources": [f"arn:aws:ec2:us-east-1:123456789012:instance/{DEAD}"]}
    broken = list(ways_to_break(event))
    assert len(broken) >= 100

    for number, start in enumerate(range(0, len(broken), 8)):
        first, last = (state_change("terminated", played.instance, event_id=f"{side}-{number}") for side in "ab")

        answer = handler.on_event(batch(first, *broken[start : start + 8], last), played.context)

        assert not {"0", "9"} & {one["itemIdentifier"] for one in answer["batchItemFailures"]}
    assert {name.rpartition("-")[0].rpartition("-")[0] for name in played.executions} == {played.instance}


RECORDS = st.fixed_dictionaries(
    {}, optional={"messageId": st.text(max_size=3) | JSON, "body": st.text(max_size=9) | JSON, "attributes": JSON}
)
WHOLE = JSON | st.fixed_dictionaries({"Records": JSON | st.lists(RECORDS, max_size=3)})


@WITH_ONE_ACCOUNT
@given(event=WHOLE)
def test_any_json_as_the_whole_event_never_raises(played: Played, event: Any) -> None:  # noqa: ANN401 (anything is meant)
    for entry_point in (handler.on_event, handler.sweep):
        assert entry_point(event, played.context).keys() == {"batchItemFailures"}


@WITH_ONE_ACCOUNT
@given(bodies=st.lists(st.text(max_size=20) | JSON.map(json.dumps) | EVENTS.map(json.dumps), min_size=1, max_size=5))
def test_any_bodies_neither_raise_nor_start_anything(played: Played, bodies: list[str]) -> None:
    before = set(played.executions)

    for entry_point in (handler.on_event, handler.sweep):
        entry_point(batch(*bodies), played.context)

    assert set(played.executions) == before
    assert played.prod.writes == []


@pytest.mark.parametrize(
    "body", [None, 5, [], {}, {"cluster": None}, {"cluster": 5}, {"cluster": ["prod"]}, {"name": "x"}]
)
def test_a_sweep_of_nothing_in_particular_fails_alone(played: Played, body: object) -> None:
    answer = handler.sweep(batch(body), played.context)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}


CANARIES = {"accessKeyId": "ASIACANARY1234567890", "sessionToken": "IQoJb3JpZ2luCANARY", "userName": "canary-user"}


@pytest.mark.parametrize("spoil", [lambda text: text, lambda text: text[:-1], lambda text: f"[{text}]"])
def test_who_called_is_not_logged_whatever_happens(log_lines: list[dict[str, Any]], spoil: Any) -> None:  # noqa: ANN401 (a lambda above)
    cloud = Cloud()
    event = state_change("terminated")
    event["detail"] |= {"userIdentity": CANARIES, "x": CANARIES}

    with playing() as played:
        handler.on_event(batch(spoil(json.dumps(event | {"resources": list(CANARIES.values())}))), played.context)
    cloud.respond(event)

    everything = json.dumps(log_lines)
    assert log_lines
    assert [name for name, canary in CANARIES.items() if canary in everything] == []
