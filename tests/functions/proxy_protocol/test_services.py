"""What clusters say, on fakes: each outcome of a question, and what is remembered of a silence.

Over 120 lines because every error of the layer `kube` has its row.
"""

from typing import Any

import pytest

import kube
from functions.proxy_protocol.decision import Facts
from functions.proxy_protocol.decision.service import Backend, Standing
from functions.proxy_protocol.services import ANSWER_SECONDS, Services
from pitcrew.deadline import Deadline
from tests.functions.proxy_protocol.facts import OURS, facts, service
from tests.functions.proxy_protocol.fake_clusters import (
    CONFIG_MAP,
    EVENTS,
    PODS,
    SERVICE,
    FakeApiServer,
    FakeClusters,
)

ERRORS: list[tuple[type[kube.KubeError], Standing]] = [
    (kube.NotFoundError, Standing.GONE),
    (kube.ForbiddenError, Standing.UNREACHABLE),
    (kube.UnauthorizedError, Standing.UNREACHABLE),
    (kube.ClusterUnreachableError, Standing.UNREACHABLE),
    (kube.BadKubeconfigError, Standing.UNREACHABLE),
    (kube.InvalidError, Standing.UNREACHABLE),
    (kube.WrongClusterError, Standing.WRONG_CLUSTER),
    (kube.UnknownClusterError, Standing.UNREGISTERED),
]


@pytest.fixture
def server() -> FakeApiServer:
    return FakeApiServer()


@pytest.fixture
def services(server: FakeApiServer) -> Services:
    clusters = FakeClusters({"prod": server}, ids={"prod.example.com": "prod"})
    return Services(clusters.connect, clusters.registered)


def _tagged(**tags: str) -> Facts:
    return facts(tags={"kubernetes.io/service-name": "shop/web", "kubernetes.io/cluster/prod": "owned", **tags})


def test_a_service_is_found_with_what_concerns_us(services: Services, server: FakeApiServer) -> None:
    server.has_service({OURS: "enabled"}, policy="Local")

    assert services.says(_tagged(), Deadline(60)) == service({OURS: "enabled"})
    assert server.calls == [f"GET {SERVICE}"]


def test_a_service_without_annotations_and_selector_is_found(services: Services, server: FakeApiServer) -> None:
    server.objects[SERVICE] = {"metadata": {"uid": "1"}, "spec": {}}

    found = services.says(_tagged(), Deadline(60))

    assert (found.standing, found.annotations, found.selector) == (Standing.FOUND, {}, {})


@pytest.mark.parametrize("tags", [{"kubernetes.io/cluster/dev": "owned"}, {"kubernetes.io/service-name": "web"}])
def test_without_a_single_cluster_or_a_name_nobody_is_asked(
    services: Services, server: FakeApiServer, tags: dict[str, str]
) -> None:
    assert services.says(_tagged(**tags), Deadline(60)).standing is Standing.UNREGISTERED
    assert server.calls == []


def test_a_cluster_is_found_by_the_id_of_its_tag(services: Services, server: FakeApiServer) -> None:
    server.has_service()
    tags = {"kubernetes.io/service-name": "shop/web", "kubernetes.io/cluster/prod.example.com": "owned"}

    assert services.says(facts(tags=tags), Deadline(60)).cluster == "prod"


@pytest.mark.parametrize(
    "name", ["shop/..", "../web", "shop/web?x=y", "shop/Web", "shop/web%2f..", "shop/-", "s p/web"]
)
def test_a_name_that_no_service_can_have_is_not_asked_for(services: Services, server: FakeApiServer, name: str) -> None:
    said = services.says(_tagged(**{"kubernetes.io/service-name": name}), Deadline(60))

    assert said.standing is Standing.GONE
    assert server.calls == []


@pytest.mark.parametrize(("error", "standing"), ERRORS)
def test_each_error_has_its_standing(
    services: Services, server: FakeApiServer, error: type[kube.KubeError], standing: Standing
) -> None:
    server.troubles[SERVICE] = error("what it did")

    said = services.says(_tagged(), Deadline(60))

    assert said.standing is standing
    assert said.why == ("what it did" if standing in {Standing.UNREACHABLE, Standing.WRONG_CLUSTER} else "")


@pytest.mark.parametrize(("error", "standing"), ERRORS)
def test_a_cluster_that_did_not_answer_is_asked_once_in_a_run(
    services: Services, server: FakeApiServer, error: type[kube.KubeError], standing: Standing
) -> None:
    server.troubles[SERVICE] = error("what it did")
    is_an_answer = error in {kube.NotFoundError, kube.ForbiddenError, kube.UnknownClusterError}

    said = [services.says(_tagged(), Deadline(60)).standing for _ in range(3)]

    assert said == [standing] * 3
    assert len(server.calls) == (3 if is_an_answer else 1)


