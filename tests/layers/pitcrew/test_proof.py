"""The proof of a verdict: one line of the log, one metric."""

from collections.abc import Callable
from typing import Any

import pytest

from pitcrew import proof
from pitcrew.mode import Mode

Metrics = Callable[[], list[dict[str, Any]]]
FIELDS = {"group": "arn", "facts": {"tags": {"a": "b"}}, "requestId": "r-1"}


@pytest.mark.parametrize(("warns", "level"), [(False, "INFO"), (True, "WARNING")])
def test_a_proof_is_a_fixed_sentence_and_fields(log_lines: list[dict[str, Any]], level: str, *, warns: bool) -> None:
    proof.write("thing judged", verdict="Enable", mode=Mode.ENFORCE, warns=warns, fields=FIELDS)

    (line,) = log_lines
    assert line.items() >= {"message": "thing judged", "level": level, "verdict": "Enable", "mode": "enforce"}.items()
    assert line.items() >= FIELDS.items()


def test_a_proof_is_counted_by_verdict_and_mode(metrics: Metrics) -> None:
    proof.write("thing judged", verdict="Enable", mode=Mode.OBSERVE, warns=False, fields=FIELDS)

    (metric,) = metrics()
    assert (metric["Verdicts"], metric["verdict"], metric["mode"]) == ([1.0], "Enable", "observe")


def test_a_tally_counts_without_a_line(log_lines: list[dict[str, Any]], metrics: Metrics) -> None:
    proof.tally({"NotAskedFor": 7, "AlreadySet": 2}, mode=Mode.ENFORCE)

    assert [(one["verdict"], one["Verdicts"]) for one in metrics()] == [("NotAskedFor", [7.0]), ("AlreadySet", [2.0])]
    assert log_lines == []


def test_a_tally_of_nothing_says_nothing(metrics: Metrics) -> None:
    proof.tally({}, mode=Mode.ENFORCE)

    assert metrics() == []
