"""An effect that ministack leaves out: a log line may carry metrics.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

import json
from collections.abc import Iterator
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs

_append_log_events = cloudwatch_logs._append_log_events
_EMF = '"_aws"'


def install() -> None:
    """Stand before the storing of log lines."""
    cloudwatch_logs._append_log_events = append_log_events


def append_log_events(stream: dict[str, Any], events: list[dict[str, Any]]) -> None:
    """Store log lines, and the metrics in them."""
    _append_log_events(stream, events)
    for event in events:
        for namespace, data in metrics_in(event["message"]):
            request = {"Namespace": namespace, "MetricData": data}
            cloudwatch._put_metric_data({}, request, is_cbor=False, is_json=True)


def metrics_in(line: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield (namespace, PutMetricData's MetricData) for each directive of an embedded-metric line."""
    if _EMF not in line:
        return
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return  # Not embedded metrics: CloudWatch keeps such a line as the text it is.
    for directive in directives:
        yield directive["Namespace"], list(_data(document, directive))


def _data(document: dict[str, Any], directive: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for names in directive.get("Dimensions") or [[]]:
        dimensions = [{"Name": name, "Value": str(document[name])} for name in names]
        for metric in directive["Metrics"]:
            value = document[metric["Name"]]
            yield {
                "MetricName": metric["Name"],
                "Unit": metric.get("Unit", "None"),
                "Timestamp": document["_aws"]["Timestamp"] / 1000,
                "Dimensions": dimensions,
                "Values": value if isinstance(value, list) else [value],
            }
