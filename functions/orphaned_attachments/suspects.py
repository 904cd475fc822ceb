"""Which instances of a cluster deserve a look: what no event told, or what a look did not bring to its end."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from functions.orphaned_attachments.census import Census

DELETING_FOR = timedelta(seconds=60)
"""A VolumeAttachment that is being deleted for longer does not go by itself."""


def suspects(taken: Census, attached: Mapping[str, list[str]], *, now: datetime) -> list[str]:
    """Return the instances to look at, each once; *attached* are the instances of EC2's attached volumes, by volume."""
    found = {*_by_attachment(taken, now), *marked(taken), *_unnamed(taken, attached)}
    return sorted(found - {""})


def marked(taken: Census) -> Iterator[str]:
    """Yield the instances that our taints and holds are about, and those now behind their Nodes."""
    for node in taken.nodes.values():
        if node.is_marked:
            yield node.instance
            yield from (word for word in node.marked_for if word.startswith("i-"))


def _by_attachment(taken: Census, now: datetime) -> Iterator[str]:
    ready = {node.instance for node in taken.nodes.values() if node.ready == "True"}
    for one in taken.attachments:
        is_late = one.deleting_since is not None and now - one.deleting_since > DELETING_FOR
        if one.instance not in ready or is_late:
            yield one.instance


def _unnamed(taken: Census, attached: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield instances that hold a PersistentVolume's volume without a VolumeAttachment that names them.

    Where a kubelet attaches in-tree volumes by itself, there are none.
    """
    named = {(one.volume, one.instance) for one in taken.attachments}
    kubelets = {taken.nodes[name].instance for name in taken.unmigrated if taken.nodes[name].ready == "True"}
    for pv in taken.pvs.values():
        for instance in attached.get(pv.volume, ()):
            if (pv.volume, instance) not in named and not (pv.is_in_tree and instance in kubelets):
                yield instance


def holders(taken: Census, attached: Mapping[str, list[str]], volumes: Iterable[str]) -> set[str]:
    """Return the instances that hold any of these volumes, as Kubernetes or as EC2 has it."""
    wanted = set(volumes)
    return {one.instance for one in taken.attachments if one.volume in wanted} | {
        instance for volume in wanted for instance in attached.get(volume, ())
    }
