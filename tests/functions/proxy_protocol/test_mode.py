"""The kill switch in each kind of run: what is decided, and what is done.

Over 120 lines because each mode meets each kind of run.
"""

from collections.abc import Callable
from typing import Any

import pytest

from pitcrew.plan import ModeOffError
from tests.functions.proxy_protocol.cloud import MODE_PARAMETER, Cloud
from tests.functions.proxy_protocol.event_bodies import tagged
from tests.functions.proxy_protocol.facts import ASKED
from tests.functions.proxy_protocol.failures import refusal

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]

NOT_ENFORCING = ["observe", "Enforce", "", "on", "off "]
"""Words that change nothing: `observe`, and whatever is no mode."""


def _asking(*modes: str) -> tuple[Cloud, str]:
    cloud = Cloud()
    cloud.set_mode(*modes)
    return cloud, cloud.account.add(tags=dict(ASKED))


@pytest.mark.parametrize("mode", NOT_ENFORCING)
def test_an_event_is_decided_and_counted_as_if_and_nothing_is_changed(
    log_lines: Lines, metrics: Metrics, mode: str
) -> None:
    cloud, arn = _asking(mode)

    assert cloud.on_event(tagged(arn)) == []

    assert cloud.calls.mutations == []
    (line,) = [line for line in log_lines if "verdict" in line]
    assert (line["verdict"], line["mode"], "call" in line) == ("Enable", "observe", False)
    assert [(one["verdict"], one["mode"]) for one in metrics() if "Verdicts" in one] == [("Enable", "observe")]


@pytest.mark.parametrize("mode", NOT_ENFORCING)
def test_a_sweep_counts_as_if_and_changes_nothing(metrics: Metrics, mode: str) -> None:
    cloud, _ = _asking(mode)

    assert cloud.sweep() == {"Enable": 1}

    assert cloud.calls.mutations == []
    assert not [one for one in metrics() if "MendedBySweep" in one]


@pytest.mark.parametrize("mode", NOT_ENFORCING[1:])
def test_an_unknown_mode_is_counted_as_unreadable(metrics: Metrics, mode: str) -> None:
    cloud, arn = _asking(mode)

    cloud.on_event(tagged(arn))

    assert [one for one in metrics() if "ModeUnreadable" in one]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ParameterNotFound", "ThrottlingException"])
def test_a_mode_that_cannot_be_read_is_observe(metrics: Metrics, code: str) -> None:
    cloud, arn = _asking("enforce")
    cloud.calls.fail("GetParameter", refusal(code))

    assert cloud.on_event(tagged(arn)) == []
    assert cloud.sweep() == {"Enable": 1}

    assert not cloud.account.is_on(arn)
    assert [one for one in metrics() if "ModeUnreadable" in one]


def test_a_sweep_in_mode_off_decides_nothing(log_lines: Lines) -> None:
    cloud, _ = _asking("off")

    assert cloud.sweep() == {}

    assert cloud.calls.count("elbv2").total() == 0
    assert [line["message"] for line in log_lines] == ["mode is off: nothing is decided"]


@pytest.mark.parametrize("switched_to", ["observe", "off"])
def test_a_mode_that_changes_in_a_sweep_holds_from_the_next_act_on(log_lines: Lines, switched_to: str) -> None:
    cloud = Cloud()
    for _ in range(10):
        cloud.account.add(tags=dict(ASKED))
    cloud.set_mode("enforce", *["enforce"] * 4, switched_to)

    cloud.sweep()

    assert len(cloud.account.switched_on) == 4
    modes = [line["mode"] for line in log_lines if "verdict" in line]
    assert sorted(modes) == sorted(["enforce"] * 4 + [switched_to] * 6)


@pytest.mark.parametrize("switched_to", ["observe", "off"])
def test_a_mode_that_changes_between_reading_an_event_and_acting_holds(switched_to: str) -> None:
    cloud, arn = _asking("enforce", switched_to)

    assert cloud.on_event(tagged(arn)) == []

    assert cloud.calls.mutations == []


def test_the_mode_is_read_before_every_act() -> None:
    cloud = Cloud()
    for _ in range(3):
        cloud.account.add(tags=dict(ASKED))

    cloud.sweep()

    order = [call.operation for call in cloud.calls.made if call.operation in {"GetParameter", "AddTags"}]
    assert order.count("GetParameter") == 1 + 3
    assert {call.kwargs["Name"] for call in cloud.calls.of("GetParameter")} == {MODE_PARAMETER}


@pytest.mark.parametrize("mode", ["observe", "enforce", "nonsense"])
def test_an_operators_apply_acts_in_every_mode_but_off(mode: str) -> None:
    cloud, arn = _asking(mode)
    cloud.plan()

    output = cloud.apply()

    assert output["counts"] == {"applied": 1}
    assert cloud.account.is_on(arn)


def test_an_operators_apply_is_refused_in_mode_off() -> None:
    cloud, _ = _asking("off")
    cloud.plan()
    cloud.calls.made.clear()

    with pytest.raises(ModeOffError, match="/Pitcrew/proxy_protocol/mode"):
        cloud.apply()

    assert cloud.calls.count("elbv2").total() == 0


def test_an_apply_during_which_the_mode_goes_off_stops_acting() -> None:
    cloud = Cloud()
    arns = [cloud.account.add(tags=dict(ASKED)) for _ in range(3)]
    cloud.plan()
    cloud.set_mode("enforce", "enforce", "off")

    output = cloud.apply()

    assert output["counts"] == {"applied": 1, "off": 2}
    assert len(cloud.account.switched_on) == 1
    assert len(output["table"]) == len(arns)


def test_a_plan_made_in_mode_off_says_that_an_apply_would_be_refused() -> None:
    cloud, _ = _asking("off")

    assert "the mode is off" in cloud.plan()["summary"]
