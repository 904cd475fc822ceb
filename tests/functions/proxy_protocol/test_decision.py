"""The decision table, row by row. Over 120 lines because the table has 23 rows."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from functions.proxy_protocol.decision import RULES, Facts, Policy, Section, Verdict, decide
from functions.proxy_protocol.decision.rules import OTHER_CONTROLLERS, Rule, rule_of
from functions.proxy_protocol.decision.service import Backend
from tests.functions.proxy_protocol.account import OTHER_ATTRIBUTES
from tests.functions.proxy_protocol.cloud import policy
from tests.functions.proxy_protocol.facts import (
    ARN,
    ASKED,
    GONE,
    HTTP_CHECK,
    NOBODY_ASKS,
    NOBODY_KNOWS,
    NOT_READY,
    OFF,
    ON,
    OUR_LIST,
    OURS,
    PROVIDERS,
    PROVIDERS_LIST,
    READY,
    UNREACHABLE,
    UNREAD,
    WRONG_CLUSTER,
    facts,
    group,
    service,
    shape,
)

WISH_HASH = "e55fd63789326612"
"""Of `proxy_protocol_v2.enabled=true`: a release that changes it would fight with everybody who set one back."""
TAGGED, WILDCARD = policy(), policy("*/shop/*")

# The order of the design page.
ORDER = [
    Verdict.NOT_OURS,
    Verdict.GONE,
    Verdict.NOT_KUBERNETES,
    Verdict.OTHER_CONTROLLER,
    Verdict.UNSUPPORTED_PROTOCOL,
    Verdict.UNSUPPORTED_TARGET_TYPE,
    Verdict.UNATTACHED,
    Verdict.AMBIGUOUS_CLUSTER,
    Verdict.CLUSTER_NOT_ALLOWED,
    Verdict.WRONG_CLUSTER,
    Verdict.CLUSTER_UNREACHABLE,
    Verdict.SERVICE_GONE,
    Verdict.OPTED_OUT,
    Verdict.INVALID_ANNOTATION,
    Verdict.NOT_ASKED_FOR,
    Verdict.UNSUPPORTED_ATTRIBUTE,
    Verdict.ALREADY_SET,
    Verdict.BACKEND_NOT_READY,
    Verdict.CONTESTED,
    Verdict.IN_SERVICE,
    Verdict.HEALTH_CHECK_BLOCKS,
    Verdict.ENABLE_UNHEALTHY,
    Verdict.ENABLE,
]

OTHERS_TAGS = [
    "elbv2.k8s.aws/cluster",
    "eks:eks-cluster-name",
    "service.k8s.aws/stack",
    "ingress.k8s.aws/cluster",
    "gateway.k8s.aws.nlb/stack",
    "gateway.k8s.aws.alb/resource",
    "service.eks.amazonaws.com/stack",
    "ingress.eks.amazonaws.com/resource",
]

UNREACHABLE_PODS = Backend(why_unreachable="no answer within 6 s")

OPT_OUTS = [
    {OURS: "disabled"},
    {OUR_LIST: "proxy_protocol_v2.enabled=false"},
    {PROVIDERS_LIST: "proxy_protocol_v2.enabled=false"},
]
"""Each beside a tag that asks."""

MISTAKES = [
    {OURS: "true"},
    {OUR_LIST: "proxy_protocol_v2.enabled=yes"},
    {PROVIDERS_LIST: "load_balancing.cross_zone.enabled=true"},
]

CASES: list[tuple[str, Facts, Policy]] = [
    ("NotOurs", facts(arn=ARN.replace("123456789012", "999999999999")), TAGGED),
    ("NotOurs", facts(arn=ARN.replace("us-east-1", "eu-west-1")), TAGGED),
    ("NotOurs", facts(arn=ARN.replace("arn:aws:", "arn:aws-cn:")), TAGGED),
    ("NotOurs", facts(arn=ARN.replace("targetgroup", "loadbalancer")), TAGGED),
    ("Gone", facts(is_gone=True), TAGGED),
    ("Gone", replace(UNREAD, is_gone=True), TAGGED),
    ("NotKubernetes", facts(tags={}), TAGGED),
    ("NotKubernetes", facts(tags={"kubernetes.io/cluster/prod": "owned", "KubernetesCluster": "prod"}), TAGGED),
    *(
        ("NotKubernetes", facts(tags=ASKED | {"kubernetes.io/service-name": name}), TAGGED)
        for name in ("", "web", "/web", "shop/", "shop/web/x", "/")
    ),
    *(("OtherController", facts(tags=ASKED | {key: "x"}), TAGGED) for key in OTHERS_TAGS),
    (
        "OtherController",
        facts(tags=ASKED | {"sigs.k8s.io/cluster-api-provider-aws/role": "apiserver"}),
        TAGGED,
    ),
    *(
        ("UnsupportedProtocol", facts(shape=shape(protocol=protocol)), TAGGED)
        for protocol in ("TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC", "HTTP", "HTTPS", "GENEVE", "NEW_ONE", "")
    ),
    ("UnsupportedProtocol", facts(shape=shape(protocol="UDP")), policy(allow_tls=True)),
    *(
        ("UnsupportedTargetType", facts(shape=shape(target_type=target_type)), TAGGED)
        for target_type in ("lambda", "alb", "new-one", "")
    ),
    ("Unattached", facts(group=group(load_balancers=())), TAGGED),
    ("AmbiguousCluster", facts(tags={"kubernetes.io/service-name": "shop/web"}), TAGGED),
    ("AmbiguousCluster", facts(tags=ASKED | {"kubernetes.io/cluster/dev": "owned"}), TAGGED),
    ("AmbiguousCluster", facts(tags=ASKED | {"kubernetes.io/cluster/dev": "shared"}), TAGGED),
    ("AmbiguousCluster", facts(tags=ASKED | {"kubernetes.io/cluster/prod": "shared"}), TAGGED),
    ("ClusterNotAllowed", facts(), policy(cluster_ids=("dev", "stage"))),
    ("OptedOut", facts(tags=NOBODY_ASKS | {"pitcrew:proxy-protocol": "disabled"}), policy("prod/shop/web")),
    ("WrongCluster", facts(service=WRONG_CLUSTER), TAGGED),
    ("ClusterUnreachable", facts(service=UNREACHABLE), TAGGED),
    ("ClusterUnreachable", facts(service=service(), backend=UNREACHABLE_PODS), TAGGED),
    ("ServiceGone", facts(service=GONE), TAGGED),
    *(("OptedOut", facts(service=service(given)), policy("prod/shop/web")) for given in OPT_OUTS),
    *(("InvalidAnnotation", facts(service=service(given), backend=READY), TAGGED) for given in MISTAKES),
    ("NotAskedFor", facts(tags=NOBODY_ASKS, service=service({PROVIDERS: "true"})), TAGGED),
    ("NotAskedFor", facts(tags=NOBODY_ASKS, service=service({OUR_LIST: "stickiness.enabled=true"})), TAGGED),
    ("NotAskedFor", facts(tags=NOBODY_ASKS), TAGGED),
    ("NotAskedFor", facts(tags=NOBODY_ASKS), policy("prod/other/*", "dev/shop/web", "prod/shop/api")),
    ("NotAskedFor", facts(tags=NOBODY_ASKS), policy("prod/shop/web:443")),
    ("NotAskedFor", facts(tags=NOBODY_ASKS | {"pitcrew:proxy-protocol": "yes"}), TAGGED),
    ("UnsupportedAttribute", facts(attributes=OTHER_ATTRIBUTES), TAGGED),
    ("AlreadySet", facts(attributes=ON), TAGGED),
    ("AlreadySet", facts(attributes=ON, service=service(), backend=NOT_READY), TAGGED),
    ("BackendNotReady", facts(service=service(), backend=NOT_READY), TAGGED),
    ("BackendNotReady", facts(tags=NOBODY_ASKS, service=service({OURS: "enabled"}), backend=NOT_READY), TAGGED),
    ("Contested", facts(tags=ASKED | {"pitcrew:attributes-applied": WISH_HASH}), TAGGED),
    ("InService", facts(tags=NOBODY_ASKS, is_in_service=True), WILDCARD),
    (
        "InService",
        facts(tags=NOBODY_ASKS, service=service({PROVIDERS: "*"}), backend=NOBODY_KNOWS, is_in_service=True),
        TAGGED,
    ),
    ("HealthCheckBlocks", facts(tags=NOBODY_ASKS, group=group(check=HTTP_CHECK)), WILDCARD),
    ("HealthCheckBlocks", facts(group=group(check=HTTP_CHECK)), policy(refuses_unhealthy_check=True)),
    ("EnableUnhealthy", facts(group=group(check=HTTP_CHECK)), TAGGED),
    ("EnableUnhealthy", facts(tags=NOBODY_ASKS, group=group(check=HTTP_CHECK)), policy("prod/shop/web")),
    ("EnableUnhealthy", facts(group=group(check=replace(HTTP_CHECK, protocol="HTTPS", port="10256"))), TAGGED),
    (
        "EnableUnhealthy",
        facts(tags=NOBODY_ASKS, service=service({PROVIDERS: "*"}), backend=READY, group=group(check=HTTP_CHECK)),
        TAGGED,
    ),
    ("Enable", facts(), TAGGED),
    *(
        ("Enable", facts(tags=NOBODY_ASKS, service=service({name: value}), backend=READY, is_in_service=True), TAGGED)
        for name, value in (
            (OURS, "enabled"),
            (OUR_LIST, "proxy_protocol_v2.enabled=true"),
            (PROVIDERS, "*"),
            (PROVIDERS_LIST, "proxy_protocol_v2.enabled=true"),
        )
    ),
    ("Enable", facts(tags=NOBODY_ASKS, service=service(), backend=READY, is_in_service=True), WILDCARD),
    ("Enable", facts(by_event=True, group=group(load_balancers=())), TAGGED),
    ("Enable", facts(shape=shape(protocol="TLS")), policy(allow_tls=True)),
    ("Enable", facts(shape=shape(target_type="ip")), TAGGED),
    ("Enable", facts(group=group(check=replace(HTTP_CHECK, port="traffic-port"))), TAGGED),
    ("Enable", facts(group=group(check=replace(HTTP_CHECK, port="30080"))), TAGGED),
    ("Enable", facts(is_in_service=True), TAGGED),
    ("Enable", facts(tags=NOBODY_ASKS, is_in_service=True), policy("prod/shop/web")),
    ("Enable", facts(tags=NOBODY_ASKS, is_in_service=False), WILDCARD),
    ("Enable", facts(tags=NOBODY_ASKS, is_in_service=True, by_event=True, is_newborn=True), WILDCARD),
    ("Enable", facts(tags=ASKED | {"pitcrew:attributes-applied": "another wish"}), TAGGED),
    ("Enable", facts(), policy(cluster_ids=("dev", "prod"))),
    ("Enable", facts(tags=ASKED | {"team.example.com/role": "web"}), TAGGED),
]


@pytest.mark.parametrize(("verdict", "seen", "configured"), CASES, ids=[case[0] for case in CASES])
def test_the_verdict_is(verdict: str, seen: Facts, configured: Policy) -> None:
    assert decide(seen, configured) == verdict


def test_every_row_has_a_case() -> None:
    assert {case[0] for case in CASES} == {rule.verdict.value for rule in RULES}


def test_the_rows_stand_in_the_order_of_the_page() -> None:
    assert [rule.verdict for rule in RULES] == ORDER


def test_every_pattern_of_another_controller_has_a_case() -> None:
    assert len(OTHERS_TAGS) == len(OTHER_CONTROLLERS) + 1


# What makes each row apply, on top of whatever makes its neighbour apply.
MAKES: dict[Verdict, dict[str, Any]] = {
    Verdict.NOT_OURS: {"arn": ARN.replace("123456789012", "999999999999")},
    Verdict.GONE: {"is_gone": True},
    Verdict.NOT_KUBERNETES: {"tags": {"kubernetes.io/service-name": ""}},
    Verdict.OTHER_CONTROLLER: {"tags": {"elbv2.k8s.aws/cluster": "prod"}},
    Verdict.UNSUPPORTED_PROTOCOL: {"shape": shape(protocol="UDP", target_type="lambda")},
    Verdict.UNSUPPORTED_TARGET_TYPE: {"shape": shape(target_type="lambda")},
    Verdict.UNATTACHED: {"group": group(load_balancers=())},
    Verdict.AMBIGUOUS_CLUSTER: {"tags": {"kubernetes.io/cluster/dev": "owned"}},
    Verdict.CLUSTER_NOT_ALLOWED: {"policy": {"cluster_ids": ("other",)}},
    Verdict.WRONG_CLUSTER: {"service": WRONG_CLUSTER},
    Verdict.CLUSTER_UNREACHABLE: {"backend": UNREACHABLE_PODS},
    Verdict.SERVICE_GONE: {"service": GONE},
    Verdict.OPTED_OUT: {"tags": {"pitcrew:proxy-protocol": "disabled"}},
    Verdict.INVALID_ANNOTATION: {"service": service({OURS: "true"})},
    Verdict.NOT_ASKED_FOR: {"policy": {"services": ()}},
    Verdict.ALREADY_SET: {"attributes": ON},
    Verdict.BACKEND_NOT_READY: {"service": service(), "backend": NOT_READY},
    Verdict.CONTESTED: {"tags": {"pitcrew:attributes-applied": WISH_HASH}},
    Verdict.IN_SERVICE: {"is_in_service": True},
    Verdict.HEALTH_CHECK_BLOCKS: {"group": group(check=HTTP_CHECK), "policy": {"refuses_unhealthy_check": True}},
    Verdict.ENABLE_UNHEALTHY: {"group": group(check=HTTP_CHECK), "tags": {"pitcrew:proxy-protocol": "enabled"}},
    Verdict.ENABLE: {},
}

# Rows that cannot apply together: nobody asks | a wished key is missing | every wished key has its value.
EXCLUSIVE = [
    (Verdict.NOT_ASKED_FOR, Verdict.UNSUPPORTED_ATTRIBUTE),
    (Verdict.UNSUPPORTED_ATTRIBUTE, Verdict.ALREADY_SET),
]
PAIRS = [pair for pair in pairwise(ORDER) if pair not in EXCLUSIVE]


def _both(first: Verdict, second: Verdict) -> tuple[Facts, Policy]:
    """Return a group of a wildcard's that makes both rows apply."""
    seen, configured = facts(tags=NOBODY_ASKS), WILDCARD
    for verdict in (second, first):
        changes = dict(MAKES[verdict])
        configured = replace(configured, **changes.pop("policy", {}))
        seen = replace(seen, tags=dict(seen.tags or {}) | changes.pop("tags", {}), **changes)
    return seen, configured


