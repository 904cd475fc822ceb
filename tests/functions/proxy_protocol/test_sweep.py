"""The sweep: what no event told, in turns, as far as its time goes.

Over 120 lines because a sweep reports, splits, takes turns and runs out of time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.proxy_protocol.decision import Facts
from functions.proxy_protocol.sweep import SweepIncompleteError, Turn
from pitcrew.deadline import Deadline
from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.facts import ASKED
from tests.functions.proxy_protocol.failures import refusal

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]
EVERY = timedelta(minutes=15)


def test_a_group_whose_event_was_lost_is_mended_and_counted(metrics: Metrics) -> None:
    cloud = Cloud()
    arns = {cloud.account.add(tags=dict(ASKED)) for _ in range(2)}
    cloud.account.add()

    counts = cloud.sweep()

    assert cloud.account.switched_on == arns
    assert counts == {"Enable": 2, "NotAskedFor": 1}
    assert [one["MendedBySweep"] for one in metrics() if "MendedBySweep" in one] == [[2.0]]


def test_where_nothing_was_mended_nothing_is_counted_as_mended(metrics: Metrics) -> None:
    cloud = Cloud()
    refused = cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail("ModifyTargetGroupAttributes", refusal("AccessDenied"))

    assert cloud.sweep() == {"Refused": 1}
    assert not cloud.account.is_on(refused)
    assert not [one for one in metrics() if "MendedBySweep" in one]


def test_a_write_that_was_not_verified_is_not_counted_as_mended(metrics: Metrics) -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    cloud.elbv2.forgets_writes = True

    assert cloud.sweep() == {"Unverified": 1}
    assert not [one for one in metrics() if "MendedBySweep" in one]


def test_acts_and_held_back_groups_are_lines_and_the_rest_are_counts(log_lines: Lines, metrics: Metrics) -> None:
    cloud = Cloud(policy("*/shop/*"))
    cloud.account.add(service="other/web", tags={"pitcrew:proxy-protocol": "enabled"})
    cloud.account.add(service="shop/busy", states=("healthy",))
    cloud.account.add(service="shop/local", check=("HTTP", "32487"))
    cloud.account.add(service="quiet/a")
    cloud.account.add(service="quiet/b")
    cloud.account.add(service="quiet/udp", protocol="UDP")

    cloud.sweep()

    proven = [line["verdict"] for line in log_lines if line["message"] == "target group judged"]
    assert sorted(proven) == ["Enable", "HealthCheckBlocks", "InService"]
    counted = {one["verdict"]: one["Verdicts"] for one in metrics() if "Verdicts" in one}
    assert counted == {
        "Enable": [1.0],
        "InService": [1.0],
        "HealthCheckBlocks": [1.0],
        "NotAskedFor": [2.0],
        "UnsupportedProtocol": [1.0],
    }


def test_the_proof_of_a_sweep_says_so(log_lines: Lines) -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))

    cloud.sweep()

    assert log_lines[0]["cause"] == {"sweep": True}
    assert log_lines[-1].items() >= {"message": "sweep done", "candidates": 1, "undone": 0}.items()


def test_groups_of_no_service_are_not_even_candidates() -> None:
    cloud = Cloud(policy("*/*/*"))
    cloud.account.add(service=None)

    assert cloud.sweep() == {}


def test_a_group_in_no_load_balancer_is_left_alone() -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED), is_attached=False)

    assert cloud.sweep() == {"Unattached": 1}
    assert cloud.calls.mutations == []


def test_a_wish_withdrawn_since_the_tagging_api_last_knew_is_not_granted() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags={"pitcrew:proxy-protocol": "disabled"})
    cloud.tagging.late[arn] = dict(ASKED)

    assert cloud.sweep() == {"OptedOut": 1}
    assert cloud.calls.mutations == []


def test_a_group_that_only_the_tagging_api_remembers_is_no_candidate() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    cloud.account.delete(arn)
    cloud.tagging.late[arn] = dict(ASKED)

    assert cloud.sweep() == {}


@pytest.mark.parametrize("dead", [0, 7, 19])
def test_a_batch_of_tags_with_one_dead_group_is_split_and_the_rest_goes_on(dead: int) -> None:
    cloud = Cloud()
    arns = [cloud.account.add(tags=dict(ASKED)) for _ in range(20)]
    gone = arns[dead]
    cloud.calls.fail("DescribeTags", refusal("TargetGroupNotFound"), only=lambda kwargs: gone in kwargs["ResourceArns"])

    counts = cloud.sweep()

    assert counts == {"Enable": 19, "Gone": 1}
    assert cloud.account.switched_on == set(arns) - {gone}
    assert len(cloud.calls.of("DescribeTags")) <= 2 * 5 + 1


def test_a_batch_of_only_dead_groups_ends_too() -> None:
    cloud = Cloud()
    for _ in range(20):
        cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail("DescribeTags", refusal("TargetGroupNotFound"))

    assert cloud.sweep() == {"Gone": 20}


def test_a_sweep_that_left_something_undone_fails_and_says_how_much() -> None:
    cloud = Cloud()
    slow, fine = cloud.account.add(tags=dict(ASKED)), cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail(
        "DescribeTargetGroupAttributes", refusal("Throttling"), only=lambda kwargs: kwargs["TargetGroupArn"] == slow
    )

    with pytest.raises(SweepIncompleteError, match="1 of 2 target groups"):
        cloud.sweep()

    assert cloud.account.switched_on == {fine}


def test_a_sweep_without_time_changes_nothing_and_fails(log_lines: Lines) -> None:
    cloud = Cloud()
    for _ in range(3):
        cloud.account.add(tags=dict(ASKED))

    with pytest.raises(SweepIncompleteError, match="3 of 3"):
        cloud.sweep(deadline=Deadline(0))

    assert cloud.calls.mutations == []
    assert log_lines[-1]["undone"] == 3


class _Ticks:
    """A clock that moves on by a second each time somebody looks."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def test_a_sweep_whose_time_ends_underway_finishes_what_it_has_and_leaves_the_rest() -> None:
    cloud = Cloud()
    for _ in range(300):
        cloud.account.add(tags=dict(ASKED))

    with pytest.raises(SweepIncompleteError, match="of 300"):
        cloud.sweep(deadline=Deadline(500, clock=_Ticks()))

    assert 0 < len(cloud.account.switched_on) < 300


