"""A request in, AWS's answer out: the operations that Pitcrew calls, as AWS puts them on the wire.

ELBv2 speaks the query protocol (forms in, XML out), EC2 one of its own kind, the others JSON 1.1:
https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from bench.cloud import shapes
from bench.cloud.ec2 import Ec2
from bench.cloud.inventory import TargetGroup

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, and the operation that it is to."""

    operation: str
    body: bytes
    status: int = 200
    content_type: str = "text/xml"


class TargetGroupNotFoundError(LookupError):
    """A request names a group that is not there."""


class Account:
    """One account and region, its mode parameters `enforce`, with one secret."""

    def __init__(self, groups: Mapping[str, TargetGroup], *, ec2: Ec2 | None = None, secret: str = "") -> None:
        self._groups = groups
        self._ec2 = ec2 or Ec2(nodes=0, volumes=0)
        self._secret = secret
        self._listed = {arn: shapes.target_group(group) for arn, group in groups.items()}
        self._operations: dict[str, Callable[[Form], str]] = {
            "DescribeTargetGroups": self._describe_target_groups,
            "DescribeTags": self._describe_tags,
            "DescribeTargetGroupAttributes": self._describe_attributes,
            "ModifyTargetGroupAttributes": self._modify_attributes,
            "AddTags": self._add_tags,
        }

    def answer(self, target: str, body: bytes) -> Answer:
        """Answer one request; *target* is its header X-Amz-Target, empty for a form."""
        if target:
            operation = target.rpartition(".")[2]
            said = json.dumps(self._said(operation, json.loads(body)))
            return Answer(operation, said.encode(), content_type="application/x-amz-json-1.1")
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        operation = form["Action"]
        if operation in Ec2.OPERATIONS:
            return Answer(operation, self._ec2.answer(operation, form))
        try:
            return Answer(operation, shapes.result(operation, self._operations[operation](form)))
        except TargetGroupNotFoundError as error:
            return Answer(operation, shapes.error("TargetGroupNotFound", f"{error} not found"), status=400)

    def _said(self, operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == "GetResources":
            return self._resources(asked)
        return shapes.secret(self._secret) if operation == "GetSecretValue" else shapes.MODE

    def _describe_target_groups(self, form: Form) -> str:
        if named := _members(form, "TargetGroupArns"):
            return shapes.listed("TargetGroups", [self._listed[self._group(arn).arn] for arn in named])
        start, size = int(form.get("Marker", "0")), int(form.get("PageSize", "400"))
        page = list(islice(self._listed.values(), start, start + size))
        more = start + size < len(self._listed)
        return shapes.listed("TargetGroups", page) + (shapes.text("NextMarker", start + size) if more else "")

    def _describe_tags(self, form: Form) -> str:
        groups = [self._group(arn) for arn in _members(form, "ResourceArns")]
        return shapes.listed("TagDescriptions", map(shapes.tag_description, groups))

    def _describe_attributes(self, form: Form) -> str:
        return shapes.attributes(self._group(form["TargetGroupArn"]))

    def _modify_attributes(self, form: Form) -> str:
        group = self._group(form["TargetGroupArn"])
        group.attributes |= _pairs(form, "Attributes")
        return shapes.attributes(group)

    def _add_tags(self, form: Form) -> str:
        for arn in _members(form, "ResourceArns"):
            self._group(arn).tags |= _pairs(form, "Tags")
        return ""

    def _resources(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        keys = {one["Key"] for one in asked.get("TagFilters", [])}
        found = [group for group in self._groups.values() if keys <= group.tags.keys()]
        start, size = int(asked.get("PaginationToken") or 0), asked.get("ResourcesPerPage", 100)
        more = str(start + size) if start + size < len(found) else ""
        page = list(map(shapes.resource, found[start : start + size]))
        return {"PaginationToken": more, "ResourceTagMappingList": page}

    def _group(self, arn: str) -> TargetGroup:
        if arn not in self._groups:
            raise TargetGroupNotFoundError(arn)
        return self._groups[arn]


def _members(form: Form, name: str, part: str = "") -> list[str]:
    """Return the values of a list as the query protocol numbers them."""
    suffix = f".{part}" if part else ""
    found: list[str] = []
    while (value := form.get(f"{name}.member.{len(found) + 1}{suffix}")) is not None:
        found.append(value)
    return found


def _pairs(form: Form, name: str) -> dict[str, str]:
    return dict(zip(_members(form, name, "Key"), _members(form, name, "Value"), strict=True))
