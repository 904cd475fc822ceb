"""An operator's runs: a plan shows and changes nothing, an apply does what was shown.

Over 120 lines because it holds every sentence of operations.md, "Console-run state machines", about these functions.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.proxy_protocol.decision.rules import Verdict
from pitcrew.plan import ROWS, PlanNotFoundError, PlanTooOldError
from pitcrew.request import BadInputError
from tests.functions.proxy_protocol.account import HOME, Account
from tests.functions.proxy_protocol.cloud import MACHINE, Cloud, policy
from tests.functions.proxy_protocol.facts import ASKED, LOAD_BALANCER
from tests.functions.proxy_protocol.failures import refusal

Lines = list[dict[str, Any]]
LIMIT = 256 * 1024
"""Bytes of a state's output (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html)."""

BAD_INPUTS: list[tuple[object, str]] = [
    ([], "must be an object"),
    (None, "must be an object"),
    ("{}", "must be an object"),
    (5, "must be an object"),
    ({"dryRun": False}, "'dryRun' is unknown; the nearest is 'apply'"),
    ({"tagret": "vpc-1"}, "'tagret' is unknown; the nearest is 'target'"),
    ({"aply": "plan-1"}, "'aply' is unknown; the nearest is 'apply'"),
    ({"comment": "x"}, "'comment' is unknown"),
    ({"target": ""}, "'target' is \"\""),
    ({"target": "  "}, "'target' is"),
    ({"target": None}, "'target' is null"),
    ({"target": ["vpc-1"]}, "'target' is"),
    ({"apply": True}, "'apply' is true"),
    ({"target": "vpc-1", "apply": "plan-1"}, "do not go together"),
    ({"target": LOAD_BALANCER}, "no target group here"),
    ({"target": HOME.replace("us-east-1", "eu-west-1") + "k8s-a/0000000000000001"}, "no target group here"),
]


@pytest.mark.parametrize(("given", "cause"), BAD_INPUTS, ids=[json.dumps(given)[:30] for given, _ in BAD_INPUTS])
def test_a_bad_input_is_refused_with_its_cause_and_a_valid_example(given: object, cause: str) -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))

    with pytest.raises(BadInputError) as refused:
        cloud.plan(given)

    assert cause in str(refused.value)
    assert '{"target":' in str(refused.value) or HOME in str(refused.value)
    assert cloud.calls.mutations == []


@pytest.mark.parametrize("given", [{}, {"Comment": "started from the console"}, {"target": "vpc-1", "Comment": ""}])
def test_a_plan_judges_and_changes_nothing(given: object) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    before = cloud.account.state

    output = cloud.plan(given)

    assert [(row["subject"], row["verdict"]) for row in output["table"]] == [(arn, "Enable")]
    assert cloud.account.state == before
    assert cloud.calls.mutations == []


def test_the_output_of_a_plan_says_what_would_be_done_and_how_to_go_on() -> None:
    cloud = Cloud(policy("*/shop/busy"))
    for _ in range(3):
        cloud.account.add(tags=dict(ASKED))
    cloud.account.add(service="shop/busy", states=("healthy",))

    output = cloud.plan(name="a-plan")

    assert output["summary"] == "3 would be switched on, 1 held back (InService)"
    assert output["counts"] == {"Enable": 3, "InService": 1}
    assert output["planId"] == "a-plan"
    assert '{"apply": "a-plan"}' in output["nextStep"]


def test_where_nothing_is_to_be_done_there_is_no_next_step() -> None:
    cloud = Cloud()
    cloud.account.add()

    output = cloud.plan()

    assert output["nextStep"] == "nothing to apply"
    assert output["summary"] == "0 would be switched on, 0 held back"


