"""The numbered cases of the facts on proxy protocol (section 9), and those that the design page adds.

Over 120 lines because there are 38 numbered cases. Where the facts and the design page's table differ, the table
stands.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from functions.proxy_protocol.decision import Policy, Verdict
from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import body, created, listener_created, listener_modified, tagged
from tests.functions.proxy_protocol.facts import ASKED
from tests.functions.proxy_protocol.failures import refusal

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]
PP = "proxy_protocol_v2.enabled"
ASKS = {"pitcrew:proxy-protocol": "enabled"}
LOCAL = ("HTTP", "32487")
"""The health check that policy Local brings: kube-proxy's healthCheckNodePort."""

SHARED = ("HTTP", "10256")
"""The health check of the Shared probe mode."""

DROPPED = {
    3: "no alarm is needed: such a group is switched on (`EnableUnhealthy`), since nginx refuses everything until then",
    27: "nothing is rolled back: of this attribute Pitcrew writes `true`, never `false`",
    28: "no state is kept between sweeps, so 'longer than one' cannot be told; a free group is `Unattached` at once",
    35: "there is no command that disables: of this attribute Pitcrew writes `true`, never `false`",
    38: "a missing trail is found by the installation check and `MissedByEvents`, which are issues of their own",
}
"""Cases of the facts that ask for what the design page does not do."""

PAGE = {
    "NotOurs",
    "Gone",
    "NotKubernetes",
    "OtherController",
    "UnsupportedProtocol",
    "UnsupportedTargetType",
    "Unattached",
    "AmbiguousCluster",
    "ClusterNotAllowed",
    "WrongCluster",
    "ClusterUnreachable",
    "ServiceGone",
    "OptedOut",
    "InvalidAnnotation",
    "NotAskedFor",
    "UnsupportedAttribute",
    "AlreadySet",
    "BackendNotReady",
    "Contested",
    "InService",
    "HealthCheckBlocks",
    "EnableUnhealthy",
    "Enable",
    "Refused",
    "Unverified",
}
"""The words of the design page's table."""


def _verdicts(lines: Lines) -> list[str]:
    return [str(line["verdict"]) for line in lines if "verdict" in line]


def test_each_numbered_case_is_tested_or_dropped_with_its_reason() -> None:
    tested = {int(name.split("_")[2]) for name in globals() if name.startswith("test_case_")}

    assert tested | DROPPED.keys() == set(range(1, 39))
    assert not tested & DROPPED.keys()


def test_every_verdict_of_the_page_is_there() -> None:
    assert set(Verdict) == PAGE


def _local(cloud: Cloud, check: tuple[str, str], lines: Lines) -> str:
    arn = cloud.account.add(service="ingress-nginx/ingress-nginx-controller", tags=ASKS, check=check)
    cloud.on_event(tagged(arn))
    assert cloud.account.is_on(arn) is (_verdicts(lines) == ["EnableUnhealthy"])
    return _verdicts(lines)[0]


def test_case_01_stock_ingress_nginx_with_policy_local_is_switched_on_with_a_warning(log_lines: Lines) -> None:
    assert _local(Cloud(), LOCAL, log_lines) == "EnableUnhealthy"
    assert log_lines[0]["level"] == "WARNING"


def test_case_01_stock_ingress_nginx_is_held_back_where_so_configured(log_lines: Lines) -> None:
    assert _local(Cloud(policy(refuses_unhealthy_check=True)), LOCAL, log_lines) == "HealthCheckBlocks"


def test_case_02_shared_probe_mode_is_the_same(log_lines: Lines) -> None:
    assert _local(Cloud(), SHARED, log_lines) == "EnableUnhealthy"


def test_case_02_shared_probe_mode_is_held_back_where_only_a_wildcard_asks(log_lines: Lines) -> None:
    cloud = Cloud(policy("*/*/*"))
    arn = cloud.account.add(check=SHARED)

    cloud.on_event(listener_created(arn))

    assert _verdicts(log_lines) == ["HealthCheckBlocks"]
    assert not cloud.account.is_on(arn)


def test_case_04_from_local_to_cluster_the_new_group_is_switched_on(log_lines: Lines) -> None:
    cloud = Cloud(policy(refuses_unhealthy_check=True))
    local = cloud.account.add(tags=ASKS, check=LOCAL)
    cloud.on_event(created(cloud.account.groups[local]))
    cluster = cloud.account.add(tags=ASKS, is_attached=False)

    cloud.on_event(created(cloud.account.groups[cluster]))

    assert _verdicts(log_lines) == ["HealthCheckBlocks", "Enable"]
    assert cloud.account.switched_on == {cluster}