@pytest.mark.parametrize("seconds", range(12))
def test_whenever_its_time_ends_a_group_is_done_or_left_undone_and_nothing_in_between(seconds: int) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))

    try:
        cloud.sweep(deadline=Deadline(seconds, clock=_Ticks()))
    except SweepIncompleteError:
        assert cloud.calls.mutations == []
    else:
        assert cloud.account.groups[arn].tags.keys() >= {"pitcrew:attributes-applied"}
        assert cloud.account.is_on(arn)


def test_tags_are_not_read_again_where_no_time_is_left_to_use_them() -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    over_once_judged = Deadline(1, clock=lambda: float(len(cloud.calls.of("DescribeTargetGroupAttributes"))))

    with pytest.raises(SweepIncompleteError):
        cloud.sweep(deadline=over_once_judged)

    assert cloud.calls.of("DescribeTags") == []


def test_sweeps_that_each_reach_a_part_reach_everything_in_turn() -> None:
    candidates = [Facts(arn=f"{number:03}") for number in range(70)]
    capacity = 20
    seen: set[str] = set()

    for sweep in range(4):
        now = datetime(2026, 1, 2, tzinfo=UTC) + sweep * EVERY
        order = Turn(now=now, every=EVERY, capacity=capacity).order(candidates)
        assert sorted(facts.arn for facts in order) == [facts.arn for facts in candidates]
        seen |= {facts.arn for facts in order[:capacity]}

    assert len(seen) == 70


