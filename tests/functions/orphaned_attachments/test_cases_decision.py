"""The numbered cases of the facts on orphaned attachments (section 3), as far as the decision alone decides them.

Over 120 lines because there are 60 numbered cases. Where the facts and the design page differ, the page stands.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from functions.orphaned_attachments.decision import Facts, Memory, decide
from functions.orphaned_attachments.decision.acts import Act, Kind
from functions.orphaned_attachments.decision.facts import Cluster, Neighbour, Standing
from functions.orphaned_attachments.decision.holdings import Place
from functions.orphaned_attachments.decision.instance import HIBERNATION, State
from tests.functions.orphaned_attachments.facts import (
    NEW,
    OUT_OF_SERVICE,
    PLANNED,
    VOLUME,
    ago,
    attachment,
    bare,
    dead,
    deleting,
    instance,
    next_kind,
    node,
    pod,
    tainted,
    volume,
)

DROPPED = {
    17: "nothing is fenced: on a machine that EC2 calls running there is no act, and no report asks for one",
    39: "a pod that tolerates the taint is released 5 s after it, on stopped, too: its machine is dead as well",
    52: "whether the replacement can be scheduled is not looked at: the run ends with `Released`",
    60: "`volumesInUse` is not read: a machine that runs is `Alive`",
}
"""Cases of the facts that ask for what the design page does not do."""

ADAPTERS = "functions/orphaned_attachments/test_cases_adapters.py"
ELSEWHERE = {
    7: ADAPTERS,
    8: ADAPTERS,
    12: ADAPTERS,
    23: ADAPTERS,
    28: ADAPTERS,
    29: ADAPTERS,
    31: ADAPTERS,
    32: ADAPTERS,
    44: ADAPTERS,
    46: ADAPTERS,
    50: ADAPTERS,
    51: ADAPTERS,
    59: ADAPTERS,
}
"""Cases that need the adapters, and where they are."""

CASE = re.compile(r"^def test_case_(\d\d)_", re.MULTILINE)
TESTS = Path(__file__).parents[2]

STOPPED, TERMINATED, RUNNING = State.STOPPED, State.TERMINATED, State.RUNNING
FREE = volume(Place.AVAILABLE)
ON_TIME = Memory(first_look_at=ago(200))
WENT = Memory(first_look_at=ago(200), last_act_at=ago(91), has_begun=True)
REPLACED = node(ready="True", lease_renewed_at=ago(1), csi_instance=NEW)


def _ends(facts: Facts) -> tuple[str, Act | None]:
    decision = decide(facts)
    return decision.verdict.value, decision.act


def test_every_case_has_its_test_or_the_reason_why_not() -> None:
    here = {int(number) for number in CASE.findall(Path(__file__).read_text())}

    assert sorted([*here, *DROPPED, *ELSEWHERE]) == list(range(1, 61))


@pytest.mark.parametrize(("number", "file"), ELSEWHERE.items())
def test_a_case_that_is_elsewhere_is_there(number: int, file: str) -> None:
    assert number in {int(found) for found in CASE.findall((TESTS / file).read_text())}


def test_case_01_ready_alone_delays_no_release_of_a_terminated_machine_whose_lease_stands_still() -> None:
    facts = dead(TERMINATED, node=node(ready="True", lease_renewed_at=ago(20)))

    # The page overrides row 7 by *silent*: the Lease must not have moved for 12 s.
    assert (decide(facts).verdict, next_kind(facts)) == ("Contradicted", Kind.HOLD)
    assert next_kind(replace(facts, memory=Memory(lease=ago(20), lease_since=ago(12)))) is Kind.TAINT


def test_case_02_a_node_that_goes_between_look_and_act_leaves_the_way_without_it() -> None:
    assert next_kind(dead(TERMINATED)) is Kind.TAINT
    assert next_kind(dead(TERMINATED, node=None)) is Kind.RELEASE_POD


def test_case_03_pods_without_a_node_are_released_and_then_the_volume_attachment() -> None:
    assert next_kind(dead(TERMINATED, node=None)) is Kind.RELEASE_POD
    assert next_kind(dead(TERMINATED, node=None, pods=())) is Kind.DELETE_ATTACHMENT


def test_case_04_a_stopped_machine_is_tainted_until_it_is_back() -> None:
    assert next_kind(dead(pods=(pod(deleting_since=ago(60)),))) is Kind.TAINT
    assert next_kind(dead(node=tainted(5), pods=(pod(deleting_since=ago(60)),))) is Kind.RELEASE_POD
    assert _ends(bare(node=tainted(9), volumes=(FREE,))) == ("Released", None)


def test_case_05_a_machine_that_was_started_before_we_act_is_left_alone() -> None:
    assert _ends(dead(State.PENDING)) == ("Alive", None)
    assert _ends(dead(RUNNING)) == ("Alive", None)


def test_case_06_a_machine_that_was_started_after_the_taint_is_untainted_and_nothing_is_detached() -> None:
    back = dead(RUNNING, node=tainted(100), memory=WENT, instance=instance(RUNNING, launched_at=ago(30)))
    talks = replace(back, node=tainted(100, lease_renewed_at=ago(1)))

    assert _ends(back) == ("CameBack", None)
    assert next_kind(replace(talks, attachments=(deleting(99),))) is None
    assert next_kind(talks) is Kind.UNTAINT


def test_case_09_a_machine_that_hangs_at_stopping_is_watched_and_then_given_to_a_person() -> None:
    assert _ends(dead(State.STOPPING, memory=Memory(dying_since=ago(600)))) == ("Watching", None)
    # The page gives it 60 minutes, not ten: bare metal takes eleven.
    assert _ends(dead(State.STOPPING, memory=Memory(dying_since=ago(3600)))) == ("Stuck", None)


def test_case_10_a_machine_that_shuts_down_for_long_is_watched_on() -> None:
    decision = decide(dead(State.SHUTTING_DOWN, memory=Memory(first_look_at=ago(660), dying_since=ago(660))))

    assert decision.verdict == "Watching"
    assert decision.act
    assert not decision.act.kind.is_release
    assert decision.pause


def test_case_11_a_hibernated_machine_counts_as_alive() -> None:
    assert _ends(dead(instance=instance(state_reason=HIBERNATION))) == ("Hibernated", None)


def test_case_13_a_spot_machine_that_stopped_may_come_back() -> None:
    spot = instance(state_reason="Server.SpotInstanceShutdown", can_hibernate=True)

    assert next_kind(dead(instance=spot)) is Kind.TAINT
    assert _ends(dead(instance=replace(spot, state=RUNNING), node=tainted())) == ("CameBack", None)


def test_case_14_a_machine_whose_hook_waits_is_alive() -> None:
    assert _ends(dead(instance=instance(RUNNING, lifecycle="Terminating:Wait"))) == ("Alive", None)


def test_case_15_a_machine_that_returns_to_its_warm_pool_is_planned() -> None:
    assert _ends(dead(instance=instance(lifecycle="Warmed:Stopped", **PLANNED))) == ("PlannedStop", None)
    assert _ends(bare(instance=instance(lifecycle="Warmed:Stopped", **PLANNED))) == ("NothingToRelease", None)
    assert next_kind(dead(instance=instance(lifecycle="InService", **PLANNED))) is Kind.TAINT


@pytest.mark.parametrize("ready", ["Unknown", "False"])
def test_case_16_a_reboot_is_no_death(ready: str) -> None:
    assert _ends(dead(RUNNING, node=node(ready=ready))) == ("Alive", None)


def test_case_18_a_node_that_cannot_reach_the_api_server_is_alive() -> None:
    assert _ends(dead(RUNNING, node=node(ready="Unknown", lease_renewed_at=ago(9999)))) == ("Alive", None)


def test_case_19_a_node_of_the_same_name_and_its_pods_are_left_alone() -> None:
    replaced = dead(node=REPLACED, pods=(pod(volumes=("vol-new",)),))

    assert next_kind(replaced) is Kind.DELETE_ATTACHMENT
    assert next_kind(replace(replaced, attachments=())) is None
    assert next_kind(replace(replaced, pods=(pod(),))) is None


def test_case_20_what_the_new_machine_has_attached_under_the_old_name_is_not_the_dead_ones() -> None:
    # VolumeAttachments are told apart by the instance that they name: the new one's is not among the facts.
    assert _ends(bare(node=REPLACED, pods=(pod(),), volumes=(volume(Place.ELSEWHERE),))) == ("NothingToRelease", None)


def test_case_21_what_the_new_node_of_that_name_leaves_on_the_old_machine_is_detached() -> None:
    facts = bare(node=REPLACED, volumes=(volume(),), memory=Memory(first_look_at=ago(91)))

    assert decide(facts).act == Act(kind=Kind.DETACH, on=volume())


@pytest.mark.parametrize("csi", ["i-0dead", ""])
def test_case_22_a_node_without_provider_id_is_the_one_that_the_attachment_says(csi: str) -> None:
    assert next_kind(dead(node=node(provider_instance="", csi_instance=csi))) is Kind.TAINT
    assert next_kind(dead(node=node(provider_instance="", csi_instance=NEW), pods=())) is Kind.DELETE_ATTACHMENT


def test_case_24_a_volume_that_is_elsewhere_is_never_detached_but_its_stale_attachment_goes() -> None:
    facts = bare(node=None, volumes=(volume(Place.ELSEWHERE),), memory=WENT)

    assert next_kind(replace(facts, attachments=(attachment(),))) is Kind.DELETE_ATTACHMENT
    assert next_kind(replace(facts, attachments=(deleting(121, has_detach_error=True),))) is Kind.STRIP
    assert _ends(facts) == ("Released", None)


def test_case_25_of_a_multi_attach_volume_the_dead_machines_attachment_is_detached() -> None:
    shared = volume(is_multi_attach=True)

    assert decide(bare(volumes=(shared,), memory=WENT)).act == Act(kind=Kind.DETACH, on=shared)


@pytest.mark.parametrize("change", [{"device": "/dev/xvda"}, {"deletes_on_termination": True}])
def test_case_26_what_belongs_to_the_machine_itself_is_never_detached(change: dict[str, object]) -> None:
    assert next_kind(bare(volumes=(replace(volume(), **change),), memory=WENT)) is None  # type: ignore[arg-type]  # fields


def test_case_27_the_attachment_of_a_volume_that_died_with_the_machine_is_stripped() -> None:
    gone = volume(Place.GONE, deletes_on_termination=True)

    assert next_kind(bare(TERMINATED, node=None, volumes=(gone,), attachments=(deleting(121, has_detach_error=True),)))


def test_case_30_a_volume_that_iam_does_not_let_us_detach_is_given_to_a_person() -> None:
    facts = bare(volumes=(volume(may_detach=False),), memory=WENT)

    assert _ends(facts) == ("Releasing", None)
    assert _ends(replace(facts, memory=replace(WENT, dead_since=ago(900)))) == ("Stuck", None)


def test_case_33_without_its_pv_an_attachment_is_stripped_where_no_volume_of_that_name_is_attached() -> None:
    orphan = attachment(volume="", is_pv_missing=True)
    stuck = replace(orphan, deleting_since=ago(121), kicked_at=ago(1))

    assert next_kind(bare(node=None, attachments=(orphan,))) is Kind.DELETE_ATTACHMENT
    assert next_kind(bare(node=None, attachments=(stuck,))) is Kind.STRIP
    assert next_kind(bare(node=None, attachments=(stuck,), volumes=(volume(may_detach=False),))) is None
    assert next_kind(bare(node=None, attachments=(replace(stuck, pv=""),))) is None


def test_case_34_an_attachment_that_never_came_about_is_cleaned_up_alike() -> None:
    facts = dead(node=None, pods=(), attachments=(attachment(is_attached=False),), volumes=(FREE,))

    assert next_kind(facts) is Kind.DELETE_ATTACHMENT


def test_case_35_an_attacher_in_its_back_off_is_woken_first() -> None:
    assert next_kind(bare(node=None, attachments=(deleting(61),), volumes=(FREE,))) is Kind.KICK


def test_case_36_without_an_attacher_nothing_is_stripped_before_a_kick_was_in_vain() -> None:
    facts = bare(node=None, volumes=(FREE,))

    assert next_kind(replace(facts, attachments=(deleting(300),))) is Kind.KICK
    assert next_kind(replace(facts, attachments=(deleting(300, kicked_at=ago(59)),))) is None
    assert next_kind(replace(facts, attachments=(deleting(300, kicked_at=ago(60)),))) is Kind.STRIP


def test_case_37_kubernetes_has_its_time_after_the_taint() -> None:
    # The page gives it 30 s since the last act, not 90: who is elected later finds the VolumeAttachment deleting.
    assert next_kind(dead(node=tainted(29), pods=())) is None
    assert next_kind(dead(node=tainted(30), pods=())) is Kind.DELETE_ATTACHMENT


def test_case_38_one_control_plane_node_is_released_and_its_static_pods_stay() -> None:
    one = Neighbour(instance="i-1", state=STOPPED, is_control_plane=True)
    master = dead(node=node(is_control_plane=True), pods=(pod(is_spared=True),))
    cluster = Cluster(nodes=10, healthy=8, minor=30)

    assert next_kind(replace(master, cluster=replace(cluster, down=(one,)))) is Kind.TAINT
    assert _ends(replace(master, cluster=replace(cluster, down=(one, one)))) == ("TooManyAtOnce", None)
    assert next_kind(replace(master, node=tainted(99), cluster=replace(cluster, down=(one,)))) is None


def test_case_40_a_pod_that_its_own_finalizer_keeps_is_released_once() -> None:
    # It is Failed, and its forced DELETE has been asked for: nothing binds the volume any more.
    kept = pod(is_over=True, is_failed_by_us=True, deleting_since=ago(10), is_force_deleted=True)

    assert next_kind(dead(node=None, pods=(kept,))) is Kind.DELETE_ATTACHMENT


def test_case_41_pods_without_ebs_bring_no_taint() -> None:
    # Only pods that mount EBS volumes are read. Where something else brings the taint, it evicts the others, too.
    assert _ends(bare()) == ("NothingToRelease", None)
    assert next_kind(bare(attachments=(attachment(),))) is Kind.TAINT


def test_case_42_beside_other_drivers_only_pods_and_attachments_of_ebs_are_released() -> None:
    others = ("fsx.csi.aws.com",)

    assert next_kind(dead(other_drivers=others)) is Kind.RELEASE_POD
    assert next_kind(dead(other_drivers=others, pods=())) is Kind.DELETE_ATTACHMENT


def test_case_43_a_cluster_that_does_not_answer_is_asked_three_times() -> None:
    facts = dead(standing=Standing.UNREACHABLE)

    assert _ends(facts) == ("ClusterUnreachable", None)
    assert decide(replace(facts, memory=Memory(unreachable_looks=1))).pause
    assert decide(replace(facts, memory=Memory(unreachable_looks=2))).pause is None


def test_case_45_an_instance_that_ec2_does_not_tell_about_is_no_evidence() -> None:
    assert _ends(dead(State.UNKNOWN)) == ("NotConfirmed", None)
    assert _ends(dead(State.NOT_FOUND)) == ("NotConfirmed", None)


def test_case_47_a_detach_that_hangs_is_asked_for_again_and_then_given_to_a_person() -> None:
    hangs = bare(volumes=(volume(attachment_state="busy"),), memory=replace(WENT, detached={VOLUME: ago(91)}))

    assert next_kind(hangs) is Kind.DETACH
    assert next_kind(replace(hangs, memory=replace(hangs.memory, last_act_at=ago(90)))) is None
    # Force is in no act: what it endangers, a person is told.
    assert _ends(replace(hangs, memory=replace(hangs.memory, dead_since=ago(900)))) == ("Stuck", None)


def test_case_48_a_volume_that_never_got_attached_is_detached() -> None:
    assert next_kind(bare(volumes=(volume(attachment_state="attaching"),), memory=WENT)) is Kind.DETACH


def test_case_49_what_aws_manages_is_never_detached() -> None:
    assert next_kind(bare(volumes=(volume(is_managed=True),), memory=WENT)) is None


def test_case_53_a_taint_that_went_with_its_node_needs_nothing() -> None:
    assert _ends(bare(TERMINATED, node=None, volumes=(FREE,), memory=WENT)) == ("Released", None)
    assert _ends(bare(TERMINATED, node=REPLACED, volumes=(FREE,))) == ("NothingToRelease", None)


def test_case_54_a_taint_of_somebody_else_stays_and_its_pods_go() -> None:
    theirs = node(taints=(OUT_OF_SERVICE,), lease_renewed_at=ago(1))
    back = instance(RUNNING, launched_at=ago(60))

    assert next_kind(dead(node=theirs, memory=ON_TIME)) is Kind.RELEASE_POD
    assert _ends(bare(RUNNING, node=theirs, instance=back)) == ("Alive", None)


@pytest.mark.parametrize(("minor", "kind"), [(23, Kind.RELEASE_POD), (25, Kind.RELEASE_POD), (26, Kind.TAINT)])
def test_case_55_before_1_26_no_taint_is_set(minor: int, kind: Kind) -> None:
    # The page has one way for all of them; below 1.24 nothing is refused.
    assert next_kind(dead(cluster=Cluster(nodes=10, healthy=9, minor=minor))) is kind


def test_case_56_a_whole_fleet_that_is_stopped_at_night_is_planned() -> None:
    down = tuple(Neighbour(instance=f"i-{number}", **PLANNED) for number in range(40))
    fleet = dead(instance=instance(**PLANNED), cluster=Cluster(nodes=60, healthy=20, down=down, minor=30))

    assert _ends(fleet) == ("PlannedStop", None)


def test_case_57_a_lease_that_moves_contradicts_ec2_until_a_person_looks() -> None:
    moves = node(ready="True", lease_renewed_at=ago(1))
    facts = dead(node=moves, memory=Memory(lease=ago(11), lease_since=ago(300)))

    assert _ends(facts) == ("Contradicted", None)
    assert _ends(replace(facts, memory=replace(facts.memory, dead_since=ago(900)))) == ("Stuck", None)


def test_case_58_a_termination_that_was_only_asked_for_is_no_evidence() -> None:
    assert _ends(dead(RUNNING, node=node(ready="True"))) == ("Alive", None)
