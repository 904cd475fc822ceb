"""What an operator may ask for, and what is said of anything else."""

import json
from typing import Any

import pytest
from hypothesis import given

from pitcrew.request import BadInputError, Execution, Request
from tests.functions.proxy_protocol.strategies import JSON

GOOD: list[tuple[dict[str, str], Request]] = [
    ({}, Request()),
    ({"Comment": "started from the console"}, Request()),
    ({"target": "vpc-1"}, Request(target="vpc-1")),
    ({"target": "vpc-1", "Comment": "x"}, Request(target="vpc-1")),
    ({"apply": "plan-1"}, Request(apply="plan-1")),
]


@pytest.mark.parametrize(("asked", "request_"), GOOD)
def test_a_good_input_is_understood(asked: dict[str, str], request_: Request) -> None:
    assert Request.parse(asked) == request_


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ([], "[]"),
        (None, "null"),
        ("x", '"x"'),
        (True, "true"),
        ({"dryRun": False}, "'dryRun'"),
        ({"Target": "vpc-1"}, "'Target' is unknown; the nearest is 'target'"),
        ({"Apply": "p"}, "'Apply' is unknown; the nearest is 'apply'"),
        ({"": ""}, "''"),
        ({"target": ""}, "'target'"),
        ({"target": 5}, "5"),
        ({"apply": None}, "null"),
        ({"target": "a", "apply": "b"}, "do not go together"),
        ({"target": "a", "other": "b"}, "'other'"),
    ],
)
def test_a_bad_input_is_named_with_a_valid_example(asked: object, named: str) -> None:
    with pytest.raises(BadInputError) as refused:
        Request.parse(asked)

    assert named in str(refused.value)
    assert '{"apply": "<plan id>"}' in str(refused.value)


def test_a_long_input_is_not_quoted_whole() -> None:
    with pytest.raises(BadInputError) as refused:
        Request.parse(["x" * 10_000])

    assert len(str(refused.value)) < 400


@given(asked=JSON)
def test_any_json_is_a_request_or_a_bad_input(asked: Any) -> None:  # noqa: ANN401 (anything is meant)
    try:
        request = Request.parse(asked)
    except BadInputError:
        return

    assert not (request.target and request.apply)
    assert asked.keys() <= {"target", "apply", "Comment"}


def test_an_execution_says_who_asks_and_what() -> None:
    sent = {"input": {"apply": "plan-1"}, "execution": {"id": "an-arn", "name": "apply-1", "startTime": "now"}}

    assert Execution.parse(sent) == Execution(arn="an-arn", name="apply-1", request=Request(apply="plan-1"))


@pytest.mark.parametrize("execution", [None, {}, [], "x", {"id": "an-arn"}, {"name": "apply-1"}])
def test_a_call_by_hand_is_told_to_start_the_state_machine(execution: object) -> None:
    with pytest.raises(BadInputError, match="start that one instead"):
        Execution.parse(json.loads(json.dumps({"input": {}, "execution": execution})))