def _applies(verdict: Verdict, seen: Facts, configured: Policy) -> bool:
    rule = rule_of(verdict)
    assert isinstance(rule, Rule)
    return rule.holds(seen, configured)


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=[f"{first}-{second}" for first, second in PAIRS])
def test_of_two_neighbours_that_apply_the_earlier_row_wins(first: Verdict, second: Verdict) -> None:
    seen, configured = _both(first, second)

    assert (_applies(first, seen, configured), _applies(second, seen, configured)) == (True, True)
    assert decide(seen, configured) is first


EVENT = replace(UNREAD, by_event=True)
READ_TAGS = replace(EVENT, tags=ASKED)
READ_GROUP = replace(READ_TAGS, shape=shape(), group=group())
READ_SERVICE = replace(READ_GROUP, service=facts().service)
FOUND = replace(READ_GROUP, tags=NOBODY_ASKS, service=service({PROVIDERS: "*"}))
PORT_LIST = policy("prod/shop/web:80")

STAGES: list[tuple[str, Facts, Policy, Verdict | Section]] = [
    ("nothing read: the tags first", EVENT, TAGGED, Section.TAGS),
    ("another account: no call", replace(EVENT, arn=ARN.replace("1234", "9999")), TAGGED, Verdict.NOT_OURS),
    ("the event says UDP: no call", replace(EVENT, shape=shape("UDP")), TAGGED, Verdict.UNSUPPORTED_PROTOCOL),
    ("the event says alb: no call", replace(EVENT, shape=shape("TCP", "alb")), TAGGED, Verdict.UNSUPPORTED_TARGET_TYPE),
    ("the event says TCP: tags are still asked", replace(EVENT, shape=shape()), TAGGED, Section.TAGS),
    ("no Service: no second call", replace(EVENT, tags={}), TAGGED, Verdict.NOT_KUBERNETES),
    (
        "another controller: no second call",
        replace(EVENT, tags=ASKED | {"elbv2.k8s.aws/cluster": "x"}),
        TAGGED,
        Verdict.OTHER_CONTROLLER,
    ),
    (
        "opted out: no second call",
        replace(EVENT, tags=NOBODY_ASKS | {"pitcrew:proxy-protocol": "disabled"}),
        TAGGED,
        Verdict.OPTED_OUT,
    ),
    ("a wrong cluster: no second call", READ_TAGS, policy(cluster_ids=("dev",)), Verdict.CLUSTER_NOT_ALLOWED),
    ("a Service asks: the group", READ_TAGS, TAGGED, Section.GROUP),
    ("then the Service", READ_GROUP, TAGGED, Section.SERVICE),
    ("no port list: the attributes", READ_SERVICE, TAGGED, Section.ATTRIBUTES),
    ("the tag asks: no listeners for the list", READ_SERVICE, PORT_LIST, Section.ATTRIBUTES),
    ("a port list: the listeners", replace(READ_SERVICE, tags=NOBODY_ASKS), PORT_LIST, Section.LISTENERS),
    ("nobody asks: no attributes", replace(READ_SERVICE, tags=NOBODY_ASKS), TAGGED, Verdict.NOT_ASKED_FOR),
    ("addressed to us: no health", replace(READ_SERVICE, attributes=OFF), TAGGED, Verdict.ENABLE),
    (
        "the cluster is silent: no further call",
        replace(READ_GROUP, service=UNREACHABLE),
        TAGGED,
        Verdict.CLUSTER_UNREACHABLE,
    ),
    ("found: the attributes", FOUND, TAGGED, Section.ATTRIBUTES),
    ("found and already set: no pods", replace(FOUND, attributes=ON), TAGGED, Verdict.ALREADY_SET),
    ("found and off: the backend", replace(FOUND, attributes=OFF), TAGGED, Section.BACKEND),
    ("the backend is ready: no health", replace(FOUND, attributes=OFF, backend=READY), TAGGED, Verdict.ENABLE),
    (
        "the backend is unknown: the health",
        replace(FOUND, attributes=OFF, backend=NOBODY_KNOWS),
        TAGGED,
        Section.HEALTH,
    ),
    (
        "a wildcard: the health",
        replace(READ_SERVICE, tags=NOBODY_ASKS, attributes=OFF),
        WILDCARD,
        Section.HEALTH,
    ),
    (
        "a wildcard and already set: no health",
        replace(READ_SERVICE, tags=NOBODY_ASKS, attributes=ON),
        WILDCARD,
        Verdict.ALREADY_SET,
    ),
    (
        "a wildcard and newborn: no health",
        replace(READ_SERVICE, tags=NOBODY_ASKS, attributes=OFF, is_newborn=True),
        WILDCARD,
        Verdict.ENABLE,
    ),
]


@pytest.mark.parametrize(("seen", "configured", "answer"), [stage[1:] for stage in STAGES], ids=[s[0] for s in STAGES])
def test_rows_see_what_has_been_read_so_far(seen: Facts, configured: Policy, answer: Verdict | Section) -> None:
    assert decide(seen, configured) is answer


@pytest.mark.parametrize("verdict", Verdict)
def test_only_enabling_verdicts_act(verdict: Verdict) -> None:
    assert verdict.acts is (verdict in {"Enable", "EnableUnhealthy"})


@pytest.mark.parametrize("verdict", Verdict)
def test_held_back_is_what_only_an_operator_may_do(verdict: Verdict) -> None:
    assert verdict.is_held_back is (verdict in {"InService", "HealthCheckBlocks", "Contested"})


@pytest.mark.parametrize("verdict", [Verdict.REFUSED, Verdict.UNVERIFIED])
def test_outcomes_of_a_write_are_no_rows(verdict: Verdict) -> None:
    assert rule_of(verdict) is None