def test_a_plan_shows_acts_first_then_what_is_held_back_then_warnings_then_the_rest() -> None:
    cloud = Cloud(policy("*/shop/busy"))
    cloud.account.add()
    cloud.account.add(tags={"kubernetes.io/cluster/b": "owned"})
    cloud.account.add(service="shop/busy", states=("healthy",))
    cloud.account.add(tags=dict(ASKED), check=("HTTP", "32487"))
    cloud.account.add(tags=dict(ASKED))

    verdicts = [row["verdict"] for row in cloud.plan()["table"]]

    assert verdicts == ["EnableUnhealthy", "Enable", "InService", "AmbiguousCluster", "NotAskedFor"]


def test_a_row_says_what_a_person_needs_to_decide() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED), check=("HTTP", "32487"))

    (row,) = cloud.plan()["table"]

    assert row.items() >= {"subject": arn, "service": "shop/web", "cluster": "prod", "enabled": "false"}.items()
    assert "healthcheck-protocol: TCP" in row["remedy"]


Selects = Callable[[Account], str]
TARGETS: list[tuple[str, Selects, set[int]]] = [
    ("a VPC", lambda _: "vpc-2", {1}),
    ("a cluster", lambda _: "dev", {2}),
    ("a Service", lambda _: "shop/api", {3}),
    ("a group", lambda account: next(iter(account.groups)), {0}),
    ("nothing that is there", lambda _: "vpc-9", set()),
]


@pytest.mark.parametrize(("select", "expected"), [row[1:] for row in TARGETS], ids=[row[0] for row in TARGETS])
def test_a_target_narrows_a_plan(select: Selects, expected: set[int]) -> None:
    cloud = Cloud()
    arns = [
        cloud.account.add(tags={"pitcrew:proxy-protocol": "enabled"}),
        cloud.account.add(tags={"pitcrew:proxy-protocol": "enabled"}, vpc_id="vpc-2"),
        cloud.account.add(tags={"pitcrew:proxy-protocol": "enabled"}, cluster="dev"),
        cloud.account.add(tags={"pitcrew:proxy-protocol": "enabled"}, service="shop/api"),
    ]

    output = cloud.plan({"target": select(cloud.account)})

    assert {row["subject"] for row in output["table"]} == {arns[number] for number in expected}


def test_a_group_that_is_gone_is_planned_as_gone() -> None:
    cloud = Cloud()

    output = cloud.plan({"target": f"{HOME}k8s-a/0000000000000001"})

    assert [row["verdict"] for row in output["table"]] == ["Gone"]


def test_a_plan_of_nothing_says_that_nothing_is_meant() -> None:
    assert Cloud().plan()["summary"] == "no target group of a Kubernetes Service is meant"


def test_a_plan_whose_groups_cannot_be_asked_does_not_say_that_nothing_is_meant() -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    cloud.calls.fail("DescribeTargetGroupAttributes", refusal("Throttling"))

    summary = cloud.plan()["summary"]

    assert "1 could not be judged" in summary
    assert "is meant" not in summary


def test_groups_of_one_service_that_differ_are_noted_in_a_plan() -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED), attributes={"proxy_protocol_v2.enabled": "true"})
    cloud.account.add(tags=dict(ASKED))

    assert [row["notes"] for row in cloud.plan()["table"]] == [["GroupsDisagree"]] * 2


def test_every_verdict_of_a_plan_and_of_an_apply_is_proven(log_lines: Lines) -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    cloud.account.add()

    cloud.plan(name="p")
    cloud.apply("p")

    proven = [(line["verdict"], line["cause"]) for line in log_lines if "verdict" in line]
    assert proven == [("Enable", {"plan": "p"}), ("NotAskedFor", {"plan": "p"}), ("Enable", {"apply": "p"})]


def test_an_apply_does_what_the_plan_has_shown() -> None:
    cloud = Cloud()
    plain, unhealthy = (
        cloud.account.add(tags=dict(ASKED)),
        cloud.account.add(tags=dict(ASKED), check=("HTTP", "32487")),
    )
    cloud.account.add()
    cloud.plan()

    output = cloud.apply()

    assert cloud.account.switched_on == {plain, unhealthy}
    assert output["summary"] == "2 switched on, 0 not"
    assert output["changed"] == []
    assert [(row["subject"], row["planned"], row["now"], row["result"]) for row in output["table"]] == [
        (unhealthy, "EnableUnhealthy", "EnableUnhealthy", "applied"),
        (plain, "Enable", "Enable", "applied"),
    ]


