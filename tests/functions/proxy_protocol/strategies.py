"""Hypothesis strategies: facts in any stage of reading, policies, JSON, and events that are almost right.

Over 120 lines because an event has many places to be wrong in.
"""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from functions.proxy_protocol.decision import Facts, Policy
from functions.proxy_protocol.decision.facts import Group, HealthCheck, Shape
from functions.proxy_protocol.decision.service import Backend, Service, Standing
from tests.functions.malformed import WRONG
from tests.functions.proxy_protocol.account import HOME, NETWORK_ATTRIBUTES, OTHER_ATTRIBUTES, PROXY_PROTOCOL
from tests.functions.proxy_protocol.cloud import policy
from tests.functions.proxy_protocol.facts import (
    ARN,
    LOAD_BALANCER,
    OUR_LIST,
    OURS,
    PROVIDERS,
    PROVIDERS_LIST,
    UNREGISTERED,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=8,
)

_WORDS = st.sampled_from(
    ["enabled", "disabled", "owned", "shared", "shop/web", "", "x", "apiserver", "e55fd63789326612"]
)
_KEYS = st.sampled_from(
    [
        "kubernetes.io/service-name",
        "kubernetes.io/cluster/prod",
        "kubernetes.io/cluster/dev",
        "kubernetes.io/cluster/",
        "pitcrew:proxy-protocol",
        "pitcrew:attributes-applied",
        "elbv2.k8s.aws/cluster",
        "service.k8s.aws/stack",
        "sigs.k8s.io/cluster-api-provider-aws/role",
    ]
)
GOOD_TAGS = {"kubernetes.io/service-name": "shop/web", "kubernetes.io/cluster/prod": "owned"}
TAGS = st.dictionaries(_KEYS, _WORDS, max_size=5) | st.dictionaries(_KEYS, _WORDS, max_size=2).map(
    lambda more: more | GOOD_TAGS
)
PROTOCOLS = st.sampled_from(["TCP", "TCP", "TLS", "UDP", "HTTP", "NEW"])
CHECKS = st.sampled_from([("TCP", "traffic-port"), ("HTTP", "32487"), ("HTTP", "traffic-port"), ("HTTPS", "30080")])

SHAPES = st.builds(
    Shape, protocol=PROTOCOLS, target_type=st.sampled_from(["instance", "ip", "lambda"]), vpc_id=st.just("vpc-1")
)
GROUPS = st.builds(
    Group,
    port=st.just(30080),
    health_check=CHECKS.map(lambda check: HealthCheck(protocol=check[0], port=check[1])),
    load_balancer_arns=st.sampled_from([(), (LOAD_BALANCER,)]),
)
ATTRIBUTES = st.sampled_from([NETWORK_ATTRIBUTES, NETWORK_ATTRIBUTES | {PROXY_PROTOCOL: "true"}, OTHER_ATTRIBUTES, {}])
PORTS = st.frozensets(st.sampled_from([22, 80, 443]), max_size=2)

_LISTS = st.sampled_from(
    [
        "proxy_protocol_v2.enabled=true",
        "proxy_protocol_v2.enabled=false",
        "preserve_client_ip.enabled=true",
        "proxy_protocol_v2.enabled=true,stickiness.enabled=true",
        "x=1",
        "",
    ]
)
ANNOTATIONS = st.fixed_dictionaries(
    {},
    optional={
        OURS: st.sampled_from(["enabled", "disabled", "x"]),
        OUR_LIST: _LISTS,
        PROVIDERS: st.sampled_from(["*", "x"]),
        PROVIDERS_LIST: _LISTS,
    },
)
SERVICES = (
    st.just(UNREGISTERED)
    | st.builds(Service, standing=st.just(Standing.FOUND), cluster=st.just("prod"), annotations=ANNOTATIONS)
    | st.builds(Service, standing=st.sampled_from([Standing.GONE, Standing.UNREACHABLE, Standing.WRONG_CLUSTER]))
)
BACKENDS = st.builds(Backend, expects_header=st.none() | st.booleans()) | st.just(Backend(why_unreachable="x"))

