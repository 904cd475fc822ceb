"""The kill switch as it is read."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from pitcrew.mode import Mode, ModeParameter
from tests.functions.proxy_protocol.calls import Calls
from tests.functions.proxy_protocol.failures import Failure, read_timeout, refusal
from tests.functions.proxy_protocol.fake_clients import FakeSsm

NAME = "/Pitcrew/any_automation/mode"
Metrics = Callable[[], list[dict[str, Any]]]


def _parameter(*values: str) -> tuple[ModeParameter, Calls]:
    calls = Calls()
    ssm = FakeSsm(calls)
    ssm.values[NAME] = list(values)
    return ModeParameter(ssm.client, NAME), calls


@pytest.mark.parametrize("mode", Mode)
def test_a_mode_is_read_as_it_is_written(metrics: Metrics, mode: Mode) -> None:
    parameter, _ = _parameter(mode.value)

    assert parameter.read() is mode
    assert metrics() == []


def test_the_words_of_the_modes_are_those_of_the_page() -> None:
    assert [mode.value for mode in Mode] == ["observe", "enforce", "off"]


@pytest.mark.parametrize("value", ["", "ENFORCE", "enforce ", "true", "nonsense"])
def test_an_unknown_value_is_observe_and_counted(metrics: Metrics, log_lines: list[dict[str, Any]], value: str) -> None:
    parameter, _ = _parameter(value)

    assert parameter.read() is Mode.OBSERVE

    assert [one["ModeUnreadable"] for one in metrics()] == [[1.0]]
    assert [(line["level"], line["parameter"]) for line in log_lines] == [("WARNING", NAME)]


def _no_connection(_operation: str) -> Exception:
    return EndpointConnectionError(endpoint_url="https://aws.invalid/")


@pytest.mark.parametrize(
    "failure", [refusal("AccessDeniedException"), refusal("ParameterNotFound"), read_timeout, _no_connection]
)
def test_a_mode_that_cannot_be_read_is_observe_and_counted(metrics: Metrics, failure: Failure) -> None:
    parameter, calls = _parameter("enforce")
    calls.fail("GetParameter", failure)

    assert parameter.read() is Mode.OBSERVE
    assert [one["ModeUnreadable"] for one in metrics()] == [[1.0]]


def test_the_mode_is_never_remembered() -> None:
    parameter, calls = _parameter("enforce", "off", "observe")

    assert [parameter.read() for _ in range(3)] == [Mode.ENFORCE, Mode.OFF, Mode.OBSERVE]
    assert [call.kwargs for call in calls.made] == [{"Name": NAME}] * 3
