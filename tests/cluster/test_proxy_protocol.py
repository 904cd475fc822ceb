"""The proxy-protocol automation's questions and Events on a real API server, under the role that is shipped.

Over 120 lines because each right of the role is taken away once.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.proxy_protocol.decision import Facts, Verdict
from functions.proxy_protocol.decision.service import Backend, Service, Standing
from functions.proxy_protocol.decision.wish import Wish
from functions.proxy_protocol.outcome import Outcome
from functions.proxy_protocol.service_events import service_events
from functions.proxy_protocol.services import Services
from functions.proxy_protocol.target_groups import Written
from local.controlplane.plane import ControlPlane
from pitcrew.deadline import Deadline
from pitcrew.mode import Mode
from tests.cluster.reach import ours, registered
from tests.cluster.shipped import Manifest, apply, manifests, wait_until
from tests.functions.proxy_protocol.facts import OURS
from tests.functions.proxy_protocol.fake_clusters import FakeApiServer, FakeClusters

[ROLE, BINDING] = manifests("proxy-protocol")
RIGHTS = [(resource, verb) for rule in ROLE["rules"] for resource in rule["resources"] for verb in rule["verbs"]]


@pytest.fixture(scope="module")
def account(plane: ControlPlane, node: str) -> dict[str, Any]:
    """The kubeconfig of the ServiceAccount that is shipped."""
    assert node
    apply(plane, *manifests("pitcrew"))
    return plane.token_kubeconfig(namespace="pitcrew", service_account="pitcrew")


@pytest.fixture
def shipped(plane: ControlPlane) -> Iterator[Manifest]:
    """The role as it is shipped, before and after a test that takes something away."""
    apply(plane, ROLE, BINDING)
    for resource, verb in RIGHTS:
        wait_until(plane, verb, resource, is_allowed=True)
    yield deepcopy(ROLE)
    apply(plane, ROLE)


@pytest.fixture
def group(plane: ControlPlane, namespace: str) -> Facts:
    """A target group of a Service with ingress-nginx behind it."""
    at = f"/api/v1/namespaces/{namespace}"
    plane.api.post(f"{at}/serviceaccounts", {"metadata": {"name": "default"}})
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    spec = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "selector": {"app": "nginx"}, "ports": ports}
    service = {"metadata": {"name": "web", "annotations": {OURS: "enabled"}}, "spec": spec}
    container = {"name": "controller", "image": "nginx", "args": ["--configmap=$(POD_NAMESPACE)/nginx"]}
    pod = {"metadata": {"name": "nginx", "labels": {"app": "nginx"}}, "spec": {"containers": [container]}}
    config_map = {"metadata": {"name": "nginx"}, "data": {"use-proxy-protocol": "true"}}
    for path, body in (("services", service), ("pods", pod), ("configmaps", config_map)):
        status, answer = plane.api.post(f"{at}/{path}", body)
        assert status == 201, answer
    tags = {"kubernetes.io/service-name": f"{namespace}/web", "kubernetes.io/cluster/prod": "owned"}
    return Facts(arn="arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/k8s-x/1", tags=tags)


def _services(kubeconfig: dict[str, Any]) -> Services:
    clusters = registered(kubeconfig)
    return Services(lambda name, *, seconds: clusters.connect(name, owns=ours, seconds=seconds), clusters.registered)


def _seen(services: Services, group: Facts) -> Facts:
    """Read Service and backend, as the decision asks for them."""
    group = replace(group, service=services.says(group, Deadline(60)))
    is_found = group.service is not None and group.service.standing is Standing.FOUND
    return replace(group, backend=services.backend(group, Deadline(60))) if is_found else group


def _tell(services: Services, group: Facts) -> None:
    outcome = Outcome(facts=group, verdict=Verdict.ENABLE, mode=Mode.ENFORCE, wish=Wish(), written=Written({}, "1"))
    for event in service_events(outcome, now=datetime.now(UTC)):
        services.tell(group, event, Deadline(60))


def _events(plane: ControlPlane, group: Facts) -> list[tuple[str, str, str]]:
    namespace, _ = group.service_name or ("", "")
    _, found = plane.api.get(f"/api/v1/namespaces/{namespace}/events")
    return [(event["type"], event["reason"], event["involvedObject"]["name"]) for event in found["items"]]


def test_with_the_shipped_role_every_question_is_answered_and_the_owner_told_once(
    plane: ControlPlane, shipped: Manifest, account: dict[str, Any], group: Facts
) -> None:
    assert shipped
    services = _services(account)

    seen = _seen(services, group)
    for _ in range(2):
        _tell(services, seen)

    assert seen.service is not None
    assert (seen.service.standing, seen.service.annotations) == (Standing.FOUND, {OURS: "enabled"})
    assert seen.service.traffic_policy == "Local"
    assert seen.backend is not None
    assert seen.backend.expects_header is True
    assert _events(plane, group) == [("Normal", "Enable", "web")]


REFUSALS: Mapping[tuple[str, str], Callable[[Any, Any], bool]] = {
    ("services", "get"): lambda seen, _: seen.service.standing is Standing.UNREACHABLE,
    ("nodes", "list"): lambda seen, _: seen.service.standing is Standing.UNREACHABLE,
    ("pods", "list"): lambda seen, _: seen.backend == Backend(),
    ("configmaps", "get"): lambda seen, _: seen.backend == Backend(),
    ("events", "create"): lambda _, events: events == [],
}
"""What is missing where one right is."""


def test_the_role_has_no_right_whose_absence_nobody_tests() -> None:
    assert set(RIGHTS) == REFUSALS.keys()


@pytest.mark.parametrize("right", RIGHTS)
def test_without_one_right_of_the_role_its_answer_is_missing(
    plane: ControlPlane, shipped: Manifest, account: dict[str, Any], group: Facts, right: tuple[str, str]
) -> None:
    for rule in shipped["rules"]:
        rule["resources"] = [one for one in rule["resources"] if (one, rule["verbs"][0]) != right]
    apply(plane, {**shipped, "rules": [rule for rule in shipped["rules"] if rule["resources"]]})
    resource, verb = right
    wait_until(plane, verb, resource, is_allowed=False)
    services = _services(account)

    seen = _seen(services, group)
    if seen.service is not None and seen.service.standing is Standing.FOUND:
        _tell(services, seen)

    assert REFUSALS[right](seen, _events(plane, group))


def test_a_service_that_is_not_there_is_gone(shipped: Manifest, account: dict[str, Any], group: Facts) -> None:
    assert shipped
    namespace, _ = group.service_name or ("", "")
    tags = {**(group.tags or {}), "kubernetes.io/service-name": f"{namespace}/other"}

    assert _services(account).says(replace(group, tags=tags), Deadline(60)).standing is Standing.GONE


@pytest.mark.parametrize("is_real", [True, False], ids=["a real API server", "the fake of the unit tests"])
def test_real_and_fake_answer_alike(shipped: Manifest, account: dict[str, Any], group: Facts, *, is_real: bool) -> None:
    assert shipped
    fake = FakeApiServer()
    fake.has_service({OURS: "enabled"}, policy="Local")
    fake.has_nginx(use_proxy_protocol="true")
    clusters = FakeClusters({"prod": fake})
    services = _services(account) if is_real else Services(clusters.connect, clusters.registered)
    shop = {**(group.tags or {}), "kubernetes.io/service-name": "shop/web"}

    seen = _seen(services, group if is_real else replace(group, tags=shop))
    _tell(services, seen)
    _tell(services, seen)

    assert seen.service is not None
    assert seen.backend is not None
    assert replace(seen.service, uid="", selector={}) == Service(
        standing=Standing.FOUND, cluster="prod", annotations={OURS: "enabled"}, traffic_policy="Local"
    )
    assert replace(seen.backend, config_map="") == Backend(expects_header=True)
    namespace = "shop" if not is_real else (group.service_name or ("", ""))[0]
    missing = {**shop, "kubernetes.io/service-name": f"{namespace}/other"}
    assert services.says(replace(group, tags=missing), Deadline(60)).standing is Standing.GONE
