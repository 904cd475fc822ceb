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

    The subclass stands in `infra/automations/<name>/construct.py` and is called as the folder: ProxyProtocol in
    `proxy_protocol`.
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
        self._mode_name = f"/{Stack.of(self).stack_name}/{name}/mode"
        # An operator sets the value; CloudFormation writes it again only where a property here changes. So a change
        # of any of them in a release would undo a kill switch, and a test holds them all.
        self._mode = StringParameter(
            self,
            "Mode",
            allowed_pattern=f"^({'|'.join(Mode)})$",
            parameter_name=self._mode_name,
            string_value=options.mode,
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
        return function

    def _environment(self) -> dict[str, str]:
        """Return the functions' variables. Raises ConfigError where Lambda would not take them."""
        environment = {
            **self._options.to_env(),
            **self._shared.clusters.to_env(),
            "MODE_PARAMETER": self._mode.parameter_name,
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "POWERTOOLS_METRICS_NAMESPACE": "Pitcrew",
            "POWERTOOLS_SERVICE_NAME": self._name,
        }
        # The name's real length, not that of the token that stands for it.
        self._shared.clusters.check_size(environment | {"MODE_PARAMETER": self._mode_name}, self._name)
        return environment


def discover() -> dict[str, type[Automation]]:
    """Find the automations by their folders; a folder's name is also the automation's block in cdk.json."""
    names = sorted(module.name for module in pkgutil.iter_modules(automations.__path__) if module.ispkg)
    return {name: getattr(import_module(f"{automations.__name__}.{name}.construct"), _camel(name)) for name in names}


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
