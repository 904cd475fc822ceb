"""The block `proxy_protocol` of cdk.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from functions.proxy_protocol.settings import Settings
from pitcrew.mode import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyProtocolOptions(Settings):
    """The functions' settings, and the mode that the first deploy seeds."""

    mode: Mode = Mode.OBSERVE
    """What the automation may do until an operator sets the mode parameter."""

    LIMITS: ClassVar[Mapping[str, tuple[str | float, str | float]]] = {
        "sweep_every": ("5 minutes", "1 day"),
        "reads_per_second": (0.1, 100),
        "writes_per_second": (0.1, 100),
    }
    """Least and most of a setting, as written in cdk.json. None of ELBv2's buckets fills faster than 100 a second:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html"""