def test_case_05_a_group_created_again_is_a_new_one_with_the_opt_in_tag() -> None:
    cloud = Cloud()
    old = cloud.account.add(tags=ASKS)
    cloud.on_event(created(cloud.account.groups[old]))
    new = cloud.account.add(tags=ASKS, is_attached=False)
    created_new = created(cloud.account.groups[new])
    cloud.account.delete(old)

    cloud.on_event(created_new, listener_modified(new))

    assert cloud.account.switched_on == {new}


def test_case_06_a_tag_put_on_an_existing_group_by_hand_is_an_event(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add()
    cloud.on_event(created(cloud.account.groups[arn]))
    cloud.account.groups[arn].tags |= ASKS

    cloud.on_event(tagged(arn))

    assert _verdicts(log_lines) == ["NotAskedFor", "Enable"]
    assert cloud.account.is_on(arn)


def test_case_07_tags_that_arrive_after_the_creation_bring_a_second_event(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(service=None, cluster=None, is_attached=False)
    cloud.on_event(created(cloud.account.groups[arn]))
    cloud.account.groups[arn].tags |= ASKED

    cloud.on_event(tagged(arn))

    assert _verdicts(log_lines) == ["NotKubernetes", "Enable"]
    assert cloud.account.is_on(arn)


@pytest.mark.parametrize(
    "operation",
    ["DescribeTags", "DescribeTargetGroups", "DescribeTargetGroupAttributes", "ModifyTargetGroupAttributes", "AddTags"],
)
def test_case_08_a_group_deleted_at_any_call_is_a_success(log_lines: Lines, operation: str) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    cloud.calls.fail(operation, refusal("TargetGroupNotFound"))

    assert cloud.on_event(tagged(arn)) == []
    assert _verdicts(log_lines) == ["Enable" if operation == "AddTags" else "Gone"]


def test_case_09_a_repeated_or_hours_old_event_is_read_again_and_writes_nothing_more() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    group = cloud.account.groups[arn]
    cloud.on_event(created(group))

    cloud.on_event(created(group), created(group, age=timedelta(hours=7)), tagged(arn))

    assert len(cloud.calls.of("ModifyTargetGroupAttributes")) == 1


@pytest.mark.parametrize(
    ("tags", "verdict"),
    [
        ({"pitcrew:proxy-protocol": "disabled"}, "OptedOut"),
        ({"pitcrew:attributes-applied": "e55fd63789326612"}, "Contested"),
    ],
)
def test_case_10_a_creation_that_found_an_old_group_set_back_on_purpose_is_left_alone(
    log_lines: Lines, tags: dict[str, str], verdict: str
) -> None:
    cloud = Cloud(policy("prod/shop/web"))
    arn = cloud.account.add(tags=tags, states=("healthy",))
    balancers = tuple(cloud.account.load_balancers_of(arn))

    cloud.on_event(created(cloud.account.groups[arn], load_balancers=balancers))

    assert _verdicts(log_lines) == [verdict]
    assert not cloud.account.is_on(arn)


def test_case_10_a_creation_that_found_an_old_group_yields_to_live_traffic(log_lines: Lines) -> None:
    cloud = Cloud(policy("*/shop/*"))
    arn = cloud.account.add(states=("healthy",))
    balancers = tuple(cloud.account.load_balancers_of(arn))

    cloud.on_event(created(cloud.account.groups[arn], load_balancers=balancers))

    assert _verdicts(log_lines) == ["InService"]


def test_case_11_a_failed_creation_is_filtered_in_code_too(log_lines: Lines) -> None:
    cloud = Cloud()

    assert cloud.on_event(body("CreateTargetGroup", errorCode="AccessDenied")) == []
    assert _verdicts(log_lines) == ["NotOurs"]


def test_case_12_classic_load_balancers_are_ignored(
    log_lines: Lines, load_event: Callable[[str], dict[str, Any]]
) -> None:
    cloud = Cloud()
    classic = json.dumps(load_event("elb-classic-add-tags.synthetic"))
    creation = body("CreateLoadBalancer", request={"loadBalancerName": "a"}, response={"dNSName": "a.example.com"})

    assert cloud.on_event(classic, creation) == []
    assert _verdicts(log_lines) == ["NotOurs", "NotOurs"]
    assert cloud.calls.count("elbv2").total() == 0


@pytest.mark.parametrize(
    ("protocol", "target_type", "verdict"),
    [
        ("HTTP", "instance", "UnsupportedProtocol"),
        ("HTTPS", "ip", "UnsupportedProtocol"),
        ("GENEVE", "instance", "UnsupportedProtocol"),
        ("", "lambda", "UnsupportedProtocol"),
        ("TCP", "lambda", "UnsupportedTargetType"),
        ("TCP", "alb", "UnsupportedTargetType"),
    ],
)
def test_case_13_what_no_network_load_balancer_forwards_to_is_counted_and_no_error(
    log_lines: Lines, metrics: Metrics, protocol: str, target_type: str, verdict: str
) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS, protocol=protocol, target_type=target_type)

    assert cloud.on_event(tagged(arn)) == []

    assert _verdicts(log_lines) == [verdict]
    assert [one["verdict"] for one in metrics() if "Verdicts" in one] == [verdict]


@pytest.mark.parametrize("protocol", ["UDP", "TCP_UDP", "QUIC", "TCP_QUIC"])
def test_case_14_what_nginx_cannot_parse_is_refused(log_lines: Lines, protocol: str) -> None:
    cloud = Cloud(policy(allow_tls=True))
    arn = cloud.account.add(tags=ASKS, protocol=protocol)

    cloud.on_event(tagged(arn))

    assert _verdicts(log_lines) == ["UnsupportedProtocol"]
    assert not cloud.account.is_on(arn)


@pytest.mark.parametrize("entry", ["event", "sweep", "operator"])
def test_case_15_a_group_of_aws_load_balancer_controller_is_skipped_by_every_run(entry: str) -> None:
    cloud = Cloud(policy("*/*/*"))
    arn = cloud.account.add(tags=ASKS | {"elbv2.k8s.aws/cluster": "prod", "service.k8s.aws/stack": "shop/web"})

    if entry == "event":
        cloud.on_event(tagged(arn))
    elif entry == "sweep":
        assert cloud.sweep() == {"OtherController": 1}
    else:
        assert cloud.plan({"target": arn})["counts"] == {"OtherController": 1}
        cloud.apply()

    assert cloud.calls.mutations == []


API_SERVERS = {
    "Cluster API": {
        "sigs.k8s.io/cluster-api-provider-aws/cluster/prod": "owned",
        "sigs.k8s.io/cluster-api-provider-aws/role": "apiserver",
    },
    "kOps": {"KubernetesCluster": "prod", "kubernetes.io/cluster/prod": "owned"},
}


@pytest.mark.parametrize("tags", API_SERVERS.values(), ids=API_SERVERS)
def test_case_16_an_api_servers_group_is_never_touched(log_lines: Lines, tags: dict[str, str]) -> None:
    cloud = Cloud(policy("*/*/*"))
    arn = cloud.account.add(service=None, cluster=None, tags=tags | ASKS)

    cloud.on_event(tagged(arn), listener_created(arn), created(cloud.account.groups[arn]))
    cloud.sweep()
    cloud.plan({"target": arn})
    cloud.apply()

    assert set(_verdicts(log_lines)) == {"NotKubernetes"}
    assert cloud.calls.mutations == []


def test_case_16_an_api_servers_group_with_a_services_tag_is_another_controllers(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=API_SERVERS["Cluster API"] | ASKS)

    cloud.on_event(tagged(arn))

    assert _verdicts(log_lines) == ["OtherController"]


@pytest.mark.parametrize("configured", [policy("a/*/*", cluster_ids=()), policy("*/*/*", cluster_ids=("a",))])
def test_case_17_of_two_clusters_with_one_name_only_the_configured_one_is_touched(configured: Policy) -> None:
    cloud = Cloud(configured)
    ours = cloud.account.add(service="ingress-nginx/ingress-nginx-controller", cluster="a")
    cloud.account.add(service="ingress-nginx/ingress-nginx-controller", cluster="b")

    cloud.sweep()

    assert cloud.account.switched_on == {ours}


@pytest.mark.parametrize(
    "marks",
    [
        {"kubernetes.io/cluster/b": "owned"},
        {"kubernetes.io/cluster/b": "shared"},
        {"kubernetes.io/cluster/prod": "shared"},
    ],
)
def test_case_18_two_clusters_or_a_shared_one_are_ambiguous(log_lines: Lines, marks: dict[str, str]) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    cloud.account.groups[arn].tags |= marks

    cloud.on_event(tagged(arn))

    assert _verdicts(log_lines) == ["AmbiguousCluster"]
    assert not cloud.account.is_on(arn)


def test_case_19_a_provider_that_sets_false_again_is_not_fought(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    cloud.on_event(tagged(arn))
    cloud.account.groups[arn].attributes[PP] = "false"

    for _ in range(5):
        cloud.on_event(listener_modified(arn))
    cloud.sweep()

    assert _verdicts(log_lines)[:2] == ["Enable", "Contested"]
    assert len(cloud.calls.of("ModifyTargetGroupAttributes")) == 1


@pytest.mark.parametrize("is_provider_first", [True, False])
def test_case_20_a_provider_that_sets_true_too_is_no_conflict(log_lines: Lines, *, is_provider_first: bool) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    if is_provider_first:
        cloud.account.groups[arn].attributes[PP] = "true"
    cloud.on_event(tagged(arn))
    cloud.account.groups[arn].attributes[PP] = "true"

    cloud.on_event(tagged(arn))

    assert _verdicts(log_lines) == ["AlreadySet" if is_provider_first else "Enable", "AlreadySet"]


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException"])
def test_case_21_what_was_throttled_comes_again_from_the_queue(code: str) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    cloud.calls.fail("DescribeTargetGroups", refusal(code), times=2)

    assert [cloud.on_event(tagged(arn)) for _ in range(3)] == [["0"], ["0"], []]
    assert cloud.account.is_on(arn)


def test_case_22_a_batch_of_tags_with_one_dead_group_is_split() -> None:
    cloud = Cloud()
    alive, dead = cloud.account.add(tags=ASKS), cloud.account.add(tags=ASKS)
    cloud.calls.fail("DescribeTags", refusal("TargetGroupNotFound"), only=lambda kwargs: dead in kwargs["ResourceArns"])

    assert cloud.sweep() == {"Enable": 1, "Gone": 1}
    assert cloud.account.switched_on == {alive}


def test_case_23_a_denied_write_is_not_tried_again_is_counted_and_the_sweep_goes_on(
    log_lines: Lines, metrics: Metrics
) -> None:
    cloud = Cloud()
    denied, fine = cloud.account.add(tags=ASKS), cloud.account.add(tags=ASKS)
    cloud.calls.fail(
        "ModifyTargetGroupAttributes", refusal("AccessDenied"), only=lambda kwargs: kwargs["TargetGroupArn"] == denied
    )

    assert cloud.sweep() == {"Enable": 1, "Refused": 1}

    assert cloud.account.switched_on == {fine}
    (line,) = [line for line in log_lines if line.get("verdict") == "Refused"]
    assert (line["group"], "ModifyTargetGroupAttributes" in line["error"]) == (denied, True)
    assert [one["action"] for one in metrics() if "AccessDenied" in one] == ["ModifyTargetGroupAttributes"]


def test_case_24_an_impossible_setting_is_refused_for_that_group_and_not_tried_again(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    cloud.calls.fail("ModifyTargetGroupAttributes", refusal("InvalidConfigurationRequest"))

    assert cloud.on_event(tagged(arn)) == []
    assert _verdicts(log_lines) == ["Refused"]
    assert len(cloud.calls.of("ModifyTargetGroupAttributes")) == 1


def test_case_25_an_accepted_write_that_does_not_show_is_unverified(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    cloud.elbv2.forgets_writes = True

    assert cloud.on_event(tagged(arn)) == []
    assert _verdicts(log_lines) == ["Unverified"]


def test_case_26_a_success_is_verified_by_its_attribute_only(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS, states=("healthy",))

    cloud.on_event(tagged(arn))

    assert [line["verification"] for line in log_lines] == ["attribute"]


def test_case_29_more_groups_than_a_page_are_all_found() -> None:
    cloud = Cloud()
    arns = {cloud.account.add(tags=ASKS) for _ in range(401)}

    cloud.sweep()

    assert cloud.account.switched_on == arns


@pytest.mark.parametrize("entry", ["event", "sweep"])
def test_case_30_of_a_service_with_three_ports_only_the_listed_ones_are_switched_on(entry: str) -> None:
    cloud = Cloud(policy("prod/shop/web:80,443"))
    by_port = {port: cloud.account.add(is_attached=False) for port in (22, 80, 443)}
    for port, arn in by_port.items():
        cloud.account.attach(arn, port=port)

    if entry == "event":
        cloud.on_event(*map(listener_created, by_port.values()))
    else:
        cloud.sweep()

    assert cloud.account.switched_on == {by_port[80], by_port[443]}


def test_case_31_our_own_writes_coming_back_make_no_loop() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS)
    cloud.on_event(tagged(arn))
    made = len(cloud.calls.mutations)

    cloud.on_event(tagged(arn), body("ModifyTargetGroupAttributes", request={"targetGroupArn": arn}))

    assert len(cloud.calls.mutations) == made


@pytest.mark.parametrize(
    "change", [("us-east-1", "eu-west-1"), ("123456789012", "999999999999"), ("arn:aws:", "arn:aws-cn:")]
)
def test_case_32_an_event_of_elsewhere_is_not_ours_and_costs_no_call(log_lines: Lines, change: tuple[str, str]) -> None:
    cloud = Cloud(policy("*/*/*"))
    arn = cloud.account.add(tags=ASKS).replace(*change)

    assert cloud.on_event(tagged(arn)) == []
    assert _verdicts(log_lines) == ["NotOurs"]
    assert cloud.calls.count("elbv2").total() == 0


@pytest.mark.parametrize(("partition", "region"), [("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")])
def test_case_33_other_partitions_work_alike(partition: str, region: str) -> None:
    home = f"arn:{partition}:elasticloadbalancing:{region}:123456789012:targetgroup/"
    cloud = Cloud(policy(home=home))
    arn = cloud.account.add(arn=f"{home}k8s-shop-web-0123456789/0123456789abcdef", tags=ASKS)

    cloud.on_event(tagged(arn))

    assert cloud.account.is_on(arn)


def test_case_34_new_values_and_missing_keys_are_tolerated(log_lines: Lines) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=ASKS, protocol="TCP_NEXT")
    plain = cloud.account.add(tags=ASKS)
    bare = body("CreateTargetGroup", response={"targetGroups": [{"targetGroupArn": plain, "novelty": [1]}]})

    assert cloud.on_event(tagged(arn), bare) == []
    assert _verdicts(log_lines) == ["UnsupportedProtocol", "Enable"]


@pytest.mark.parametrize("states", [(), ("initial",), ("unused",), ("unhealthy",), ("unavailable", "initial")])
def test_case_36_targets_that_are_not_in_service_yet_are_no_reason_to_wait(states: tuple[str, ...]) -> None:
    cloud = Cloud(policy("*/shop/*"))
    arn = cloud.account.add(states=states)

    cloud.on_event(listener_created(arn))

    assert cloud.account.is_on(arn)


@pytest.mark.parametrize("states", [("healthy",), ("draining",), ("unhealthy", "healthy")])
def test_case_36_targets_in_service_hold_a_wildcard_back(states: tuple[str, ...]) -> None:
    cloud = Cloud(policy("*/shop/*"))
    arn = cloud.account.add(states=states)

    cloud.on_event(listener_created(arn))

    assert not cloud.account.is_on(arn)


@pytest.mark.parametrize("value", ["*", "true", "Enabled", "enabled ", ""])
def test_case_37_only_the_word_enabled_opts_in_and_another_one_is_noted(log_lines: Lines, value: str) -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags={"pitcrew:proxy-protocol": value})

    cloud.on_event(tagged(arn))

    assert [(line["verdict"], line["notes"], line["level"]) for line in log_lines] == [
        ("NotAskedFor", ["UnknownTagValue"], "WARNING")
    ]


# What the page adds at its end.


def test_page_a_tag_bot_touching_a_live_group_of_a_wildcard_changes_nothing(log_lines: Lines) -> None:
    cloud = Cloud(policy("*/edge/*"))
    arn = cloud.account.add(service="edge/web", states=("healthy", "healthy"))

    cloud.on_event(tagged(arn))

    assert _verdicts(log_lines) == ["InService"]
    assert not cloud.account.is_on(arn)


def test_page_two_clusters_with_the_same_controller_name_are_two_services(log_lines: Lines) -> None:
    cloud = Cloud(policy("a/ingress-nginx/ingress-nginx-controller"))
    ours = cloud.account.add(service="ingress-nginx/ingress-nginx-controller", cluster="a")
    theirs = cloud.account.add(service="ingress-nginx/ingress-nginx-controller", cluster="b")

    cloud.on_event(listener_created(ours), listener_created(theirs))

    assert _verdicts(log_lines) == ["Enable", "NotAskedFor"]