POLICIES: st.SearchStrategy[Policy] = st.builds(
    lambda services, clusters, tls, refuse: policy(
        *services, cluster_ids=clusters, allow_tls=tls, refuses_unhealthy_check=refuse
    ),
    st.lists(st.sampled_from(["prod/shop/web", "*/shop/*", "prod/shop/web:80", "*/*/*:443"]), max_size=3),
    st.sampled_from([(), ("prod",), ("other",)]),
    st.booleans(),
    st.booleans(),
)


def _with_shape(facts: Facts) -> Facts:
    """Nobody reads a group without its shape: one call answers both."""
    return replace(facts, shape=Shape(protocol="TCP", target_type="ip")) if facts.group and not facts.shape else facts


FACTS = st.builds(
    Facts,
    arn=st.sampled_from([ARN, ARN, ARN, ARN.replace("123456789012", "999999999999"), "", "x"]),
    by_event=st.booleans(),
    is_newborn=st.booleans(),
    is_gone=st.sampled_from([False, False, False, True]),
    shape=st.none() | SHAPES,
    tags=st.none() | TAGS,
    group=st.none() | GROUPS,
    service=st.none() | SERVICES,
    listener_ports=st.none() | PORTS,
    attributes=st.none() | ATTRIBUTES,
    backend=st.none() | BACKENDS,
    is_in_service=st.none() | st.booleans(),
).map(_with_shape)

_ARNS = st.sampled_from(
    [
        f"{HOME}k8s-shop-web-0000000001/{1:016x}",
        f"{HOME}k8s-shop-web-0000000002/{2:016x}",
        HOME,
        f"{HOME}x\ud800",
        ARN.replace("aws", "aws-cn"),
        LOAD_BALANCER,
    ]
)


_WRONG: st.SearchStrategy[Any] = st.sampled_from(WRONG)


def _almost(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return value | value | value | _WRONG


_FORWARD = _almost(st.fixed_dictionaries({"type": st.just("forward")}, optional={"targetGroupArn": _almost(_ARNS)}))
_ACTION = _almost(
    st.fixed_dictionaries(
        {},
        optional={
            "targetGroupArn": _almost(_ARNS),
            "forwardConfig": _almost(st.fixed_dictionaries({"targetGroups": _almost(st.lists(_FORWARD, max_size=3))})),
        },
    )
)
_BORN = _almost(
    st.fixed_dictionaries(
        {"targetGroupArn": _almost(_ARNS)},
        optional={
            "protocol": _almost(PROTOCOLS),
            "targetType": _almost(st.sampled_from(["instance", "ip", "lambda"])),
            "loadBalancerArns": _almost(st.lists(st.just(LOAD_BALANCER), max_size=1)),
            "vpcId": _almost(st.just("vpc-1")),
        },
    )
)
_TIMES = _almost(st.sampled_from(["2026-01-02T03:04:05Z", "0001-01-01T00:00:00", "9999-12-31T23:59:59-23:59", ""]))

EVENTS = st.fixed_dictionaries(
    {
        "detail": st.fixed_dictionaries(
            {
                "eventName": _almost(
                    st.sampled_from(["CreateTargetGroup", "AddTags", "CreateListener", "ModifyListener", "DeleteTags"])
                ),
            },
            optional={
                "eventTime": _TIMES,
                "requestParameters": _almost(
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "resourceArns": _almost(st.lists(_almost(_ARNS), max_size=3)),
                            "defaultActions": _almost(st.lists(_ACTION, max_size=3)),
                        },
                    )
                ),
                "responseElements": _almost(
                    st.fixed_dictionaries({"targetGroups": _almost(st.lists(_BORN, max_size=3))})
                ),
            },
        )
    },
    optional={"id": _almost(st.text(max_size=5)), "time": _TIMES},
)
"""Events that are right in most places, and anything at all in the others."""
