"""One ELBv2 call as CloudTrail writes it down: its parameters and its answer in lower camel case.

The shapes are botocore's model of the API, so that integers stay integers and lists stay lists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.parsers import QueryParser

_API_VERSION = "2015-12-01"
_READS = ("Describe", "Get")
_FAILED = 300
"""HTTP statuses from here on are failures."""

_SILENT = frozenset({"AddTags", "RemoveTags"})
"""Calls without responseElements: the sample `elbv2-add-tags.recorded.json`, and Delete* by its own sample."""


@dataclass(frozen=True, slots=True)
class Call:
    """What CloudTrail knows of one call."""

    name: str
    request: dict[str, Any] | None
    response: dict[str, Any] | None
    request_id: str
    """As the answer's body says, which is what an SDK shows."""
    error_code: str = ""
    error_message: str = ""


def read_call(headers: Mapping[str, str], body: bytes, answer: tuple[int, Mapping[str, str], Any]) -> Call | None:
    """Read the write call of a request and its answer; None for anything else."""
    if "/elasticloadbalancing/" not in headers.get("authorization", ""):
        return None
    sent = dict(parse_qsl(body.decode(), keep_blank_values=True))
    name = sent.get("Action", "")
    if sent.get("Version") != _API_VERSION or name.startswith(_READS) or name not in _api().operation_names:
        return None
    operation = _api().operation_model(name)
    request = _read(operation.input_shape, sent, "")
    status, _, content = answer
    wire = {"status_code": status, "headers": {}, "body": content}
    parsed = QueryParser().parse(wire, operation.output_shape)  # type: ignore[arg-type]  # botocore parses without
    request_id = parsed["ResponseMetadata"]["RequestId"]
    if status >= _FAILED:
        error = parsed["Error"]
        # Of a denied call CloudTrail keeps no parameters: sample `elbv2-create-target-group-failed.synthetic.json`.
        kept = None if error["Code"] == "AccessDenied" else request
        return Call(name, kept, None, request_id, error["Code"], error["Message"])
    silent = name in _SILENT or name.startswith("Delete")
    return Call(name, request, None if silent else _response(operation, parsed), request_id)


@cache
def _api() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("elbv2", "service-2", _API_VERSION), "elbv2")


def _read(shape: Any, sent: Mapping[str, str], prefix: str) -> Any:  # noqa: ANN401 - botocore's shapes, JSON out
    """Read the value of *shape* out of flat names such as `Tags.member.1.Key`."""
    if shape.type_name == "structure":
        names = {name: f"{prefix}.{name}".lstrip(".") for name in shape.members}
        return {
            _lower(name): _read(shape.members[name], sent, flat)
            for name, flat in names.items()
            if any(key == flat or key.startswith(f"{flat}.") for key in sent)
        }
    if shape.type_name == "list":
        numbers = sorted(
            {int(key[len(prefix) + 8 :].partition(".")[0]) for key in sent if key.startswith(f"{prefix}.member.")}
        )
        return [_read(shape.member, sent, f"{prefix}.member.{number}") for number in numbers]
    return _scalar(shape, sent[prefix])


def _scalar(shape: Shape, text: str) -> str | int | bool:
    if shape.type_name == "integer":
        return int(text)
    return text == "true" if shape.type_name == "boolean" else text


def _response(operation: OperationModel, parsed: Mapping[str, Any]) -> dict[str, Any] | None:
    members = operation.output_shape.members if operation.output_shape else {}
    return {_lower(name): _camel(parsed[name]) for name in members if name in parsed} or None


def _camel(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    if isinstance(value, Mapping):
        return {_lower(name): _camel(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_camel(inner) for inner in value]
    # "Mar 17, 2021 8:37:10 AM", not ISO: facts/proxy-protocol.md section 4.1.
    return f"{value:%b} {value.day}, {value:%Y} {value:%I:%M:%S %p}" if isinstance(value, datetime) else value


def _lower(name: str) -> str:
    """Only the first letter: `DNSName` is `dNSName` (facts/proxy-protocol.md section 4.1)."""
    return name[:1].lower() + name[1:]
