"""The one stack: layers, what operators share, then every automation that is found."""

from aws_cdk import App, Environment, Stack

from infra.automation import Shared, discover
from infra.cluster_access import ClusterAccess
from infra.config import Place, options_for
from infra.operations import Operations
from infra.python_layer import PythonLayer


class PitcrewStack(Stack):
    """`Pitcrew`, or `Pitcrew-<copy>` with `-c copy=<copy>`: one an account and region, or one a VPC.

    Layers and functions together: a layer that another stack exports cannot be updated while it is in use.
    """

    def __init__(self, app: App, place: Place) -> None:
        """Lay out the stack for *place*. Raises ConfigError where cdk.json says what it cannot."""
        automations = discover()
        kinds = {name: construct.OPTIONS for name, construct in automations.items()}
        configuration = options_for(place, app.node.try_get_context("pitcrew"), kinds)
        super().__init__(
            app,
            f"Pitcrew-{place.copy}" if place.copy else "Pitcrew",
            description="First aid for Kubernetes clusters, from outside the cluster",
            env=Environment(account=place.account, region=place.region),
        )
        wanted = {layer for construct in automations.values() for layer in construct.LAYERS}
        shared = Shared(
            layers={name: PythonLayer(self, name) for name in sorted(wanted)},
            operations=Operations(self, "Operations", notify=configuration.common.notify),
            clusters=ClusterAccess(configuration.common.clusters, configuration.common.vpc),
        )
        for name, construct in automations.items():
            construct(self, name, options=configuration.automations[name], shared=shared).check_environments()
