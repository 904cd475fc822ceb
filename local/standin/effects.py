"""Effects that ministack leaves out.

An execution's name is idempotent while it runs; a Succeed state has an output; a log line may carry metrics.

Sources: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

import json
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response
from ministack.services import cloudwatch, cloudwatch_logs, stepfunctions

_start_execution = stepfunctions._start_execution
_apply_output_path = stepfunctions._apply_output_path
_append_log_events = cloudwatch_logs._append_log_events
_EMF = '"_aws"'


def install() -> None:
    """Stand before the start of an execution and before the storing of log lines."""
    stepfunctions._start_execution = start_execution
    stepfunctions._apply_output_path = apply_output
    cloudwatch_logs._append_log_events = append_log_events


def start_execution(data: dict[str, Any]) -> Any:  # noqa: ANN401  ministack's response triple
    """Answer the running execution of the same name and input; ministack refuses every name that it knows."""
    running = _execution(data)
    if running and running["status"] == "RUNNING" and running["input"] == data.get("input", "{}"):
        return json_response({"executionArn": running["executionArn"], "startDate": running["startDate"]})
    return _start_execution(data)


def _execution(data: dict[str, Any]) -> dict[str, Any] | None:
    machine = str(data.get("stateMachineArn", "")).partition(":stateMachine:")[2].partition(":")[0]
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine}:{data.get('name')}"
    found: dict[str, Any] | None = stepfunctions._executions.get(arn)
    return found


def apply_output(state: dict[str, Any], data: object, context: dict[str, Any] | None = None) -> object:
    """Evaluate `Output` of a JSONata Succeed state, which ministack passes over."""
    if state.get("Type") == "Succeed" and "Output" in state:
        return stepfunctions._apply_jsonata_output(state, data, context, default=data)
    return _apply_output_path(state, data, context)


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
