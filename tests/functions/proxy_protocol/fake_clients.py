"""Tagging, SSM and Step Functions in memory, as boto3's clients show them. Held to moto by test_contract.py."""
# ruff: noqa: ANN401, N803 (keyword arguments as boto3 takes them, under AWS's names)

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from tests.functions.proxy_protocol.account import Account
from tests.functions.proxy_protocol.calls import Calls
from tests.functions.proxy_protocol.failures import refusal

if TYPE_CHECKING:
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

MOST_RESOURCES = 100
"""On one page of GetResources (botocore resourcegroupstaggingapi/2017-01-26)."""


class FakeTagging:
    """The Resource Groups Tagging API, which knows a deleted group for a while longer, and a new tag late."""

    def __init__(self, account: Account, calls: Calls) -> None:
        self._account = account
        self._calls = calls
        self.late: dict[str, dict[str, str]] = {}
        """What it still says of a group, whatever its tags are now."""

    @property
    def client(self) -> "ResourceGroupsTaggingAPIClient":
        return cast("ResourceGroupsTaggingAPIClient", self)

    def get_resources(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("resourcegroupstaggingapi", "GetResources", kwargs, self._get_resources)

    def _get_resources(self, **kwargs: Any) -> dict[str, Any]:
        assert kwargs["ResourceTypeFilters"] == ["elasticloadbalancing:targetgroup"]
        (wanted,) = kwargs["TagFilters"]
        tags = {arn: group.tags for arn, group in self._account.groups.items()} | self.late
        found = sorted((arn, of_group) for arn, of_group in tags.items() if wanted["Key"] in of_group)
        start, size = int(kwargs.get("PaginationToken") or "0"), kwargs.get("ResourcesPerPage", MOST_RESOURCES)
        page = [
            {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in of_group.items()]}
            for arn, of_group in found[start : start + size]
        ]
        more = str(start + size) if start + size < len(found) else ""
        return {"ResourceTagMappingList": page, "PaginationToken": more}

    def get_paginator(self, name: str) -> "FakeTagging":
        assert name == "get_resources"
        return self

    def paginate(self, *, PaginationConfig: dict[str, int], **kwargs: Any) -> Iterator[dict[str, Any]]:
        kwargs["ResourcesPerPage"] = PaginationConfig["PageSize"]
        while True:
            page = self.get_resources(**kwargs)
            yield page
            if not page["PaginationToken"]:
                return
            kwargs["PaginationToken"] = page["PaginationToken"]


class FakeSsm:
    """Parameters of which each read may find another value: the last one stays."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.values: dict[str, list[str]] = {}

    @property
    def client(self) -> "SSMClient":
        return cast("SSMClient", self)

    def get_parameter(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("ssm", "GetParameter", kwargs, self._get_parameter)

    def _get_parameter(self, *, Name: str) -> dict[str, Any]:
        values = self.values.get(Name, [])
        if not values:
            raise refusal("ParameterNotFound")("GetParameter")
        return {"Parameter": {"Name": Name, "Value": values.pop(0) if len(values) > 1 else values[0]}}


class FakeStates:
    """Executions of state machines."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.executions: dict[str, dict[str, Any]] = {}

    @property
    def client(self) -> "SFNClient":
        return cast("SFNClient", self)

    def succeeded(self, arn: str, *, given: object, output: object, at: datetime) -> None:
        """Keep an execution that has ended well."""
        texts = {"input": json.dumps(given), "output": json.dumps(output)}
        self.executions[arn] = {"executionArn": arn, "status": "SUCCEEDED", "stopDate": at, **texts}

    def running(self, arn: str) -> None:
        """Keep an execution that has not ended."""
        self.executions[arn] = {"executionArn": arn, "status": "RUNNING", "input": "{}"}

    def describe_execution(self, **kwargs: Any) -> dict[str, Any]:
        return self._calls.make("stepfunctions", "DescribeExecution", kwargs, self._describe_execution)

    def _describe_execution(self, *, executionArn: str) -> dict[str, Any]:
        if executionArn not in self.executions:
            raise refusal("ExecutionDoesNotExist")("DescribeExecution")
        return self.executions[executionArn]
