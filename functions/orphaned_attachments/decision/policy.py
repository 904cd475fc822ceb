"""All thresholds of the decision; the defaults are those of docs/orphaned-attachments.md."""

from dataclasses import dataclass
from datetime import timedelta

S, MIN = timedelta(seconds=1), timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long, how many, and what a person has accepted."""

    silence: timedelta = 12 * S
    """A Lease that did not move for so long is that of a silent kubelet, which renews every 10 s."""

    eviction: timedelta = 5 * S
    """After a taint, for taint-eviction to set a pod's deletionTimestamp: it deletes by name, and may be late."""

    kubernetes_first: timedelta = 30 * S
    """After a taint, for Kubernetes to delete the VolumeAttachment itself."""

    kick_after: timedelta = 60 * S
    """A VolumeAttachment that has been deleting for so long is in the attacher's back-off."""

    detach_after: timedelta = 90 * S
    """After this run's last act, before EC2 is asked to detach."""

    strip_after: timedelta = 120 * S
    """A VolumeAttachment must have been deleting for so long before its finalizer is removed."""

    kick_effect: timedelta = 60 * S
    """A kick that had no effect for so long shows an attacher that does not work."""

    outside_after: timedelta = 60 * S
    """A volume must have been attached for so long before nobody in Kubernetes is said to know of it."""

    hold_at_most: timedelta = 15 * MIN
    back_at_most: timedelta = 15 * MIN
    """How long to wait until the marks can come off a machine that is back; the sweep goes on."""

    stuck_dead: timedelta = 15 * MIN
    """After this run first read dead or not found."""

    stuck_dying: timedelta = 60 * MIN
    """After this run first read stopping or shutting-down: a bare-metal machine takes 11 minutes."""

    unreachable_looks: int = 3
    max_nodes: int = 3
    max_nodes_percent: int = 20
    """Dead and dying nodes at once: at most the larger of these two."""

    min_healthy_percent: int = 51
    max_control_plane: int = 1
    hold_node: bool = True
    accepts_planned_stop: bool = False
    """A person has applied a plan for exactly this instance."""

    accepts_too_many: bool = False
    """A person has applied a plan for exactly this cluster."""

    takes_marks_off: bool = False
    """A person has applied a plan for our marks: they come off, whatever the verdict."""

    pause_after_act: timedelta = 1 * S
    after_act: timedelta = 10 * S
    """How long the pauses after an act stay that short."""

    pause: timedelta = 4 * S
    early: timedelta = 5 * MIN
    """After the first look, the pauses grow longer."""

    long_pause: timedelta = 30 * S

    def most_nodes(self, nodes: int) -> int:
        """Return how many of *nodes* may be dead or dying at once."""
        return max(self.max_nodes, nodes * self.max_nodes_percent // 100)