def test_applying_twice_changes_nothing_the_second_time() -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    cloud.plan()
    cloud.apply()
    written, state = len(cloud.calls.mutations), cloud.account.state

    output = cloud.apply(name="apply-2")

    assert (len(cloud.calls.mutations), cloud.account.state) == (written, state)
    assert [(row["planned"], row["now"]) for row in output["changed"]] == [("Enable", "AlreadySet")]


def _set_by_hand(account: Account, arn: str) -> None:
    account.groups[arn].attributes["proxy_protocol_v2.enabled"] = "true"


def _opt_out(account: Account, arn: str) -> None:
    account.groups[arn].tags["pitcrew:proxy-protocol"] = "disabled"


def _spoil_the_check(account: Account, arn: str) -> None:
    account.groups[arn].check = ("HTTP", "10256")


CHANGES: list[tuple[Callable[[Account, str], None], str]] = [
    (_set_by_hand, "AlreadySet"),
    (_opt_out, "OptedOut"),
    (_spoil_the_check, "EnableUnhealthy"),
    (Account.delete, "Gone"),
]


@pytest.mark.parametrize(("change", "verdict"), CHANGES, ids=[verdict for _, verdict in CHANGES])
def test_a_row_whose_verdict_has_changed_is_listed_with_both_and_not_done(
    change: Callable[[Account, str], None], verdict: str
) -> None:
    cloud = Cloud()
    changed, same = cloud.account.add(tags=dict(ASKED)), cloud.account.add(tags=dict(ASKED))
    cloud.plan()
    change(cloud.account, changed)

    output = cloud.apply()

    assert output["changed"] == [{"subject": changed, "planned": "Enable", "now": verdict, "result": "changed"}]
    assert {call.kwargs["TargetGroupArn"] for call in cloud.calls.of("ModifyTargetGroupAttributes")} == {same}


HELD_BACK: dict[str, dict[str, Any]] = {
    "InService": {"states": ("healthy",)},
    "HealthCheckBlocks": {"check": ("HTTP", "32487")},
    "Contested": {"tags": {"pitcrew:attributes-applied": "e55fd63789326612"}},
}


@pytest.mark.parametrize("verdict", HELD_BACK)
@pytest.mark.parametrize("target", [{}, {"target": "vpc-1"}, {"target": "prod"}, {"target": "shop/web"}])
def test_what_is_held_back_is_not_done_by_a_plan_of_more(verdict: str, target: dict[str, str]) -> None:
    cloud = Cloud(policy("*/shop/*"))
    cloud.account.add(**HELD_BACK[verdict])

    output = cloud.plan(target)
    applied = cloud.apply()

    assert [row["verdict"] for row in output["table"]] == [verdict]
    assert output["nextStep"] == "nothing to apply"
    assert applied["table"] == []
    assert cloud.calls.mutations == []


@pytest.mark.parametrize("verdict", HELD_BACK)
def test_what_is_held_back_is_done_where_the_plan_was_of_exactly_that_group(verdict: str) -> None:
    cloud = Cloud(policy("*/shop/*"))
    arn = cloud.account.add(**HELD_BACK[verdict])

    output = cloud.plan({"target": arn})
    applied = cloud.apply()

    assert '{"apply": "plan-1"}' in output["nextStep"]
    assert applied["counts"] == {"applied": 1}
    assert cloud.account.switched_on == {arn}


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {"Enable", "EnableUnhealthy", *HELD_BACK}))
def test_no_other_verdict_is_ever_applied_even_if_the_plan_is_of_that_group(verdict: str) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))
    cloud.plan({"target": arn})
    execution = cloud.states.executions[f"{MACHINE}:plan-1"]
    execution["output"] = execution["output"].replace('"verdict": "Enable"', f'"verdict": "{verdict}"')

    assert cloud.apply()["table"] == []

    assert cloud.calls.mutations == []


