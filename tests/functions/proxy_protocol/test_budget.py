"""What each run may cost in ELBv2 calls: the page's section "Budget", by recorded calls.

Over 120 lines because every kind of run has its row.
"""

from collections.abc import Callable
from math import ceil

import pytest

from tests.functions.proxy_protocol.account import Account
from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import created, listener_created, tagged
from tests.functions.proxy_protocol.facts import ASKED

ASKS = dict(ASKED)
READS = ["DescribeTags", "DescribeTargetGroups", "DescribeTargetGroupAttributes"]
WRITES = ["ModifyTargetGroupAttributes", "AddTags"]


def _by_tag(account: Account, arn: str) -> str:
    return tagged(account.groups[arn].arn)


def _by_birth(account: Account, arn: str) -> str:
    return created(account.groups[arn])


def _by_listener(_account: Account, arn: str) -> str:
    return listener_created(arn)


Named = Callable[[Account, str], str]
EVENTS: list[tuple[str, dict[str, object], tuple[str, ...], Named, list[str]]] = [
    ("ruled out by the event: UDP", {"protocol": "UDP", "tags": ASKS}, (), _by_birth, []),
    ("ruled out by the event: lambda", {"target_type": "lambda", "tags": ASKS}, (), _by_birth, []),
    ("not ours: no Service", {"service": None}, (), _by_tag, READS[:1]),
    ("not ours: another controller", {"tags": {"elbv2.k8s.aws/cluster": "x"}}, (), _by_tag, READS[:1]),
    ("opted out", {"tags": {"pitcrew:proxy-protocol": "disabled"}}, (), _by_tag, READS[:1]),
    ("not asked for", {}, (), _by_tag, READS[:2]),
    (
        "nothing to change",
        {"tags": ASKS, "attributes": {"proxy_protocol_v2.enabled": "true"}},
        (),
        _by_tag,
        READS,
    ),
    ("changed", {"tags": ASKS}, (), _by_tag, READS + WRITES),
    ("changed at birth", {"tags": ASKS, "is_attached": False}, (), _by_birth, READS + WRITES),
    (
        "a wildcard: and target health",
        {},
        ("*/shop/*",),
        _by_listener,
        [*READS, "DescribeTargetHealth", *WRITES],
    ),
    (
        "a wildcard at birth: no target health",
        {"is_attached": False},
        ("*/shop/*",),
        _by_birth,
        READS + WRITES,
    ),
    (
        "a port list: and listeners",
        {},
        ("prod/shop/web:80",),
        _by_listener,
        [*READS[:2], "DescribeListeners", READS[2], *WRITES],
    ),
    (
        "a wildcard with a port list: and both",
        {},
        ("*/shop/*:80",),
        _by_listener,
        [*READS[:2], "DescribeListeners", READS[2], "DescribeTargetHealth", *WRITES],
    ),
]


@pytest.mark.parametrize(
    ("group", "services", "event", "calls"), [row[1:] for row in EVENTS], ids=[r[0] for r in EVENTS]
)
def test_an_event_costs(group: dict[str, object], services: tuple[str, ...], event: Named, calls: list[str]) -> None:
    cloud = Cloud(policy(*services))
    arn = cloud.account.add(**group)  # type: ignore[arg-type] # keyword arguments of a table

    cloud.on_event(event(cloud.account, arn))

    assert [call.operation for call in cloud.calls.made if call.service == "elbv2"] == calls


def test_an_event_never_lists() -> None:
    cloud = Cloud(policy("*/*/*"))
    for _ in range(3):
        arn = cloud.account.add()
        cloud.on_event(listener_created(arn))

    described = cloud.calls.of("DescribeTargetGroups")
    assert [call.kwargs.keys() for call in described] == [{"TargetGroupArns"}] * 3
    assert cloud.calls.of("GetResources") == []


def test_an_event_of_another_account_costs_nothing() -> None:
    cloud = Cloud(policy("*/*/*", home="arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/"))
    arn = cloud.account.add()

    cloud.on_event(created(cloud.account.groups[arn]), tagged(arn), listener_created(arn))

    assert cloud.calls.count("elbv2").total() == 0


@pytest.mark.parametrize(
    ("groups", "tagged_ones", "udp", "to_change"),
    [(0, 0, 0, 0), (1, 1, 0, 1), (400, 0, 0, 0), (401, 100, 0, 20), (1000, 101, 30, 21), (1000, 1000, 100, 450)],
)
def test_a_sweep_costs(groups: int, tagged_ones: int, udp: int, to_change: int) -> None:
    cloud = Cloud()
    for number in range(groups):
        cloud.account.add(
            service="shop/web" if number < tagged_ones else None,
            protocol="UDP" if number < udp else "TCP",
            tags=dict(ASKED)
            if udp <= number < udp + to_change
            else {"pitcrew:proxy-protocol": ("disabled", "enabled")[number % 2]},
            attributes={} if number < udp + to_change else {"proxy_protocol_v2.enabled": "true"},
        )

    cloud.sweep()

    # Per group of a Service that is TCP or TLS: attributes, since its Service's groups may disagree.
    assert cloud.calls.count("elbv2") == {
        name: calls
        for name, calls in {
            "DescribeTargetGroups": max(1, ceil(groups / 400)),
            "DescribeTargetGroupAttributes": tagged_ones - udp,
            "DescribeTags": ceil(to_change / 20),
            "ModifyTargetGroupAttributes": to_change,
            "AddTags": to_change,
        }.items()
        if calls
    }
    assert cloud.calls.count("resourcegroupstaggingapi") == {"GetResources": max(1, ceil(tagged_ones / 100))}


def test_a_sweep_asks_for_health_and_listeners_only_where_a_rule_needs_them() -> None:
    cloud = Cloud(policy("*/shop/*", "prod/edge/web:80"))
    cloud.account.add(service="shop/web")
    cloud.account.add(service="edge/web")
    cloud.account.add(service="other/web")
    cloud.account.add(service="other/web", tags={"pitcrew:proxy-protocol": "enabled"})

    cloud.sweep()

    calls = cloud.calls.count("elbv2")
    assert (calls["DescribeTargetHealth"], calls["DescribeListeners"]) == (1, 1)


def test_a_plan_of_one_group_lists_nothing() -> None:
    cloud = Cloud()
    arn = cloud.account.add(tags=dict(ASKED))

    cloud.plan({"target": arn})

    assert cloud.calls.count("elbv2") == dict.fromkeys(READS, 1)
    assert cloud.calls.of("GetResources") == []


def test_an_apply_costs_as_much_as_an_event_for_each_row() -> None:
    cloud = Cloud()
    for _ in range(3):
        cloud.account.add(tags=dict(ASKED))
    cloud.plan()
    cloud.calls.made.clear()

    cloud.apply()

    assert cloud.calls.count("elbv2") == dict.fromkeys(READS + WRITES, 3)
