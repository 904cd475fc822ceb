"""What the automation does where it can ask the Service itself: by event, sweep and console.

Over 120 lines because each way in has its story.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

import kube
from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import tagged
from tests.functions.proxy_protocol.facts import OUR_LIST, OURS, PROVIDERS
from tests.functions.proxy_protocol.failures import refusal
from tests.functions.proxy_protocol.fake_clusters import EVENTS, SERVICE, FakeApiServer, FakeClusters

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]
LOCAL = ("HTTP", "32487")
ASKS = {"pitcrew:proxy-protocol": "enabled"}


@pytest.fixture
def server() -> FakeApiServer:
    return FakeApiServer()


@pytest.fixture
def cloud(server: FakeApiServer) -> Cloud:
    return Cloud(clusters=FakeClusters({"prod": server}))


def _verdicts(lines: Lines) -> list[str]:
    return [str(line["verdict"]) for line in lines if "verdict" in line]


def test_the_stock_nginx_is_switched_on_and_its_owner_told(
    cloud: Cloud, server: FakeApiServer, log_lines: Lines
) -> None:
    server.has_service({PROVIDERS: "*"}, policy="Local")
    server.has_nginx(use_proxy_protocol="true")
    arn = cloud.account.add(check=LOCAL, states=("healthy",))

    assert cloud.on_event(tagged(arn)) == []

    assert cloud.account.is_on(arn)
    assert _verdicts(log_lines) == ["EnableUnhealthy"]
    assert server.said == [("Warning", "EnableUnhealthy"), ("Warning", "HealthCheckFails")]
    [line] = [line for line in log_lines if "verdict" in line]
    assert (line["source"], line["facts"]["service"]["traffic_policy"]) == ("PROVIDERS_ANNOTATION", "Local")
    assert line["facts"]["backend"] == {"config_map": "shop/nginx", "expects_header": True}
    assert line["why"] == "the check asks HTTP on port 32487; externalTrafficPolicy is Local"


def test_an_owner_is_told_once_what_was_set(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OURS: "enabled"})
    arn = cloud.account.add()

    cloud.on_event(tagged(arn), tagged(arn))

    [event] = server.events.values()
    assert (event["type"], event["reason"]) == ("Normal", "Enable")
    assert event["message"] == f"proxy_protocol_v2.enabled=true is set ({arn})"
    assert event["involvedObject"] == {
        "apiVersion": "v1",
        "kind": "Service",
        "namespace": "shop",
        "name": "web",
        "uid": "0b9b4f6e",
    }


def test_what_else_the_annotation_lists_is_set_with_it(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OUR_LIST: "proxy_protocol_v2.enabled=true,preserve_client_ip.enabled=false"})
    arn = cloud.account.add()

    cloud.on_event(tagged(arn))

    attributes = cloud.account.groups[arn].attributes
    assert (attributes["proxy_protocol_v2.enabled"], attributes["preserve_client_ip.enabled"]) == ("true", "false")


def test_a_backend_that_is_not_ready_holds_back_and_its_owner_learns_which_config_map(
    cloud: Cloud, server: FakeApiServer, log_lines: Lines
) -> None:
    server.has_service({PROVIDERS: "*"})
    server.has_nginx(use_proxy_protocol=None)
    arn = cloud.account.add(tags=dict(ASKS))

    cloud.on_event(tagged(arn))
    server.has_nginx(use_proxy_protocol="true")
    counts = cloud.sweep()

    assert _verdicts(log_lines)[0] == "BackendNotReady"
    [(kind, reason), *_] = server.said
    assert (kind, reason) == ("Warning", "BackendNotReady")
    assert "ConfigMap shop/nginx does not say" in next(iter(server.events.values()))["message"]
    assert counts == {"Enable": 1}
    assert cloud.account.is_on(arn)


def test_a_mistake_in_an_annotation_is_told_and_nothing_of_it_applied(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OUR_LIST: "proxy_protocol_v2.enabled=true,stickiness.type=lb_cookie"})
    arn = cloud.account.add(tags=dict(ASKS))

    assert cloud.on_event(tagged(arn)) == []

    [event] = server.events.values()
    assert event["reason"] == "InvalidAnnotation"
    assert "pitcrew/target-group-attributes: stickiness.type is 'lb_cookie'; allowed: source_ip" in event["message"]
    assert cloud.account.switched_on == set()


def test_a_silent_cluster_is_done_for_the_queue_and_carried_by_the_sweep(
    cloud: Cloud, server: FakeApiServer, log_lines: Lines
) -> None:
    server.troubles[SERVICE] = kube.ClusterUnreachableError("no connection")
    arns = [cloud.account.add(tags=dict(ASKS)) for _ in range(3)]

    failed = cloud.on_event(*map(tagged, arns))
    asked = len(server.calls)
    server.troubles.clear()
    server.has_service()
    cloud.sweep()

    assert failed == []
    assert _verdicts(log_lines)[:3] == ["ClusterUnreachable"] * 3
    assert asked == 1
    assert cloud.account.switched_on == set(arns)


def test_of_a_silent_cluster_no_other_source_is_heard(cloud: Cloud, server: FakeApiServer) -> None:
    cloud.policy = policy("prod/shop/web")
    server.troubles[SERVICE] = kube.UnauthorizedError("who are you")
    arn = cloud.account.add(tags=dict(ASKS))

    cloud.on_event(tagged(arn))

    assert not cloud.account.is_on(arn)


def test_a_neighbours_cluster_is_asked_all_the_same(server: FakeApiServer) -> None:
    server.has_service()
    troubles: dict[str, kube.KubeError] = {"dead": kube.WrongClusterError("another one")}
    cloud = Cloud(clusters=FakeClusters({"prod": server}, troubles=troubles))
    dead, living = cloud.account.add(cluster="dead", tags=dict(ASKS)), cloud.account.add(tags=dict(ASKS))

    cloud.on_event(tagged(dead), tagged(living))

    assert cloud.account.switched_on == {living}


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_where_the_mode_does_not_enforce_nobody_is_told(cloud: Cloud, server: FakeApiServer, mode: str) -> None:
    server.has_service({OURS: "nonsense"})
    cloud.set_mode(mode)
    arn = cloud.account.add()

    cloud.on_event(tagged(arn))
    cloud.sweep()

    assert server.events == {}


def test_a_kill_switch_between_judging_and_telling_holds(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OURS: "nonsense"})
    cloud.set_mode("enforce", "off")

    cloud.on_event(tagged(cloud.account.add()))

    assert server.events == {}


@pytest.mark.parametrize("target", ["prod", "prod.example.com"])
def test_an_operator_names_a_cluster_by_its_id_or_as_it_is_registered(server: FakeApiServer, target: str) -> None:
    server.has_service({OURS: "enabled"})
    cloud = Cloud(clusters=FakeClusters({"prod": server}, ids={"prod.example.com": "prod"}))
    arn = cloud.account.add(cluster="prod.example.com")
    cloud.account.add(cluster="other")

    assert [row["subject"] for row in cloud.plan({"target": target})["table"]] == [arn]


def test_a_plan_tells_nobody_and_its_apply_does(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OURS: "enabled"})
    arn = cloud.account.add()
    cloud.set_mode("observe")

    [row] = cloud.plan()["table"]
    said_by_plan = list(server.events)
    cloud.apply()

    assert (row["verdict"], said_by_plan) == ("Enable", [])
    assert server.said == [("Normal", "Enable")]
    assert cloud.account.is_on(arn)


def test_a_wish_withdrawn_while_the_sweep_judges_is_not_written(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OURS: "enabled"})
    arn = cloud.account.add()

    def withdraw(_: object) -> bool:
        server.has_service({OURS: "disabled"})
        return False  # nothing fails: this only finds the moment at which the tags are read again

    cloud.calls.fail("DescribeTags", refusal("AccessDenied"), only=withdraw)

    counts = cloud.sweep()

    assert counts == {"OptedOut": 1}
    assert not cloud.account.is_on(arn)


def test_what_a_sweep_holds_back_is_told_and_proven_once(
    cloud: Cloud, server: FakeApiServer, log_lines: Lines, metrics: Metrics
) -> None:
    server.has_service({OURS: "nonsense"})
    cloud.account.add()

    counts = cloud.sweep()

    assert counts == {"InvalidAnnotation": 1}
    assert _verdicts(log_lines) == ["InvalidAnnotation"]
    assert server.said == [("Warning", "InvalidAnnotation")]
    assert not [one for one in metrics() if "MendedBySweep" in one]


def test_an_event_that_cannot_be_written_fails_nothing(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OURS: "enabled"})
    server.troubles[EVENTS] = kube.ForbiddenError("events is forbidden")
    arn = cloud.account.add()

    assert cloud.on_event(tagged(arn)) == []
    assert cloud.account.is_on(arn)


def test_a_check_that_came_to_fail_is_told_of_a_group_that_is_on(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OURS: "enabled"})
    arn = cloud.account.add(check=LOCAL, attributes={"proxy_protocol_v2.enabled": "true"})

    cloud.on_event(tagged(arn))
    counts = cloud.sweep()

    assert counts == {"AlreadySet": 1}
    assert server.said == [("Warning", "HealthCheckFails")]


def test_each_group_and_each_new_reason_is_told(cloud: Cloud, server: FakeApiServer) -> None:
    arns = [cloud.account.add() for _ in range(2)]

    for mistake in ("nonsense", "nonsense", "other nonsense"):
        server.has_service({OURS: mistake})
        cloud.on_event(*map(tagged, arns))

    assert len(server.events) == 4
    assert {message.rpartition(" ")[2].strip("()") for message in _messages(server)} == set(arns)


def _messages(server: FakeApiServer) -> list[str]:
    return [event["message"] for event in server.events.values()]


def test_a_long_message_is_cut_to_what_the_api_server_takes(cloud: Cloud, server: FakeApiServer) -> None:
    server.has_service({OUR_LIST: ",".join(f"unknown-{number}=1" for number in range(100))})
    cloud.on_event(tagged(cloud.account.add()))

    [event] = server.events.values()
    assert len(event["message"]) == 1024
    assert len(json.dumps(event)) < 2000
