"""The pace of calls whose budget is shared."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pitcrew.limiter import UNLIMITED, Limiter
from tests.layers.pitcrew.fake_clock import FakeClock


def _limiter(per_second: float, *, burst: int = 1) -> tuple[Limiter, FakeClock]:
    clock = FakeClock()
    return Limiter(per_second, burst=burst, clock=clock, sleep=clock.sleep), clock


def test_a_burst_goes_at_once_and_then_the_pace_holds() -> None:
    limiter, clock = _limiter(3, burst=20)

    for _ in range(20):
        limiter.wait()
    assert sum(clock.naps) == pytest.approx(0, abs=1e-6)

    for _ in range(30):
        limiter.wait()
    assert clock.now - 1000 == pytest.approx(30 / 3)


def test_without_a_burst_each_call_but_the_first_waits() -> None:
    limiter, clock = _limiter(1)

    for _ in range(4):
        limiter.wait()

    assert clock.naps == [pytest.approx(1)] * 3


@pytest.mark.parametrize("idle", [10.0, 100_000.0])
def test_idle_time_fills_the_burst_and_not_more(idle: float) -> None:
    limiter, clock = _limiter(1, burst=5)
    for _ in range(5):
        limiter.wait()
    clock.now += idle

    for _ in range(7):
        limiter.wait()

    assert sum(clock.naps) == pytest.approx(2)


def test_time_that_passes_between_calls_counts() -> None:
    limiter, clock = _limiter(2)
    limiter.wait()
    clock.now += 0.3

    limiter.wait()

    assert clock.naps == [pytest.approx(0.2)]


def test_threads_share_one_pace() -> None:
    naps: list[float] = []
    limiter = Limiter(10, burst=1, clock=lambda: 1000.0, sleep=naps.append)

    with ThreadPoolExecutor(16) as pool:
        for _ in range(64):
            pool.submit(limiter.wait)

    assert sorted(naps) == [pytest.approx(number / 10) for number in range(1, 64)]


def test_sleeping_does_not_keep_other_threads_from_asking_for_their_turn() -> None:
    order: list[str] = []

    def sleep(seconds: float) -> None:
        order.append(f"nap {seconds:.0f}")
        if seconds == 1:
            limiter.wait()

    limiter = Limiter(1, clock=lambda: 1000.0, sleep=sleep)
    limiter.wait()

    limiter.wait()

    assert order == ["nap 1", "nap 2"]


def test_without_a_limit_nobody_waits() -> None:
    clock = FakeClock()
    limiter = Limiter(float("inf"), clock=clock, sleep=clock.sleep)

    for _ in range(1000):
        limiter.wait()
        UNLIMITED.wait()

    assert clock.naps == []
