"""Which instances of a cluster a sweep looks at.

Over 120 lines because every way to be suspected has its sentence.
"""

from typing import Any

import pytest

from functions.orphaned_attachments import census, suspects
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import HEALTHY, Cloud, marked_node
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, NOW, OTHER, VOLUME

WELL = HEALTHY["node-b"]


@pytest.fixture
def cloud() -> Cloud:
    """Return a cluster in which everything is well: the volume is attached to a Node that is Ready."""
    cloud = Cloud()
    cloud.set_node(raw.node(ready="True"))
    return cloud


def _found(cloud: Cloud, attached: dict[str, list[str]] | None = None) -> list[str]:
    taken = census.take(cloud.clusters.connect("prod", seconds=5))
    return suspects.suspects(taken, attached if attached is not None else {VOLUME: [DEAD]}, now=NOW)


def test_where_all_is_well_nobody_is_suspected(cloud: Cloud) -> None:
    assert _found(cloud) == []


@pytest.mark.parametrize("ready", ["False", "Unknown"])
def test_a_node_that_is_not_ready_and_holds_something_is_suspected(cloud: Cloud, ready: str) -> None:
    cloud.set_node(raw.node(ready=ready))

    assert _found(cloud) == [DEAD]


def test_a_node_that_is_not_ready_and_holds_nothing_is_not(cloud: Cloud) -> None:
    cloud.set_node(raw.node("node-b", WELL, ready="Unknown"))

    assert _found(cloud) == []


def test_an_attachment_of_an_instance_without_a_node_is_suspected(cloud: Cloud) -> None:
    cloud.forget("nodes", "csinodes")

    assert _found(cloud) == [DEAD]


def test_an_attachment_that_names_a_machine_whose_name_another_has_is_suspected(cloud: Cloud) -> None:
    cloud.set_node(raw.node(instance=OTHER, ready="True"))
    cloud.prod.has("csinodes", raw.csi_node(instance=OTHER))

    assert _found(cloud) == [DEAD]


@pytest.mark.parametrize(("seconds", "expected"), [(60, []), (61, [DEAD])])
def test_an_attachment_that_has_been_deleting_for_a_minute_is_suspected(
    cloud: Cloud, seconds: float, expected: list[str]
) -> None:
    cloud.prod.has("volumeattachments", raw.attachment(deletionTimestamp=raw.ago(seconds)))

    assert _found(cloud) == expected


def test_an_attachment_without_an_instance_names_nobody(cloud: Cloud) -> None:
    cloud.prod.has("volumeattachments", raw.attachment("va-2", ""))

    assert _found(cloud) == []


@pytest.mark.parametrize(
    ("attached", "expected"),
    [
        ({VOLUME: [DEAD, OTHER]}, [OTHER]),
        ({"vol-0fedcba9876543210": [OTHER]}, []),  # no PersistentVolume of this cluster
        ({}, []),
    ],
)
def test_a_volume_on_an_instance_that_no_attachment_names_is_suspected(
    cloud: Cloud, attached: dict[str, list[str]], expected: list[str]
) -> None:
    assert _found(cloud, attached) == expected


@pytest.mark.parametrize(
    ("migrated", "ready", "expected"),
    [("none", "True", []), ("none", "Unknown", [DEAD]), ("kubernetes.io/aws-ebs", "True", [DEAD])],
)
def test_what_a_kubelet_attaches_by_itself_has_no_attachment(
    cloud: Cloud, migrated: str, ready: str, expected: list[str]
) -> None:
    cloud.forget("volumeattachments")
    cloud.set_node(raw.node(ready=ready))
    cloud.prod.has("csinodes", raw.csi_node(migrated=migrated))
    cloud.prod.has("persistentvolumes", raw.in_tree_pv())

    assert _found(cloud) == expected


HOLD: dict[str, Any] = {"annotations": {"pitcrew/hold": f"{OTHER} {raw.ago(0)}"}, "finalizers": ["pitcrew/hold"]}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (marked_node(ready="True"), [DEAD]),
        (marked_node(instance=OTHER, ready="True"), [DEAD, OTHER]),
        (raw.node(ready="True", **HOLD), [DEAD, OTHER]),
        (raw.node(ready="True", annotations=HOLD["annotations"]), []),  # the hold is off
        (raw.node(ready="True", finalizers=["pitcrew/hold"]), [DEAD]),
    ],
)
def test_those_that_our_marks_are_about_and_those_that_bear_them_are_suspected(
    cloud: Cloud, node: raw.Object, expected: list[str]
) -> None:
    cloud.prod.has("csinodes", raw.csi_node(instance=OTHER if OTHER in node["spec"]["providerID"] else DEAD))
    cloud.prod.has("volumeattachments", raw.attachment("va-1", OTHER if OTHER in node["spec"]["providerID"] else DEAD))
    cloud.set_node(node)

    assert _found(cloud, {}) == expected


def test_holders_of_volumes_are_found_in_kubernetes_and_in_ec2(cloud: Cloud) -> None:
    taken = census.take(cloud.clusters.connect("prod", seconds=5))

    assert suspects.holders(taken, {VOLUME: [OTHER], "vol-x": [WELL]}, [VOLUME]) == {DEAD, OTHER}
    assert suspects.holders(taken, {VOLUME: [OTHER]}, []) == set()
    assert NODE in taken.nodes
