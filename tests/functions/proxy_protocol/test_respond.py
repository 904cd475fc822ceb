"""The queue's records: each group judged, mended where it is to be, and proven.

Over 120 lines because an effect has many outcomes, each with its proof.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import body, created, listener_created, listener_modified, tagged
from tests.functions.proxy_protocol.facts import ASKED
from tests.functions.proxy_protocol.failures import refusal

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]
APPLIED = "pitcrew:attributes-applied"
WISH_HASH = "e55fd63789326612"


def test_a_new_group_that_asks_is_switched_on_and_remembers_the_wish() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED), is_attached=False)
    before = dict(cloud.account.groups[arn].attributes)

    failed = cloud.on_event(created(cloud.account.groups[arn]))

    assert failed == []
    assert cloud.account.groups[arn].attributes == before | {"proxy_protocol_v2.enabled": "true"}
    assert cloud.account.groups[arn].tags == ASKED | {APPLIED: WISH_HASH}


def test_only_the_key_that_differs_is_written_and_only_our_tag() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))

    cloud.on_event(tagged(arn))

    modify, add_tags = cloud.calls.mutations
    assert modify.kwargs["Attributes"] == [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    assert add_tags.kwargs == {"ResourceArns": [arn], "Tags": [{"Key": APPLIED, "Value": WISH_HASH}]}


def test_the_proof_says_what_was_read_why_and_what_was_done(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))

    cloud.on_event(tagged(arn))

    (line,) = log_lines
    modify = next(number for number, call in enumerate(cloud.calls.made, 1) if call.is_mutating)
    assert (
        line.items()
        >= {
            "level": "INFO",
            "message": "target group judged",
            "verdict": "Enable",
            "mode": "enforce",
            "cause": {"event": "event-of-AddTags", "apiCall": "AddTags"},
            "group": arn,
            "kubernetesService": "shop/web",
            "cluster": "prod",
            "wish": {"proxy_protocol_v2.enabled": "true"},
            "source": "GROUP_TAG",
            "rule": "otherwise",
            "call": "ModifyTargetGroupAttributes",
            "requestId": f"request-{modify}",
            "before": {"proxy_protocol_v2.enabled": "false"},
            "after": {"proxy_protocol_v2.enabled": "true"},
            "verification": "attribute",
        }.items()
    )
    assert line["facts"]["tags"] == ASKED
    assert line["facts"]["attributes"]["proxy_protocol_v2.enabled"] == "false"
    assert line["facts"]["shape"] == {"protocol": "TCP", "target_type": "instance", "vpc_id": "vpc-1"}


def test_the_ports_of_a_port_list_are_in_the_proof(log_lines: Lines) -> None:
    cloud = Cloud(policy("prod/shop/web:80,443"))
    arn = cloud.account.add()
    cloud.account.attach(arn, port=443)

    cloud.on_event(listener_created(arn))

    assert [line["facts"]["listener_ports"] for line in log_lines] == [[80, 443]]


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        (dict(ASKED), "INFO"),
        ({"pitcrew:proxy-protocol": "yes"}, "WARNING"),
        ({"kubernetes.io/cluster/b": "owned"}, "WARNING"),
    ],
)
def test_what_a_person_should_see_is_a_warning(log_lines: Lines, tags: dict[str, str], level: str) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=tags)

    cloud.on_event(tagged(arn))

    assert [line["level"] for line in log_lines] == [level]


def test_a_check_that_cannot_parse_the_header_is_a_warning_with_the_remedy(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED), check=("HTTP", "32487"))

    cloud.on_event(tagged(arn))

    (line,) = log_lines
    assert (line["level"], line["verdict"], line["notes"]) == ("WARNING", "EnableUnhealthy", ["HealthCheckFails"])
    assert "aws-load-balancer-healthcheck-protocol: TCP" in line["remedy"]
    assert cloud.account.is_on(arn)


def test_each_verdict_is_counted_with_its_mode_and_each_effect_timed(metrics: Metrics) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    other = cloud.account.add()

    cloud.on_event(tagged(arn, other))

    read = metrics()
    verdicts = [(one["verdict"], one["mode"], one["Verdicts"]) for one in read if "Verdicts" in one]
    assert verdicts == [("Enable", "enforce", [1.0]), ("NotAskedFor", "enforce", [1.0])]
    (took,) = [one["SecondsToEffect"][0] for one in read if "SecondsToEffect" in one]
    assert 20 <= took <= 60


@pytest.mark.parametrize("named", [tagged, listener_created, listener_modified])
def test_every_group_that_an_event_names_is_done(named: Callable[..., str]) -> None:
    cloud = Cloud()
    arns = [cloud.account.add(tags=dict(ASKED)) for _ in range(3)]

    cloud.on_event(named(*arns))

    assert cloud.account.switched_on == set(arns)


def test_a_group_that_cannot_be_asked_leaves_the_others_of_its_event_done() -> None:
    cloud = Cloud()
    arns = [cloud.account.add(tags=dict(ASKED)) for _ in range(3)]
    cloud.calls.fail("DescribeTags", refusal("Throttling"), only=lambda kwargs: arns[1] in kwargs["ResourceArns"])

    failed = cloud.on_event(tagged(*arns))

    assert failed == ["0"]
    assert cloud.account.switched_on == {arns[0], arns[2]}


def test_a_record_that_failed_is_logged_with_its_message(log_lines: Lines) -> None:
    cloud = Cloud()

    cloud.on_event("{")

    (line,) = log_lines
    assert (line["level"], line["message_id"]) == ("ERROR", "0")
    assert "not JSON" in line["exception"]


def test_an_event_that_names_no_group_is_not_ours(log_lines: Lines) -> None:
    failed = Cloud().on_event(body("CreateTargetGroup"))

    assert failed == []
    (line,) = log_lines
    assert (line["verdict"], line["level"]) == ("NotOurs", "INFO")
    assert line["cause"] == {"event": "event-of-CreateTargetGroup", "apiCall": "CreateTargetGroup"}


@pytest.mark.parametrize("seconds_left", [10.0, 0.0, -5.0])
def test_a_record_without_time_for_its_calls_makes_none_and_comes_again(seconds_left: float) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))

    failed = cloud.on_event(tagged(arn), seconds_left=seconds_left)

    assert failed == ["0"]
    assert cloud.calls.count("elbv2").total() == 0


def test_a_tag_that_could_not_be_written_is_a_metric_and_no_failure(metrics: Metrics) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail("AddTags", refusal("AccessDenied"))

    failed = cloud.on_event(tagged(arn))

    assert failed == []
    assert cloud.account.is_on(arn)
    assert [one["TagNotWritten"] for one in metrics() if "TagNotWritten" in one] == [[1.0]]


def test_without_the_tag_one_more_repair_comes_before_contested(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail("AddTags", refusal("Throttling"), times=1)

    for _ in range(3):
        cloud.on_event(tagged(arn))
        cloud.account.groups[arn].attributes["proxy_protocol_v2.enabled"] = "false"

    assert [line["verdict"] for line in log_lines if "verdict" in line] == ["Enable", "Enable", "Contested"]


def test_an_answer_that_is_not_what_was_written_is_unverified(log_lines: Lines, metrics: Metrics) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    cloud.elbv2.forgets_writes = True

    failed = cloud.on_event(tagged(arn))

    (line,) = log_lines
    assert failed == []
    assert (line["verdict"], line["level"]) == ("Unverified", "WARNING")
    assert line["rule"] == "the answer to the write is not what was written"
    assert line["after"] == {"proxy_protocol_v2.enabled": "false"}
    assert cloud.calls.of("AddTags") == []
    assert [one for one in metrics() if "SecondsToEffect" in one] == []


def test_a_refused_write_says_what_aws_said(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail("ModifyTargetGroupAttributes", refusal("AccessDenied"))

    failed = cloud.on_event(tagged(arn))

    (line,) = log_lines
    assert failed == []
    assert (line["verdict"], line["level"]) == ("Refused", "WARNING")
    assert line["rule"].startswith("AWS refused the write")
    assert "AccessDenied at ModifyTargetGroupAttributes" in line["error"]
    assert (line["call"], line["requestId"]) == (
        "ModifyTargetGroupAttributes",
        "refused-ModifyTargetGroupAttributes",
    )


def test_our_own_tag_coming_back_as_an_event_makes_no_loop() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    cloud.on_event(tagged(arn))
    written = len(cloud.calls.mutations)

    cloud.on_event(tagged(arn), body("ModifyTargetGroupAttributes", request={"targetGroupArn": arn}))

    assert len(cloud.calls.mutations) == written
