"""Settings of the orphaned-attachments functions: the reference of what each means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from functions.orphaned_attachments.decision.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the orphaned-attachments automation, as in its block of cdk.json."""

    sweep_every: timedelta = timedelta(minutes=5)
    """How often each cluster is swept for what no event told. At least 5 minutes, at most a day."""

    hold_node: bool = True
    """Whether a Node that dies for good is held until its volumes are free. Off: its release takes a minute longer."""

    max_nodes: int = 3
    """Nodes that may be dead or dying at once before a person has to decide: this many, or the percentage below."""

    max_nodes_percent: int = 20
    """The same in percent of the cluster's nodes: the larger of the two is the limit."""

    min_healthy_percent: int = 51
    """Nodes that must be healthy for anything to be released, in percent."""

    cluster_ids: tuple[str, ...] = ()
    """Clusters whose instances are looked at, by the id in the tag `kubernetes.io/cluster/<id>`. Empty: all."""

    def to_env(self) -> dict[str, str]:
        """Write the settings as one environment variable, as `from_env` reads them."""
        return {
            "SETTINGS": json.dumps(
                {
                    "sweep_every": self.sweep_every.total_seconds(),
                    "hold_node": self.hold_node,
                    "max_nodes": self.max_nodes,
                    "max_nodes_percent": self.max_nodes_percent,
                    "min_healthy_percent": self.min_healthy_percent,
                    "cluster_ids": list(self.cluster_ids),
                },
            ),
        }

    def policy(self) -> Policy:
        """Return what the decision needs of the settings."""
        return Policy(
            hold_node=self.hold_node,
            max_nodes=self.max_nodes,
            max_nodes_percent=self.max_nodes_percent,
            min_healthy_percent=self.min_healthy_percent,
        )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read what `to_env` wrote. Raises KeyError, ValueError or TypeError where it was edited by hand and broken."""
        values = json.loads(environ["SETTINGS"])
        return cls(
            sweep_every=timedelta(seconds=values.pop("sweep_every")),
            cluster_ids=tuple(values.pop("cluster_ids")),
            **values,
        )
