from collections.abc import Callable

from aws_cdk import App, Duration, Stack

from functions.proxy_protocol import handler
from infra.automation import Automation, Shared
from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.cluster_access import ClusterAccess
from infra.clusters import Clusters
from infra.operations import Operations
from infra.python_layer import PythonLayer
from infra.vpc import Vpc
from tests.infra.registrations import CLUSTERS, VPC
from tests.infra.template import Template, actions_of
from tests.infra.test_permissions import INTERFACES, OWN, PROOF


class Another(Automation):
    """An automation as a new folder would bring it: it says nothing of clusters."""

    def __init__(self, scope: Stack, name: str, *, options: ProxyProtocolOptions, shared: Shared) -> None:
        super().__init__(scope, name, options=options, shared=shared)
        self.function("Look", handler.sweep, timeout=Duration.seconds(3))


class Blind(Another):
    LAYERS = ("pitcrew", "powertools")


def deployed(kind: type[Another], app: App) -> Template:
    stack = Stack(app, "Stack")
    shared = Shared(
        layers={name: PythonLayer(stack, name) for name in kind.LAYERS},
        operations=Operations(stack, "Operations"),
        clusters=ClusterAccess(Clusters.read(CLUSTERS, "clusters"), Vpc.read(VPC, "vpc")),
    )
    kind(stack, "another", options=ProxyProtocolOptions(), shared=shared)
    return Template.of(app, stack)


def test_a_new_automation_reaches_the_clusters_from_their_vpc(new_app: Callable[..., App]) -> None:
    found = deployed(Another, new_app())

    ways_in = {"secretsmanager:GetSecretValue", "eks:DescribeCluster"}
    assert actions_of(found.statements_of_function("sweep")) == OWN | ways_in | PROOF | INTERFACES
    assert found.functions()["sweep"]["VpcConfig"]["SubnetIds"] == VPC["subnet_ids"]


def test_an_automation_without_the_layer_stands_outside_and_gets_nothing(new_app: Callable[..., App]) -> None:
    found = deployed(Blind, new_app())

    assert actions_of(found.statements_of_function("sweep")) == OWN
    assert "VpcConfig" not in found.functions()["sweep"]
