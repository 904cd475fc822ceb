"""Executions of the machine *Release volumes*, one per instance at a time."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Executions:
    """Starts executions, and knows which run. Every call raises ClientError or BotoCoreError."""

    def __init__(self, client: "SFNClient", machine_arn: str) -> None:
        self._client = client
        self._machine_arn = machine_arn

    def running(self) -> set[str]:
        """Return the instances that an execution by event or sweep is busy with, from the executions' names."""
        pages = self._client.get_paginator("list_executions").paginate(
            stateMachineArn=self._machine_arn, statusFilter="RUNNING"
        )
        names = [one["name"] for page in pages for one in page["executions"]]
        return {"-".join(name.split("-")[:2]) for name in names}

    def start(self, name: str, given: Mapping[str, str]) -> None:
        """Start one; a name that was used already is a duplicate, and success."""
        try:
            self._client.start_execution(stateMachineArn=self._machine_arn, name=name[:80], input=json.dumps(given))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise
