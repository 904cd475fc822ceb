"""What every automation is made of, and where they are found."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar, Protocol

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk.aws_ssm import StringParameter
from constructs import Construct

from infra import automations
from infra.cluster_access import ClusterAccess
from infra.operations import Operations
from infra.python_function import PythonFunction
from infra.python_layer import PythonLayer
from pitcrew.mode import Mode


class Options(Protocol):
    """What an automation's options have in common."""

    @property
    def mode(self) -> Mode:
        """The mode that the first deploy seeds."""

    def to_env(self) -> dict[str, str]:
        """Return the settings as the functions' environment."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the automations of a stack share."""

    layers: Mapping[str, PythonLayer]
    operations: Operations
    clusters: ClusterAccess


class Automation(Construct):
    """One automation: its mode, its functions, and (by the subclass) what starts them and what they may do.

    The subclass stands in `infra/automations/<name>/construct.py`: for `proxy_protocol` it is `ProxyProtocol`.
    """

    OPTIONS: ClassVar[type[Any]]
    """Dataclass of its block in cdk.json."""

    LAYERS: ClassVar[tuple[str, ...]] = ("kubernetes", "pitcrew", "powertools")
    """What its functions import besides boto3. Whoever has `kubernetes` reaches the registered clusters."""

    def __init__(self, scope: Construct, name: str, *, options: Options, shared: Shared) -> None:
        super().__init__(scope, _camel(name))
        self._name = name
        self._options = options
        self._shared = shared
        self._functions: list[PythonFunction] = []
        self._mode_name = f"/{Stack.of(self).stack_name}/{name}/mode"
        any_mode = f"^({'|'.join(Mode)})$"
        # An operator sets the value; CloudFormation writes it again where a property here changes, which in a release
        # would undo a kill switch: a test holds them all.
        self._mode = StringParameter(
            self, "Mode", allowed_pattern=any_mode, parameter_name=self._mode_name, string_value=options.mode
        )
        shared.operations.let_operators_set(self._mode)
        CfnOutput(Stack.of(self), f"{_camel(name)}Mode", value=self._mode.parameter_name)

    def function(
        self,
        construct_id: str,
        handler: Callable[..., Any],
        *,
        timeout: Duration,
        reserved_concurrency: int | None = None,
    ) -> PythonFunction:
        """Add a function of this automation, which may read its mode and reach the clusters."""
        function = PythonFunction(
            self,
            construct_id,
            handler,
            environment=self._environment(),
            layers=[self._shared.layers[name] for name in self.LAYERS],
            timeout=timeout,
            reserved_concurrent_executions=reserved_concurrency,
        )
        function.allow(["ssm:GetParameter"], [self._mode.parameter_arn])
        if "kubernetes" in self.LAYERS:
            self._shared.clusters.give_to(function)
        self._functions.append(function)
        return function

    def let_notify(self, function: PythonFunction) -> None:
        """Let *function* publish to the operators' topic, whose ARN is its variable TOPIC_ARN."""
        self._shared.operations.let_publish(function)

    def check_environments(self) -> None:
        """Refuse a function whose variables Lambda would not take. Raises ConfigError."""
        for function in self._functions:  # with the real length of the mode's name, which is a token
            self._shared.clusters.check_size(function.variables | {"MODE_PARAMETER": self._mode_name}, self._name)

    def _environment(self) -> dict[str, str]:
        return {
            **self._options.to_env(),
            **self._shared.clusters.to_env(),
            "MODE_PARAMETER": self._mode.parameter_name,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "POWERTOOLS_METRICS_NAMESPACE": "Pitcrew",
            "POWERTOOLS_SERVICE_NAME": self._name,
        }


def discover() -> dict[str, type[Automation]]:
    """Find the automations by their folders; a folder's name is also the automation's block in cdk.json."""
    names = sorted(module.name for module in pkgutil.iter_modules(automations.__path__) if module.ispkg)
    return {name: getattr(import_module(f"{automations.__name__}.{name}.construct"), _camel(name)) for name in names}


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
