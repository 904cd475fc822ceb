"""What the real cloud controller was seen to do; the numbers are those of the facts, "What else was seen".

Over 120 lines because each of these surprises is a small story.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import body, created, listener_modified, tagged

Lines = list[dict[str, Any]]
ASKS = {"pitcrew:proxy-protocol": "enabled"}
SHARED = ("HTTP", "10256")
"""The health check of the Shared probe mode."""


def _verdicts(lines: Lines) -> list[str]:
    return [str(line["verdict"]) for line in lines if "verdict" in line]


def test_seen_01_a_modification_at_every_reconcile_costs_no_call(
    load_event: Callable[[str], dict[str, Any]], log_lines: Lines
) -> None:
    cloud = Cloud(policy("*/*/*"))

    cloud.on_event(json.dumps(load_event("elbv2-modify-target-group.every-reconcile.standin")))

    assert _verdicts(log_lines) == ["NotOurs"]
    assert cloud.calls.count("elbv2").total() == 0


def test_seen_02_a_check_moved_in_place_is_found_by_the_sweep(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    cloud.on_event(tagged(arn))
    log_lines.clear()
    cloud.account.groups[arn].check = SHARED

    cloud.sweep()

    (line,) = [line for line in log_lines if "verdict" in line]
    assert (line["verdict"], line["notes"], line["level"]) == ("AlreadySet", ["HealthCheckFails"], "WARNING")


def test_seen_03_a_service_whose_groups_disagree_is_reported(log_lines: Lines) -> None:
    cloud = Cloud()
    asks = cloud.account.add(tags=ASKS)
    quiet = cloud.account.add()

    cloud.sweep()

    assert [line["groups"] for line in log_lines if "groups" in line] == [{asks: "true", quiet: "false"}]


def test_seen_04_a_name_that_comes_back_is_another_group() -> None:
    cloud = Cloud()
    first = cloud.account.add(tags=ASKS)
    cloud.on_event(tagged(first))
    cloud.account.delete(first)
    second = cloud.account.add(tags=ASKS, arn=f"{first[:-16]}{'f' * 16}")

    cloud.on_event(created(cloud.account.groups[second]))

    assert cloud.account.switched_on == {second}


def test_seen_05_a_creation_that_repeats_for_one_group_writes_once() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS, is_attached=False)
    group = cloud.account.groups[arn]

    cloud.on_event(*(created(group, age=timedelta(seconds=age)) for age in (35, 15, 5, 0)))

    assert len(cloud.calls.of("ModifyTargetGroupAttributes")) == 1


def test_seen_06_a_group_that_a_failed_registration_left_behind_is_unattached() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS, is_attached=False)

    assert cloud.sweep() == {"Unattached": 1}
    assert not cloud.account.is_on(arn)


def test_seen_07_an_adopted_zombie_is_judged_by_its_real_tags_and_attributes(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags={"pitcrew:proxy-protocol": "disabled"}, is_attached=False)
    event = json.loads(created(cloud.account.groups[arn]))
    event["detail"]["requestParameters"] = {"tags": [{"key": "pitcrew:proxy-protocol", "value": "enabled"}]}

    cloud.on_event(json.dumps(event))

    assert _verdicts(log_lines) == ["OptedOut"]
    assert cloud.calls.mutations == []


def test_seen_08_the_listener_says_which_port_a_group_serves_and_not_its_own_port() -> None:
    cloud = Cloud(policy("prod/shop/web:443"))
    first, second = cloud.account.add(is_attached=False), cloud.account.add(is_attached=False)
    cloud.account.groups[first].port = 443
    cloud.account.attach(first, port=80)
    cloud.account.attach(second, port=443, is_weighted=True)

    cloud.on_event(listener_modified(first, second))

    assert cloud.account.switched_on == {second}


def test_seen_12_an_empty_text_in_place_of_an_empty_list_names_nothing(log_lines: Lines) -> None:
    cloud = Cloud()

    assert cloud.on_event(body("AddTags", request={"resourceArns": ""}), body("CreateListener", request="")) == []
    assert _verdicts(log_lines) == ["NotOurs", "NotOurs"]
