"""Metrics as lines of the log, in CloudWatch's embedded metric format."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pitcrew.metrics import count, seconds

Metrics = Callable[[], list[dict[str, Any]]]


def test_a_count_is_one_line_that_cloudwatch_reads(capsys: pytest.CaptureFixture[str]) -> None:
    count("Verdicts", 3, verdict="Enable", mode="enforce")

    (line,) = capsys.readouterr().out.splitlines()
    metric = json.loads(line)
    (directive,) = metric["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Pitcrew"
    assert directive["Metrics"] == [{"Name": "Verdicts", "Unit": "Count"}]
    assert {"verdict", "mode"} <= set(directive["Dimensions"][0])
    assert (metric["Verdicts"], metric["verdict"], metric["mode"]) == ([3.0], "Enable", "enforce")
    assert metric["_aws"]["Timestamp"] > 1_700_000_000_000


def test_every_dimension_that_is_named_has_its_value(metrics: Metrics) -> None:
    count("AccessDenied", action="AddTags")

    (metric,) = metrics()
    assert set(metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]) <= metric.keys()


def test_a_duration_is_in_seconds(metrics: Metrics) -> None:
    seconds("SecondsToEffect", 2.5)

    (metric,) = metrics()
    assert metric["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [{"Name": "SecondsToEffect", "Unit": "Seconds"}]
    assert metric["SecondsToEffect"] == [2.5]


def test_what_is_counted_without_a_number_is_counted_once(metrics: Metrics) -> None:
    count("TagNotWritten")

    assert [one["TagNotWritten"] for one in metrics()] == [[1.0]]


def test_metrics_of_threads_do_not_mix(metrics: Metrics) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(100):
            pool.submit(count, "Throttled", number, action=str(number))

    assert sorted((one["action"], one["Throttled"]) for one in metrics()) == sorted(
        (str(number), [float(number)]) for number in range(100)
    )
