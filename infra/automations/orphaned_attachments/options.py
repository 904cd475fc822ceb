"""The block `orphaned_attachments` of cdk.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from functions.orphaned_attachments.settings import Settings
from pitcrew.mode import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanedAttachmentsOptions(Settings):
    """The functions' settings, and the mode that the first deploy seeds."""

    mode: Mode = Mode.OBSERVE
    """What the automation may do until an operator sets the mode parameter."""

    LIMITS: ClassVar[Mapping[str, tuple[str | float, str | float]]] = {
        "sweep_every": ("5 minutes", "1 day"),
        "max_nodes": (1, 1000),
        "max_nodes_percent": (0, 100),
        "min_healthy_percent": (0, 100),
    }
    """Least and most of a setting, as written in cdk.json."""
