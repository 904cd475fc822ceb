"""The law, and what else holds of the decision whatever is read.

Over 120 lines because the law has many sentences.
"""

from datetime import timedelta

from hypothesis import given, settings

from functions.orphaned_attachments.decision import Facts, decide
from functions.orphaned_attachments.decision.acts import Act, Kind
from functions.orphaned_attachments.decision.facts import Standing
from functions.orphaned_attachments.decision.holdings import Attachment, Place, Pod, Volume
from functions.orphaned_attachments.decision.instance import HIBERNATION
from functions.orphaned_attachments.decision.node import HOLD, TAINT, TAINTED, Node
from tests.functions.orphaned_attachments.facts import DEAD, FINALIZER
from tests.functions.orphaned_attachments.played_facts import after
from tests.functions.orphaned_attachments.strategies import FACTS

OURS = {Kind.HOLD, Kind.UNHOLD, Kind.UNTAINT}


def _act(facts: Facts) -> Act | None:
    return decide(facts).act


def _is_of_another(node: Node) -> bool:
    return bool({node.provider_instance, node.csi_instance} - {"", DEAD})


@settings(max_examples=300)
@given(facts=FACTS)
def test_a_release_needs_a_machine_that_is_dead_and_a_cluster_that_lets_us(facts: Facts) -> None:
    act = _act(facts)

    if act and act.kind not in OURS:
        assert facts.instance.state.value in {"stopped", "terminated"}
        assert facts.instance.state_reason != HIBERNATION or facts.instance.state.value == "terminated"
        assert facts.standing is Standing.ANSWERED
        assert "pitcrew:orphaned-attachments" not in facts.instance.tags
        assert not (facts.node and facts.node.is_opted_out)
        assert not any(volume.is_opted_out for volume in facts.volumes)


@settings(max_examples=300)
@given(facts=FACTS)
def test_a_release_needs_a_node_that_is_silent_or_another_machines_or_gone(facts: Facts) -> None:
    act, node = _act(facts), facts.node

    if act and act.kind not in OURS | {Kind.KICK} and node and not _is_of_another(node):
        has_moved = node.lease_renewed_at != facts.memory.lease or node.lease_renewed_at is None
        assert node.ready == "Unknown" or not has_moved


@settings(max_examples=300)
@given(facts=FACTS)
def test_marks_that_come_off_are_ours(facts: Facts) -> None:
    act, node = _act(facts), facts.node

    if act and act.kind is Kind.UNHOLD:
        assert node
        assert HOLD in node.finalizers
    if act and act.kind is Kind.UNTAINT:
        assert node
        assert TAINTED in node.annotations
    if act and act.kind is Kind.HOLD:
        assert node
        assert facts.instance.state.value in {"shutting-down", "terminated"}
        assert not _is_of_another(node)
        assert node.deleting_since is None
        assert facts.attachments


@settings(max_examples=300)
@given(facts=FACTS)
def test_an_act_is_on_an_object_that_was_read_and_may_be_touched(facts: Facts) -> None:
    act = _act(facts)

    if act and isinstance(act.on, Node):
        assert act.on == facts.node
        assert act.kind is not Kind.TAINT or not (
            _is_of_another(act.on) or facts.other_drivers or any(taint["key"] == TAINT for taint in act.on.taints)
        )
    if act and isinstance(act.on, Pod):
        assert act.on in facts.pods
        assert not act.on.is_spared
        assert not (facts.node and _is_of_another(facts.node))
    if act and isinstance(act.on, Volume):
        assert act.on in facts.volumes
        assert act.on.place is Place.HERE
        assert facts.instance.state.value == "stopped"
        assert act.on.may_detach
        assert not act.on.is_managed
        assert not act.on.deletes_on_termination


@settings(max_examples=300)
@given(facts=FACTS)
def test_a_volume_attachment_goes_where_nothing_binds_it_and_is_stripped_where_nothing_is_attached(
    facts: Facts,
) -> None:
    act = _act(facts)

    if act and isinstance(act.on, Attachment):
        assert act.on in facts.attachments + facts.waiting
    if act and act.kind is Kind.DELETE_ATTACHMENT and isinstance(act.on, Attachment):
        assert act.on in facts.attachments
        assert act.on.deleting_since is None
        assert not any(act.on.volume in pod.volumes and not pod.is_over for pod in facts.pods)
    if act and act.kind is Kind.STRIP and isinstance(act.on, Attachment):
        assert act.on.deleting_since
        assert facts.now - act.on.deleting_since > timedelta(minutes=2)
        assert any(one in act.on.finalizers for one in (FINALIZER, "external-attacher/ebs-csi-eks-amazonaws-com"))
        places = {one.place for one in facts.volumes if one.id == act.on.volume}
        assert Place.HERE not in places
        assert places or not act.on.volume, "an empty list is no evidence"


@settings(max_examples=300)
@given(facts=FACTS)
def test_no_act_comes_twice_on_the_same_object(facts: Facts) -> None:
    once = decide(facts)

    if once.act:
        again = _act(after(once.facts, once.act))
        assert not again or (again.kind, again.subject) != (once.act.kind, once.act.subject)


@settings(max_examples=300)
@given(facts=FACTS)
def test_the_same_facts_lead_to_the_same_decision(facts: Facts) -> None:
    once = decide(facts)
    again = decide(once.facts)

    assert decide(facts) == once
    assert (again.verdict, again.act, again.notes) == (once.verdict, once.act, once.notes)
    assert (once.pause is not None) <= once.verdict.looks_again
