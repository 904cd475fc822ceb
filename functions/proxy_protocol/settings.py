"""Settings of the proxy-protocol functions: the reference of what each means."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from functions.proxy_protocol.decision import Policy
from functions.proxy_protocol.decision.service_pattern import ServicePattern


class UnhealthyCheck(StrEnum):
    """What to do where the health check cannot parse the header that the wish would switch on."""

    APPLY = "apply"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the proxy-protocol automation, as in its block of cdk.json."""

    sweep_every: timedelta = timedelta(minutes=15)
    """How often the sweep looks for what no event told. At least 5 minutes, at most a day."""

    services: tuple[ServicePattern, ...] = ()
    """Services to switch on by configuration; an entry with a wildcard yields to live traffic. Empty: none."""

    allow_tls: bool = False
    """Whether groups of protocol TLS are switched on too. Off: they are `UnsupportedProtocol`."""

    unhealthy_check: UnhealthyCheck = UnhealthyCheck.APPLY
    """`refuse` holds back every group whose health check cannot parse the header, not only those of a wildcard."""

    reads_per_second: float = 3.0
    """ELBv2 reads a second of a sweep or an operator's run, after a burst of 20. The account's bucket is shared."""

    writes_per_second: float = 1.0
    """ELBv2 writes a second of a sweep or an operator's run."""

    cluster_ids: tuple[str, ...] = ()
    """Clusters whose groups are looked at, by the id in the tag `kubernetes.io/cluster/<id>`. Empty: all."""

    def to_env(self) -> dict[str, str]:
        """Write the settings as one environment variable, as `from_env` reads them."""
        return {
            "SETTINGS": json.dumps(
                {
                    "sweep_every": self.sweep_every.total_seconds(),
                    "services": [str(entry) for entry in self.services],
                    "allow_tls": self.allow_tls,
                    "unhealthy_check": self.unhealthy_check.value,
                    "reads_per_second": self.reads_per_second,
                    "writes_per_second": self.writes_per_second,
                    "cluster_ids": list(self.cluster_ids),
                },
            ),
        }

    def policy(self, function_arn: str) -> Policy:
        """Return what the decision needs of the settings; *function_arn* says which account and region is ours."""
        _, partition, _, region, account, *_ = function_arn.split(":")
        return Policy(
            home=f"arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/",
            services=self.services,
            cluster_ids=self.cluster_ids,
            allow_tls=self.allow_tls,
            refuses_unhealthy_check=self.unhealthy_check is UnhealthyCheck.REFUSE,
        )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read what `to_env` wrote. Raises KeyError, ValueError or TypeError where it was edited by hand and broken."""
        values = json.loads(environ["SETTINGS"])
        return cls(
            sweep_every=timedelta(seconds=values.pop("sweep_every")),
            services=tuple(map(ServicePattern.parse, values.pop("services"))),
            unhealthy_check=UnhealthyCheck(values.pop("unhealthy_check")),
            cluster_ids=tuple(values.pop("cluster_ids")),
            **values,
        )
