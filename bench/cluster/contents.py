"""All that there is to list in a played cluster."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from bench.cluster.answers import PATH, STORAGE
from bench.cluster.nodes import listed
from bench.cluster.volumes import csi_node, persistent_volume, volume_attachment


def lists(*, nodes: int, volumes: int) -> Mapping[str, Iterable[dict[str, Any]]]:
    """Return the objects by path; without volumes there are only Nodes."""
    if not volumes:
        return {PATH: map(listed, range(nodes))}
    return {
        PATH: map(listed, range(nodes)),
        f"{STORAGE}/csinodes": map(csi_node, range(nodes)),
        f"{STORAGE}/volumeattachments": map(partial(volume_attachment, nodes=nodes), range(volumes)),
        "/api/v1/persistentvolumes": map(partial(persistent_volume, nodes=nodes), range(volumes)),
    }
