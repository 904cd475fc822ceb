"""EC2's machines and volumes, with states that take time, on the simulation's clock.

Over 120 lines because machines and volumes change each other's states.
Sources: ../shared/facts/orphaned-attachments.md, sections 1, 2.6 and 7.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.functions.proxy_protocol.failures import refusal
from tests.simulation.clock import Clock
from tests.simulation.ledger import Ledger

SHUTTING_DOWN, STOPPING, BOOTING, MOVING = 40, 30, 5, 2
"""Seconds: of a termination, of a stop, of a start, of an attachment or a detachment."""

TAGS_FADE, FORGOTTEN = 600, 3600
"""Seconds after a termination."""


@dataclass(eq=False)
class Machine:
    """One instance."""

    id: str
    tags: dict[str, str]
    launched_at: datetime
    state: str = "running"
    reason: str = ""
    can_hibernate: bool = False
    mounted: set[str] = field(default_factory=set)
    """Volumes that its system has mounted; a hibernated one still has them."""


@dataclass(eq=False)
class Disk:
    """One volume."""

    id: str
    tags: dict[str, str]
    holder: Machine | None = None
    state: str = ""
    """Of its attachment."""

    attached_at: datetime | None = None
    is_deleted_with_machine: bool = False


class Ec2:
    """One account and region. What is refused is raised as boto3 does."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger
        self.machines: dict[str, Machine] = {}
        self.disks: dict[str, Disk] = {}
        self.on_state: Callable[[Machine], None] = lambda _: None

    def launch(self, instance: str, tags: dict[str, str]) -> Machine:
        self.machines[instance] = Machine(id=instance, tags=dict(tags), launched_at=self._clock.now())
        return self.machines[instance]

    def terminate(self, instance: str, *, seconds: float = SHUTTING_DOWN) -> None:
        machine = self.machines[instance]
        self._become(machine, "shutting-down", "Client.UserInitiatedShutdown")
        self._clock.after(seconds, lambda: self._terminated(machine))

    def stop(self, instance: str, reason: str = "Server.InternalError", *, seconds: float = STOPPING) -> None:
        machine = self.machines[instance]
        self._become(machine, "stopping", reason)
        self._clock.after(seconds, lambda: self._stopped(machine))

    def start(self, instance: str) -> None:
        machine = self.machines[instance]
        machine.launched_at = self._clock.now()
        self._become(machine, "pending", "")
        self._clock.after(BOOTING, lambda: self._become(machine, "running", ""))

    def mount(self, volume: str, machine: Machine) -> None:
        """Let a machine write to a volume; a hibernated one still does, when it wakes."""
        machine.mounted.add(volume)
        self._ledger.mounts(volume, [one.id for one in self.machines.values() if volume in one.mounted])

    def attach(self, volume: str, instance: str) -> None:
        disk, machine = self._disk(volume, "AttachVolume"), self.machines[instance]
        if disk.holder:
            raise refusal("VolumeInUse")("AttachVolume")
        if machine.state not in {"running", "stopped"}:
            raise refusal("IncorrectState")("AttachVolume")
        disk.holder, disk.state, disk.attached_at = machine, "attaching", self._clock.now()
        self._clock.after(MOVING, lambda: self._attached(disk))

    def detach(self, volume: str, instance: str, *, is_forced: bool = False) -> None:
        disk = self._disk(volume, "DetachVolume")
        if disk.holder is None:
            raise refusal("IncorrectState")("DetachVolume")
        if disk.holder.id != instance:
            raise refusal("InvalidAttachment.NotFound")("DetachVolume")
        is_mounted = volume in disk.holder.mounted
        self._ledger.detaches(volume, instance, is_mounted=is_mounted, is_forced=is_forced)
        disk.state = "busy" if is_mounted and not is_forced else "detaching"
        if disk.state == "detaching" and disk.holder.state != "shutting-down":
            self._clock.after(MOVING, lambda: self._detached(disk))

    def _become(self, machine: Machine, state: str, reason: str) -> None:
        machine.state, machine.reason = state, reason
        self.on_state(machine)

    def _stopped(self, machine: Machine) -> None:
        if machine.reason != "Client.UserInitiatedHibernate":
            machine.mounted.clear()
        self._become(machine, "stopped", machine.reason)

    def _terminated(self, machine: Machine) -> None:
        machine.mounted.clear()
        for disk in [one for one in self.disks.values() if one.holder is machine]:
            disk.holder, disk.state = None, ""
            if disk.is_deleted_with_machine:
                del self.disks[disk.id]
        self._become(machine, "terminated", machine.reason)
        self._clock.after(TAGS_FADE, machine.tags.clear)
        self._clock.after(FORGOTTEN, lambda: self._forget(machine))

    def _forget(self, machine: Machine) -> None:
        del self.machines[machine.id]

    def _attached(self, disk: Disk) -> None:
        if disk.state == "attaching":
            disk.state = "attached"

    def _detached(self, disk: Disk) -> None:
        if disk.state == "detaching":
            disk.holder, disk.state = None, ""

    def _disk(self, volume: str, operation: str) -> Disk:
        if volume not in self.disks:
            raise refusal("InvalidVolume.NotFound")(operation)
        return self.disks[volume]
