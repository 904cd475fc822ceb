"""One cluster read once: who holds what, and where the Node of an instance is.

Over 120 lines because a Node is found in several ways.
"""

import pytest

import kube
from functions.orphaned_attachments import census
from functions.orphaned_attachments.census import Census
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import HEALTHY, Cloud
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, NOW, OTHER, PV, STORAGE, VOLUME


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _taken(cloud: Cloud) -> Census:
    return census.take(_prod(cloud))


def _prod(cloud: Cloud) -> kube.Cluster:
    return cloud.clusters.connect("prod", seconds=5)


def test_a_census_holds_nodes_volumes_and_attachments(cloud: Cloud) -> None:
    taken = _taken(cloud)

    assert set(taken.nodes) == {NODE, *HEALTHY}
    assert {name: pv.volume for name, pv in taken.pvs.items()} == {PV: VOLUME}
    assert [(one.name, one.instance, one.volume) for one in taken.attachments] == [("va-1", DEAD, VOLUME)]
    assert (taken.other_drivers, taken.unmigrated, taken.minor) == ({}, frozenset(), 31)
    assert taken.instances == {DEAD, *HEALTHY.values()}


def test_attachments_are_read_before_the_volumes_that_they_name(cloud: Cloud) -> None:
    _taken(cloud)

    order = [request.path.rpartition("/")[2] for request in cloud.prod.requests]
    assert order.index("volumeattachments") < order.index("persistentvolumes")


def test_a_list_is_read_to_its_end(cloud: Cloud) -> None:
    cloud.prod.has("persistentvolumes", *(raw.pv(f"pv-{number}", f"vol-{number:017x}") for number in range(600)))

    assert len(_taken(cloud).pvs) == 601


def test_attachments_of_other_drivers_are_named_by_node(cloud: Cloud) -> None:
    for name, driver in [("x", "fsx.csi.aws.com"), ("y", "efs.csi.aws.com"), ("z", "efs.csi.aws.com")]:
        found = raw.attachment(name)
        found["spec"]["attacher"] = driver
        cloud.prod.has("volumeattachments", found)

    taken = _taken(cloud)

    assert taken.other_drivers == {NODE: ("efs.csi.aws.com", "fsx.csi.aws.com")}
    assert len(taken.attachments) == 1


def test_a_kubelet_that_does_not_migrate_is_named(cloud: Cloud) -> None:
    cloud.prod.has("csinodes", raw.csi_node(migrated="none"))

    assert _taken(cloud).unmigrated == {NODE}


@pytest.mark.parametrize("minor", ["31", "31+"])
def test_a_version_may_bear_a_plus_sign(cloud: Cloud, minor: str) -> None:
    cloud.prod.version = minor

    assert _taken(cloud).minor == 31


@pytest.mark.parametrize("path", ["/api/v1/nodes", "/api/v1/persistentvolumes", f"{STORAGE}/volumeattachments"])
def test_half_a_census_is_none(cloud: Cloud, path: str) -> None:
    cloud.prod.troubles[f"GET {path}"] = kube.ClusterUnreachableError("gone")

    with pytest.raises(kube.ClusterUnreachableError):
        _taken(cloud)


def test_a_node_is_found_by_what_it_says_of_its_machine(cloud: Cloud) -> None:
    found = _taken(cloud).node_of(DEAD, "")

    assert found is not None
    assert found.name == NODE


def test_a_node_whose_name_another_machine_took_is_found_by_provider_id_and_by_attachment(cloud: Cloud) -> None:
    cloud.prod.has("csinodes", raw.csi_node(instance=OTHER))
    by_provider = _taken(cloud)
    cloud.set_node(raw.node(instance=OTHER))
    by_attachment = _taken(cloud)

    for taken in (by_provider, by_attachment):
        found = taken.node_of(DEAD, "")
        assert found is not None
        assert (found.name, found.instance) == (NODE, OTHER)


def test_the_machine_now_behind_a_node_goes_before_the_one_that_was(cloud: Cloud) -> None:
    cloud.set_node(raw.node("node-0", DEAD))
    cloud.prod.has("csinodes", raw.csi_node("node-0", OTHER))

    found = _taken(cloud).node_of(DEAD, "")

    assert found is not None
    assert found.name == NODE


def test_a_node_that_is_gone_is_remembered_by_name(cloud: Cloud) -> None:
    cloud.forget("nodes", "csinodes")
    taken = _taken(cloud)

    assert taken.node_of(DEAD, "node-x") is None
    assert taken.node_name_of(DEAD, "") == NODE
    assert taken.node_name_of(OTHER, "node-x") == "node-x"
    assert taken.node_name_of(OTHER, "") == ""


def test_pods_are_asked_of_one_node_and_of_none_where_its_name_is_not_known(cloud: Cloud) -> None:
    cloud.prod.has("pods", raw.pod("elsewhere", node_name="node-b"))
    pvs = _taken(cloud).pvs.values()
    cloud.prod.requests.clear()

    assert [pod.name for pod in census.pods_on(_prod(cloud), NODE, pvs)] == ["db-0"]
    assert list(census.pods_on(_prod(cloud), "", pvs)) == []
    assert [request.query["fieldSelector"] for request in cloud.prod.requests] == [f"spec.nodeName={NODE}"]


def test_a_lease_tells_when_the_kubelet_last_spoke(cloud: Cloud) -> None:
    node = _taken(cloud).nodes[NODE]

    renewed = census.with_lease(_prod(cloud), node).lease_renewed_at
    cloud.forget("leases")

    assert renewed is not None
    assert (NOW - renewed).total_seconds() == 60
    assert census.with_lease(_prod(cloud), node) == node


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ({}, False),
        ({"pitcrew/out-of-service": f"pitcrew {DEAD} 2026-01-02T03:04:05+00:00"}, True),
        ({"pitcrew/hold": f"{DEAD} 2026-01-02T03:04:05+00:00"}, False),  # the hold is off; its annotation stays
    ],
)
def test_a_mark_is_found_by_the_machine_that_bears_it(
    cloud: Cloud, annotations: dict[str, str], *, expected: bool
) -> None:
    cloud.set_node(raw.node(annotations=annotations))

    assert census.is_marked(_prod(cloud), DEAD) is expected


def test_a_mark_is_found_by_the_machine_that_it_is_about(cloud: Cloud) -> None:
    hold = {"pitcrew/hold": f"{DEAD} 2026-01-02T03:04:05+00:00"}
    cloud.set_node(raw.node(instance=OTHER, annotations=hold, finalizers=["pitcrew/hold"]))

    marked = [one for one in (DEAD, OTHER, HEALTHY["node-b"]) if census.is_marked(_prod(cloud), one)]
    assert marked == [DEAD, OTHER]
