"""A Lambda function in Python, given as the function object of its handler."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired, TypedDict, Unpack

from aws_cdk import Acknowledgment, Duration, IgnoreMode, RemovalPolicy, Token, Validations
from aws_cdk.aws_lambda import Architecture, Code, Function, ILayerVersion, LoggingFormat, Runtime
from aws_cdk.aws_logs import LogGroup, RetentionDays
from constructs import Construct

from infra import ROOT
from infra.service_role import ServiceRole

RUNTIME = Runtime.PYTHON_3_13
"""Supported to 2029: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"""

_SAME_FOR_ALL: Mapping[str, Any] = {
    "architecture": Architecture.ARM_64,
    "logging_format": LoggingFormat.JSON,
    # For the CPU that comes with it, a whole one at 1,769 MB: a cold start is imports, and its length is CPU.
    # https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    "memory_size": 512,
    "runtime": RUNTIME,
}

_LONGEST_NAME = 200
"""No ARN and no URL of what CloudFormation names here is longer."""

_NOT_THE_NEWEST = Acknowledgment(
    id="AwsSolutions::AwsSolutions-L1",
    reason="One supported runtime for all functions: the one that layers are compiled for and that can be run here.",
)


class Properties(TypedDict):
    """In what functions differ."""

    environment: Mapping[str, str]
    layers: Sequence[ILayerVersion]
    timeout: Duration
    reserved_concurrent_executions: NotRequired[int | None]


class PythonFunction(Function):
    """One entry point of an automation, with a role and a log group of its own."""

    def __init__(
        self, scope: Construct, construct_id: str, handler: Callable[..., Any], **properties: Unpack[Properties]
    ) -> None:
        logs = _log_group(scope, f"{construct_id}Logs")
        self.service_role = ServiceRole(scope, f"{construct_id}Role", "lambda.amazonaws.com")
        # In place of the managed AWSLambdaBasicExecutionRole, which allows every log group of the account.
        self.service_role.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [logs.log_group_arn])
        super().__init__(
            scope,
            construct_id,
            code=_package_of(handler),
            handler=f"{handler.__module__}.{handler.__qualname__}",
            log_group=logs,
            role=self.service_role,
            **_SAME_FOR_ALL,
            **properties,
        )
        self.time_limit = properties["timeout"]
        self._variables = dict(properties["environment"])
        Validations.of(self).acknowledge(_NOT_THE_NEWEST)

    def allow(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Mapping[str, Any] | None = None,
        *,
        because: str | None = None,
    ) -> None:
        """Grant *actions* on *resources*; *because* says why a resource with a wildcard is as narrow as it can be."""
        self.service_role.allow(actions, resources, conditions, because=because)

    def tell(self, name: str, value: str) -> None:
        """Add a variable to the environment."""
        self.add_environment(name, value)
        self._variables[name] = value

    @property
    def variables(self) -> dict[str, str]:
        """The environment; what only CloudFormation will know is as long as it can be."""
        return {
            name: "?" * _LONGEST_NAME if Token.is_unresolved(value) else value
            for name, value in self._variables.items()
        }


def _log_group(scope: Construct, construct_id: str) -> LogGroup:
    """Make a log group of the stack's own: the one that Lambda makes keeps its logs for ever and outlives the stack."""
    return LogGroup(scope, construct_id, retention=RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY)


def _package_of(handler: Callable[..., Any]) -> Code:
    """Take the handler's automation alone, under the import path that it has here."""
    functions, automation, *_ = handler.__module__.split(".")
    return Code.from_asset(
        str(ROOT),
        ignore_mode=IgnoreMode.GIT,
        exclude=[
            "/*",
            f"!/{functions}",
            f"/{functions}/*",
            f"!/{functions}/__init__.py",
            f"!/{functions}/{automation}",
            "__pycache__",
        ],
    )
