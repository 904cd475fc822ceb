"""Metrics as lines of the log (CloudWatch's embedded metric format): no call, no permission."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric


def count(name: str, value: float = 1, **dimensions: str) -> None:
    """Count something that happened *value* times."""
    _emit(name, MetricUnit.Count, value, dimensions)


def seconds(name: str, value: float, **dimensions: str) -> None:
    """Record a duration in seconds."""
    _emit(name, MetricUnit.Seconds, value, dimensions)


def _emit(name: str, unit: MetricUnit, value: float, dimensions: dict[str, str]) -> None:
    with single_metric(name=name, unit=unit, value=value) as metric:
        for key, word in dimensions.items():
            metric.add_dimension(name=key, value=word)
