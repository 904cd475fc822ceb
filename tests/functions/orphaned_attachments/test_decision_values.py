"""The values that the decision works on: none can be changed, and what was not read says nothing."""

import importlib
import pkgutil
from dataclasses import is_dataclass
from typing import Any

import pytest

from functions.orphaned_attachments import decision
from functions.orphaned_attachments.decision import Facts, Memory
from functions.orphaned_attachments.decision.facts import Cluster, Neighbour, Standing
from functions.orphaned_attachments.decision.holdings import Attachment, Place, Pod, Volume
from functions.orphaned_attachments.decision.instance import Instance, State
from functions.orphaned_attachments.decision.node import Node
from functions.orphaned_attachments.decision.policy import Policy
from tests.functions.orphaned_attachments.facts import NOW

MODULES = [
    importlib.import_module(f"{decision.__name__}.{one.name}") for one in pkgutil.iter_modules(decision.__path__)
]
VALUES = {one for module in (decision, *MODULES) for one in vars(module).values() if is_dataclass(one)}


def test_there_are_values() -> None:
    names = {"Act", "Attachment", "Cluster", "Decision", "Facts", "Instance", "Memory"}
    names |= {"Neighbour", "Node", "Pod", "Policy", "Rule", "Volume"}

    assert {one.__name__ for one in VALUES if isinstance(one, type)} == names


@pytest.mark.parametrize("value", sorted(VALUES, key=str))
def test_a_value_is_frozen_slotted_and_built_by_names(value: Any) -> None:  # noqa: ANN401 (a class)
    assert value.__dataclass_params__.frozen
    assert "__slots__" in vars(value)
    assert all(field.kw_only for field in value.__dataclass_fields__.values())


def test_a_cluster_that_was_not_counted_has_nothing() -> None:
    assert Cluster() == Cluster(name="", nodes=0, healthy=0, down=(), minor=0)


def test_what_was_not_read_of_a_machine_says_nothing() -> None:
    down = Neighbour(instance="i-1", state=State.STOPPED)

    assert Instance(id="i-1", state=State.STOPPED) == Instance(
        id="i-1",
        state=State.STOPPED,
        state_reason="",
        can_hibernate=False,
        launched_at=None,
        root_device="",
        lifecycle="",
        tags={},
    )
    assert down == Neighbour(
        instance="i-1",
        state=State.STOPPED,
        state_reason="",
        lifecycle="",
        is_cordoned=False,
        is_control_plane=False,
    )


def test_what_was_not_read_of_a_node_says_nothing_but_that_nobody_speaks_for_it() -> None:
    assert Node(name="n", uid="u", resource_version="7") == Node(
        name="n",
        uid="u",
        resource_version="7",
        provider_id="",
        provider_instance="",
        csi_instance="",
        ready="Unknown",
        lease_renewed_at=None,
        is_cordoned=False,
        is_control_plane=False,
        deleting_since=None,
        taints=(),
        finalizers=(),
        annotations={},
        is_opted_out=False,
    )


def test_what_was_not_read_of_a_volume_forbids_to_detach_it() -> None:
    assert Volume(id="vol-1", place=Place.HERE) == Volume(
        id="vol-1",
        place=Place.HERE,
        pv="",
        attachment_state="",
        device="",
        is_multi_attach=False,
        is_managed=False,
        deletes_on_termination=False,
        is_in_tree=False,
        is_opted_out=False,
        may_detach=False,
        attached_at=None,
    )


def test_what_was_not_read_of_an_attachment_or_a_pod_says_nothing() -> None:
    named: dict[str, Any] = {"name": "a", "uid": "u", "resource_version": "8", "attacher": "x"}
    pod: dict[str, Any] = {"namespace": "shop", "name": "db-0", "uid": "u", "node_name": "n", "volumes": ()}
    attachment = Attachment(**named, node_name="n", instance="i-1")

    assert (attachment.is_pv_missing, attachment.is_attached, attachment.has_detach_error) == (False, False, False)
    assert (attachment.deleting_since, attachment.kicked_at, attachment.finalizers) == (None, None, ())
    assert Pod(**pod) == Pod(**pod, is_over=False, is_failed_by_us=False, is_spared=False, is_force_deleted=False)


def test_facts_without_more_are_of_a_cluster_that_answered() -> None:
    facts = Facts(
        now=NOW, instance=Instance(id="i-1", state=State.UNKNOWN), memory=Memory(), policy=Policy(), cluster=Cluster()
    )

    assert (facts.standing, facts.why, facts.node, facts.migrated) == (Standing.ANSWERED, "", None, True)
    assert not any((facts.attachments, facts.pods, facts.volumes, facts.waiting, facts.other_drivers))
    assert Memory() == Memory(has_begun=False, has_unmarked=False, unreachable_looks=0, detached={}, node_name="")
