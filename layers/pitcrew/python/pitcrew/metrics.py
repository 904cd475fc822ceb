"""Metrics as lines of the log (CloudWatch's embedded metric format): no call, no permission."""

import json
import sys

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.base import SingleMetric


def count(name: str, value: float = 1, **dimensions: str) -> None:
    """Count something that happened *value* times."""
    _emit(name, MetricUnit.Count, value, dimensions)


def seconds(name: str, value: float, **dimensions: str) -> None:
    """Record a duration in seconds."""
    _emit(name, MetricUnit.Seconds, value, dimensions)


def _emit(name: str, unit: MetricUnit, value: float, dimensions: dict[str, str]) -> None:
    metric = SingleMetric()
    metric.add_metric(name=name, unit=unit, value=value)
    for key, word in dimensions.items():
        metric.add_dimension(name=key, value=word)
    # One write a line: threads emit too, and Powertools' own single_metric writes a line in two parts.
    sys.stdout.write(json.dumps(metric.serialize_metric_set(), separators=(",", ":")) + "\n")