def test_a_cluster_has_less_time_than_a_record(services: Services, server: FakeApiServer) -> None:
    server.has_service()

    services.says(_tagged(), Deadline(60))
    services.says(_tagged(), Deadline(2))

    assert server.seconds == [ANSWER_SECONDS, pytest.approx(2, abs=0.5)]


@pytest.mark.parametrize(
    ("value", "expects"),
    [("true", True), ("True", True), ("1", True), ("false", False), ("yes", False), ("", False), (None, False)],
)
def test_a_config_map_is_read_as_nginx_reads_it(
    services: Services, server: FakeApiServer, value: str | None, *, expects: bool
) -> None:
    server.has_nginx(use_proxy_protocol=value)

    assert services.backend(facts(service=service()), Deadline(60)) == Backend(
        config_map="shop/nginx", expects_header=expects
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("--configmap=shop/nginx",),
        ("-configmap=shop/nginx",),
        ("--configmap", "shop/nginx"),
        ("--x=y", "--configmap=$(POD_NAMESPACE)/nginx", "--z"),
    ],
)
def test_the_flag_is_found_however_it_is_written(
    services: Services, server: FakeApiServer, arguments: tuple[str, ...]
) -> None:
    server.has_nginx(use_proxy_protocol="true", arguments=arguments)

    assert services.backend(facts(service=service()), Deadline(60)).expects_header is True


@pytest.mark.parametrize("arguments", [("--x=y",), ("--configmap=$(OTHER)/nginx",), ("--configmap=nginx",), ("a",)])
def test_pods_that_name_no_config_map_leave_it_open(
    services: Services, server: FakeApiServer, arguments: tuple[str, ...]
) -> None:
    server.has_nginx(use_proxy_protocol="true", arguments=arguments)

    assert services.backend(facts(service=service()), Deadline(60)) == Backend()


def test_a_config_map_that_is_not_there_says_nothing(services: Services, server: FakeApiServer) -> None:
    server.has_nginx(use_proxy_protocol="true")
    del server.objects[CONFIG_MAP]

    assert services.backend(facts(service=service()), Deadline(60)).expects_header is False


def test_of_two_config_maps_the_one_that_is_not_ready_counts(services: Services, server: FakeApiServer) -> None:
    server.has_nginx(use_proxy_protocol="false", arguments=("--configmap=shop/nginx", "--configmap=shop/new"))
    server.objects["/api/v1/namespaces/shop/configmaps/new"] = {"data": {"use-proxy-protocol": "true"}}

    assert services.backend(facts(service=service()), Deadline(60)).config_map == "shop/nginx"


def test_a_service_without_selector_has_no_pods_to_ask(services: Services, server: FakeApiServer) -> None:
    assert services.backend(facts(service=service(selector={})), Deadline(60)) == Backend()
    assert server.calls == []


@pytest.mark.parametrize("path", [PODS, CONFIG_MAP])
def test_pods_that_may_not_be_read_leave_it_open(services: Services, server: FakeApiServer, path: str) -> None:
    server.has_nginx(use_proxy_protocol="true")
    server.troubles[path] = kube.ForbiddenError("no")

    assert services.backend(facts(service=service()), Deadline(60)) == Backend()


def test_a_cluster_that_falls_silent_at_its_pods_is_not_asked_again(services: Services, server: FakeApiServer) -> None:
    server.troubles[PODS] = kube.ClusterUnreachableError("no answer")

    assert services.backend(facts(service=service()), Deadline(60)) == Backend(why_unreachable="no answer")
    assert services.says(_tagged(), Deadline(60)).standing is Standing.UNREACHABLE


EVENT: dict[str, Any] = {"metadata": {"namespace": "shop", "name": "web.1"}, "type": "Normal", "reason": "Enable"}


def test_what_was_said_before_is_not_said_again(services: Services, server: FakeApiServer) -> None:
    for _ in range(2):
        services.tell(facts(service=service()), EVENT, Deadline(60))

    assert server.calls == [f"POST {EVENTS}"] * 2
    assert server.said == [("Normal", "Enable")]


@pytest.mark.parametrize("error", [kube.ForbiddenError, kube.OutcomeUnknownError, kube.ClusterUnreachableError])
def test_an_event_that_cannot_be_written_is_counted(
    services: Services, server: FakeApiServer, error: type[kube.KubeError], capsys: pytest.CaptureFixture[str]
) -> None:
    server.troubles[EVENTS] = error("no")

    services.tell(facts(service=service()), EVENT, Deadline(60))

    assert "EventNotWritten" in capsys.readouterr().out
