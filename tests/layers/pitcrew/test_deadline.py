"""The bound on the time of one piece of work."""

import pytest

from pitcrew.deadline import Deadline, DeadlineExceededError
from tests.layers.pitcrew.fake_clock import FakeClock


@pytest.mark.parametrize(("passed", "is_over"), [(0, False), (7.9, False), (8, True), (100, True)])
def test_a_deadline_is_over_once_its_seconds_have_passed(passed: float, *, is_over: bool) -> None:
    clock = FakeClock()
    deadline = Deadline(8, clock=clock)

    clock.now += passed

    assert deadline.is_over is is_over


@pytest.mark.parametrize(("passed", "left"), [(0, 8), (7.5, 0.5), (8, 0), (100, 0)])
def test_what_is_left_is_never_less_than_nothing(passed: float, left: float) -> None:
    clock = FakeClock()
    deadline = Deadline(8, clock=clock)

    clock.now += passed

    assert deadline.left == left


def test_in_time_a_check_says_nothing() -> None:
    Deadline(8, clock=FakeClock()).check()


@pytest.mark.parametrize("seconds", [0, -3])
def test_a_deadline_without_time_is_over_at_once(seconds: float) -> None:
    with pytest.raises(DeadlineExceededError):
        Deadline(seconds, clock=FakeClock()).check()


def test_a_check_too_late_says_how_much_time_there_was() -> None:
    clock = FakeClock()
    deadline = Deadline(8, clock=clock)
    clock.now += 9

    with pytest.raises(TimeoutError, match="not finished within 8 s"):
        deadline.check()
