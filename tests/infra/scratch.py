"""An automation as a new folder would bring it, in a stack of its own: what the foundation offers is tried on it."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import App, Duration, Environment, Stack

from functions.proxy_protocol import handler
from infra.automation import Automation, Shared
from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.cluster_access import ClusterAccess
from infra.clusters import Clusters
from infra.operations import Operations
from infra.python_layer import PythonLayer
from infra.vpc import Vpc
from tests.infra.registrations import CLUSTERS, VPC
from tests.infra.template import ACCOUNT, REGION, Template

LOOK = "proxy_protocol.sweep"
"""Its one function, by its entry point: any will do."""


class Scratch(Automation):
    """It says nothing of clusters."""

    def __init__(self, scope: Stack, name: str, *, options: ProxyProtocolOptions, shared: Shared) -> None:
        super().__init__(scope, name, options=options, shared=shared)
        self.look = self.function("Look", handler.sweep, timeout=Duration.seconds(30))


def deployed(kind: type[Scratch], app: App, clusters: Mapping[str, Any] = CLUSTERS) -> Template:
    """Synthesise a stack of the automation *kind* alone. Raises ConfigError."""
    stack = Stack(app, "Pitcrew", env=Environment(account=ACCOUNT, region=REGION))
    shared = Shared(
        layers={name: PythonLayer(stack, name) for name in kind.LAYERS},
        operations=Operations(stack, "Operations"),
        clusters=ClusterAccess(Clusters.read(clusters, "clusters"), Vpc.read(VPC, "vpc")),
    )
    kind(stack, "scratch", options=ProxyProtocolOptions(), shared=shared).check_environments()
    return Template.of(app, stack)
