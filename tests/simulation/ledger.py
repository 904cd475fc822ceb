"""The harness's own record of what is unsafe; the product keeps none, and cannot talk itself out of it.

*Unsafe* is, as docs/orphaned-attachments.md has it: a release act decided on a read that said neither stopped nor
terminated; a mounted volume detached; two writers on one volume; an act on another object than the one that was read;
a mark of somebody else removed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]

OURS = {"pitcrew/hold", "external-attacher/ebs-csi-aws-com"}
"""Finalizers that the product may ever remove."""

TAINT, TAINTED = "node.kubernetes.io/out-of-service", "pitcrew/out-of-service"


@dataclass
class Ledger:
    """Entries, each a sentence; a run without any was safe."""

    entries: list[str] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    """What the step that is at work was told of each instance: forgotten when the step ends."""

    uids: dict[str, str] = field(default_factory=dict)
    """The object that the product read at each path, last."""

    @contextmanager
    def step(self) -> Iterator[None]:
        """Keep what one step reads apart: what others have read is no evidence for it. Steps may overlap."""
        before = self.states, self.uids
        self.states, self.uids = {}, {}
        try:
            yield
        finally:
            self.states, self.uids = before

    def write(self, sentence: str) -> None:
        if sentence not in self.entries:
            self.entries.append(sentence)

    def acts(self, act: str, instance: str) -> None:
        """Note a release act of the product on something of *instance*."""
        state = self.states.get(instance, "not read")
        if state not in {"stopped", "terminated"}:
            self.write(f"{act} of {instance}, which was read as {state}")

    def meets(self, path: str, found: Object) -> None:
        """Note that a write of the product changes what is at *path* now."""
        if self.uids.get(path, found["metadata"]["uid"]) != found["metadata"]["uid"]:
            self.write(f"{path} is another object than the one that was read")

    def changes(self, path: str, before: Object, after: Object) -> None:
        """Compare an object before and after a write of the product: marks of others stay."""
        finalizers = set(before["metadata"].get("finalizers", [])) - set(after["metadata"].get("finalizers", []))
        for one in finalizers - OURS:
            self.write(f"the finalizer {one} of {path} was removed")
        left = [(taint["key"], taint["effect"]) for taint in after.get("spec", {}).get("taints", [])]
        is_ours = TAINTED in before["metadata"].get("annotations", {})
        for taint in before.get("spec", {}).get("taints", []):
            if (taint["key"], taint["effect"]) not in left and not (taint["key"] == TAINT and is_ours):
                self.write(f"the taint {taint['key']} of {path} was removed")

    def detaches(self, volume: str, instance: str, *, is_mounted: bool, is_forced: bool) -> None:
        """Note a DetachVolume of anybody."""
        if is_forced:
            self.write(f"{volume} was detached from {instance} by force")
        if is_mounted:
            self.write(f"{volume} was to be detached from {instance}, where it is mounted")

    def mounts(self, volume: str, instances: list[str]) -> None:
        """Note which living machines have a volume mounted."""
        if len(instances) > 1:
            self.write(f"{volume} has two writers: {', '.join(instances)}")