@pytest.mark.parametrize("minutes", [61, 600])
def test_a_plan_older_than_60_minutes_is_refused(minutes: int) -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    cloud.plan(ago=timedelta(minutes=minutes))

    with pytest.raises(PlanTooOldError, match=f"{minutes} minutes old"):
        cloud.apply()

    assert cloud.calls.mutations == []


def test_a_plan_of_59_minutes_is_applied() -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    cloud.plan(ago=timedelta(minutes=59))

    assert cloud.apply()["counts"] == {"applied": 1}


def test_an_id_that_nobody_made_is_refused() -> None:
    with pytest.raises(PlanNotFoundError, match="'nobody'"):
        Cloud().apply("nobody")


def test_the_id_of_an_apply_is_refused() -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    cloud.plan()
    cloud.apply(name="an-apply")

    with pytest.raises(PlanNotFoundError, match="made no plan"):
        cloud.apply("an-apply")


def test_the_id_of_a_plan_that_is_still_running_is_refused() -> None:
    cloud = Cloud()
    cloud.states.running(f"{MACHINE}:slow")

    with pytest.raises(PlanNotFoundError, match="RUNNING"):
        cloud.apply("slow")


def test_rows_that_were_not_shown_are_not_applied() -> None:
    cloud = Cloud()
    for _ in range(ROWS + 5):
        cloud.account.add(tags=dict(ASKED))

    output = cloud.plan()
    cloud.apply()

    assert len(output["table"]) == ROWS
    assert "5 rows are not shown and will not be applied" in output["summary"]
    assert output["counts"] == {"Enable": ROWS + 5}
    assert cloud.account.switched_on == {row["subject"] for row in output["table"]}


def test_a_refused_row_is_said_to_be_refused() -> None:
    cloud = Cloud()
    cloud.account.add(tags=dict(ASKED))
    cloud.plan()
    cloud.calls.fail("ModifyTargetGroupAttributes", refusal("AccessDenied"))

    output = cloud.apply()

    assert [(row["now"], row["result"]) for row in output["table"]] == [("Refused", "refused")]
    assert output["summary"] == "0 switched on, 1 not"
    assert output["changed"] == []


LONGEST_NAME, LONGEST_TAG_KEY = 63, 128


def _worst_plan(service: str, letter: str) -> dict[str, Any]:
    """Plan more rows than are shown, each with the longest texts and every note."""
    cloud = Cloud(policy("*/*/*"))
    cluster = letter * (LONGEST_TAG_KEY - len("kubernetes.io/cluster/"))
    for number in range(ROWS + 10):
        cloud.account.add(
            service=service,
            cluster=cluster,
            check=("HTTP", "32487"),
            arn=f"{HOME}{'k8s-' + 'x' * 28}/{number:016x}",
            tags={"pitcrew:proxy-protocol": "what is this?"},
            attributes={"proxy_protocol_v2.enabled": ("true", "false")[number % 2]},
        )
    return cloud.plan({"target": service})


def test_200_of_the_longest_rows_that_kubernetes_can_name_fit_into_a_states_output() -> None:
    output = _worst_plan("n" * LONGEST_NAME + "/" + "s" * LONGEST_NAME, "c")

    assert len(output["table"]) == ROWS
    assert len(json.dumps(output).encode()) <= LIMIT


def test_of_rows_that_only_aws_can_name_as_many_are_shown_as_fit() -> None:
    output = _worst_plan("界" * 127 + "/" + "界" * 128, "界")

    hidden = ROWS + 10 - len(output["table"])
    assert f"{hidden} rows are not shown" in output["summary"]
    assert ROWS / 4 < len(output["table"]) < ROWS
    assert len(json.dumps(output).encode()) <= LIMIT
