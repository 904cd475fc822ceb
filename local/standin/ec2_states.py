"""The states of an instance: each takes its time, is told, and leaves the volumes as on AWS.

moto alone is in the final state at once. Sources: facts/orphaned-attachments.md sections 2.6, 7 and 9.
"""
# ruff: noqa: SLF001 - the seams of moto are private names; tests/local/test_seams_ec2.py holds them

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from moto.core.utils import utcnow
from moto.ec2.models.instances import Instance, InstanceState, StateReason

from local.standin.ec2_attachments import machine_is_off
from local.standin.ec2_clock import after

listeners: list[Callable[[str, str], None]] = []
"""Who is told of each state that an instance enters, by its id and the state's name."""

_CODES = {"pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80}
"""botocore, InstanceState."""

_SHUT_DOWN = StateReason("Client.UserInitiatedShutdown: User initiated shutdown", "Client.UserInitiatedShutdown")
_HIBERNATED = StateReason("Client.UserInitiatedHibernate: User initiated hibernate", "Client.UserInitiatedHibernate")
"""Codes: botocore, StateReason."""


@dataclass(frozen=True, slots=True)
class Way:
    """From some states through a passing one to a final one; from these two it leads nowhere."""

    verb: str
    starts: frozenset[str]
    passing: str
    final: str
    reason: StateReason


START = Way("started", frozenset({"stopped"}), "pending", "running", StateReason())
STOP = Way("stopped", frozenset({"running"}), "stopping", "stopped", _SHUT_DOWN)
HIBERNATE = replace(STOP, reason=_HIBERNATED)
_ALL_BUT_DEAD = frozenset({"pending", "running", "stopping", "stopped"})
TERMINATE = Way("terminated", _ALL_BUT_DEAD, "shutting-down", "terminated", _SHUT_DOWN)


def move(instance: Instance, way: Way) -> dict[str, Any]:
    """Let an instance go a way, if it is at its start, and return its InstanceStateChange."""
    before = instance._state
    if instance.state in way.starts:
        if way is HIBERNATE and not (instance.hibernation_options or {}).get("Configured"):
            way = STOP
        instance.state_reason = way.reason
        pass_through(instance, way)
    return {"InstanceId": instance.id, "PreviousState": before, "CurrentState": instance._state}


def pass_through(instance: Instance, way: Way) -> None:
    """Let an instance enter the passing state now and the final one in time."""
    _enter(instance, way.passing)
    if way is START:
        instance.launch_time = utcnow()
    after(way.passing, partial(_finish, instance, instance._state, way.final))


def _finish(instance: Instance, passing: InstanceState, final: str) -> None:
    if instance._state is not passing:
        return  # terminated on its way
    reason = instance.state_reason
    if final == "stopped":
        instance.stop()
        machine_is_off(instance)
    elif final == "terminated":
        machine_is_off(instance)
        instance.terminate()
        after("terminated", partial(forget, instance))
    instance.state_reason = reason
    _enter(instance, final)


def _enter(instance: Instance, state: str) -> None:
    instance._state = InstanceState(state, _CODES[state])
    for told in listeners:
        told(instance.id, state)


def forget(instance: Instance) -> None:
    """Let an instance be unknown from now on, with its tags."""
    backend = instance.ec2_backend
    for reservation in backend.reservations.values():
        reservation.instances = [one for one in reservation.instances if one is not instance]
    backend.tags.pop(instance.id, None)