@pytest.mark.parametrize(
    ("number", "capacity", "start"), [(0, 20, 0), (1, 20, 20), (3, 20, 60), (4, 20, 10), (5, 0, 0)]
)
def test_the_starting_point_is_the_sweeps_number_times_its_capacity(number: int, capacity: int, start: int) -> None:
    candidates = [Facts(arn=f"{one:03}") for one in range(70)]
    now = datetime.fromtimestamp(0, UTC) + number * EVERY + timedelta(seconds=1)

    order = Turn(now=now, every=EVERY, capacity=capacity).order(candidates)

    assert order[0].arn == f"{start:03}"


def test_no_candidates_need_no_starting_point() -> None:
    assert Turn(now=datetime(2026, 1, 2, tzinfo=UTC), every=EVERY, capacity=20).order([]) == []


def test_groups_of_one_service_that_differ_are_told_in_a_line(log_lines: Lines, metrics: Metrics) -> None:
    cloud = Cloud()
    on = cloud.account.add(attributes={"proxy_protocol_v2.enabled": "true"})
    off = cloud.account.add()
    cloud.account.add(service="shop/other")

    cloud.sweep()

    (line,) = (line for line in log_lines if "groups" in line)
    assert (line["level"], line["kubernetesService"]) == ("WARNING", "prod/shop/web")
    assert line["groups"] == {on: "true", off: "false"}
    assert [one["GroupsDisagree"] for one in metrics() if "GroupsDisagree" in one] == [[1.0]]


def test_an_act_is_proven_even_where_the_sweep_dies_after_it(log_lines: Lines) -> None:
    cloud = Cloud()
    done = cloud.account.add(tags=dict(ASKED))
    fatal = cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail(
        "ModifyTargetGroupAttributes",
        lambda _: RuntimeError("nobody expects this"),
        only=lambda kwargs: kwargs["TargetGroupArn"] == fatal,
    )

    with pytest.raises(RuntimeError):
        cloud.sweep()

    assert [line["group"] for line in log_lines if line.get("call")] == [done]


def test_groups_that_agree_once_mended_are_not_noted(log_lines: Lines) -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED), attributes={"proxy_protocol_v2.enabled": "true"})
    cloud.account.add(tags=dict(ASKED))

    cloud.sweep()

    assert [line["notes"] for line in log_lines if "notes" in line] == [[]]


def test_two_clusters_services_of_one_name_do_not_disagree(log_lines: Lines) -> None:
    cloud = Cloud()
    cloud.account.add(cluster="a", attributes={"proxy_protocol_v2.enabled": "true"})
    cloud.account.add(cluster="b")

    cloud.sweep()

    assert not [line for line in log_lines if "notes" in line]


@pytest.mark.parametrize("tags", [{}, {"pitcrew:proxy-protocol": "disabled"}, dict(ASKED)])
def test_a_check_that_was_moved_in_place_is_noted_whoever_switched_the_group_on(
    log_lines: Lines, tags: dict[str, str]
) -> None:
    cloud = Cloud()
    cloud.account.add(tags=tags, attributes={"proxy_protocol_v2.enabled": "true"}, check=("HTTP", "10256"))

    cloud.sweep()

    assert [line["notes"] for line in log_lines if "notes" in line] == [["HealthCheckFails"]]


def test_a_group_deleted_while_its_attributes_are_read_is_gone_though_nobody_asked_for_it() -> None:
    cloud = Cloud()
    cloud.account.add()
    cloud.calls.fail("DescribeTargetGroupAttributes", refusal("TargetGroupNotFound"))

    assert cloud.sweep() == {"Gone": 1}


def test_a_thousand_groups_are_found_over_all_pages() -> None:
    cloud = Cloud()
    arns = {cloud.account.add(tags=dict(ASKED)) for _ in range(1000)}

    assert cloud.sweep() == {"Enable": 1000}
    assert cloud.account.switched_on == arns
