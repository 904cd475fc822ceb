"""A run as it travels through the state machine: JSON there, typed here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from functions.orphaned_attachments.decision.memory import Memory

MOST_ACTS = 40
"""That a run tells of at its end; each is in the log in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One instance on its way through the loop."""

    instance: str
    cluster: str = ""
    """The name it is reached by; empty where the instance's tags must tell."""

    cause: str = "event"
    """`event`, `sweep`, or the id of the plan that an operator applies."""

    planned: str = ""
    """The verdict that the plan showed."""

    accepts: tuple[str, ...] = ()
    """What the operator has accepted: `PlannedStop`, `TooManyAtOnce` or `our marks`."""

    verdict: str = ""
    """Of the look before."""

    memory: Memory = field(default_factory=Memory)
    acts: tuple[str, ...] = ()
    """What was done, in words."""

    trouble: str = ""
    """What the last write that failed was answered."""

    @property
    def is_by_an_operator(self) -> bool:
        """Whether a person decided: then it acts in `observe`, too."""
        return self.cause not in {"event", "sweep"}

    def with_act(self, words: str) -> "tuple[str, ...]":
        """Return the acts with one more; of very many the first ones go."""
        return (*self.acts, words)[-MOST_ACTS:]

    def pack(self) -> dict[str, Any]:
        """Write the run as JSON takes it."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        return plain | {"accepts": list(self.accepts), "acts": list(self.acts), "memory": _packed(self.memory)}

    @classmethod
    def unpack(cls, packed: Mapping[str, Any]) -> "Run":
        """Read what `pack` wrote, or what the state machine begins with."""
        given = {one.name: packed[one.name] for one in fields(cls) if one.name in packed}
        given |= {key: tuple(given[key]) for key in ("accepts", "acts") if key in given}
        return cls(**given | {"memory": _unpacked(packed.get("memory", {}))})


def _packed(memory: Memory) -> dict[str, Any]:
    plain = {one.name: getattr(memory, one.name) for one in fields(memory)}
    times = {key: value.isoformat() for key, value in plain.items() if isinstance(value, datetime)}
    detached = {volume: time.isoformat() for volume, time in memory.detached.items()}
    return {key: value for key, value in plain.items() if value} | times | ({"detached": detached} if detached else {})


def _unpacked(packed: Mapping[str, Any]) -> Memory:
    times = {one.name for one in fields(Memory) if one.type == (datetime | None)}
    given = {key: datetime.fromisoformat(value) if key in times else value for key, value in packed.items()}
    detached = {volume: datetime.fromisoformat(time) for volume, time in packed.get("detached", {}).items()}
    return Memory(**given | {"detached": detached})
