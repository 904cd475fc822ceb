"""The verbs, as they go over the wire."""

from dataclasses import replace

import pytest

import kube
from kube.cluster import PatchKind
from kube.errors import ConflictError, InvalidError
from kube.exchange import Request
from tests.layers.kubernetes.fake_api_server import FakeApiServer

PODS = "/api/v1/namespaces/shop/pods"
POD = f"{PODS}/web-0"
REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
OURS = {"fieldManager": "pitcrew"}


def test_get_reads_one_object_until_the_deadline() -> None:
    server = FakeApiServer({POD: [{"kind": "Pod"}]})
    cluster = server.cluster()
    server.now += 5

    assert cluster.get(POD, resourceVersion="0") == {"kind": "Pod"}

    assert server.asked == [Request(method="GET", path=POD, query={"resourceVersion": "0"})]
    assert server.ends == [1030]


def test_create_posts_the_object() -> None:
    server = FakeApiServer({PODS: [{"kind": "Pod"}]})

    assert server.cluster().create(PODS, {"kind": "Pod"}) == {"kind": "Pod"}

    assert replace(server.asked[0], body=None) == Request(method="POST", path=PODS, query=OURS)
    assert server.body == {"kind": "Pod"}
    assert server.asked[0].is_mutation


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        (kube.JSON_PATCH, "application/json-patch+json"),
        (kube.STRATEGIC, "application/strategic-merge-patch+json"),
        (kube.MERGE, "application/merge-patch+json"),
        (kube.APPLY, "application/apply-patch+yaml"),
    ],
)
def test_patch_says_how_it_is_meant(kind: PatchKind, content_type: str) -> None:
    server = FakeApiServer({POD: [{"kind": "Pod"}]})
    body = [{"op": "test", "path": "/metadata/uid", "value": "1"}]

    server.cluster().patch(POD, body, kind=kind)

    wanted = Request(method="PATCH", path=POD, query=OURS, content_type=content_type)
    assert replace(server.asked[0], body=None) == wanted
    assert server.body == body


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ({}, {}),
        ({"uid": "1"}, {"preconditions": {"uid": "1"}}),
        (
            {"resource_version": "7", "grace_period": 0},
            {"preconditions": {"resourceVersion": "7"}, "gracePeriodSeconds": 0},
        ),
        ({"uid": "1", "resource_version": "7"}, {"preconditions": {"uid": "1", "resourceVersion": "7"}}),
    ],
)
def test_delete_carries_its_preconditions(arguments: dict[str, object], options: dict[str, object]) -> None:
    server = FakeApiServer({POD: [{"kind": "Status"}]})

    server.cluster().delete(POD, **arguments)  # type: ignore[arg-type]  # a row of the table

    assert replace(server.asked[0], body=None) == Request(method="DELETE", path=POD)
    assert server.body == {"apiVersion": "v1", "kind": "DeleteOptions", **options}


@pytest.mark.parametrize("holds", [True, False])
def test_allowed_is_a_question(*, holds: bool) -> None:
    server = FakeApiServer({REVIEWS: [{"status": {"allowed": holds}}]})

    assert server.cluster().allowed("create", "pods/eviction", group="", namespace="shop", name="web-0") is holds

    assert not server.asked[0].is_mutation
    attributes = {"verb": "create", "resource": "pods", "subresource": "eviction"}
    attributes |= {"group": "", "namespace": "shop", "name": "web-0"}
    assert server.body["kind"] == "SelfSubjectAccessReview"
    assert server.body["spec"] == {"resourceAttributes": attributes}


@pytest.mark.parametrize("path", ["", "api/v1/nodes", "/api/v1/no des", "/api/v1/nodes\r\nX: y", "https://x/api"])
def test_what_is_no_path_of_the_api_is_not_asked(path: str) -> None:
    server = FakeApiServer()

    with pytest.raises(InvalidError, match="none of the Kubernetes API"):
        server.cluster().get(path)

    assert server.asked == []


def test_errors_pass_through() -> None:
    with pytest.raises(ConflictError, match="uid"):
        FakeApiServer({POD: [ConflictError("uid")]}).cluster().delete(POD, uid="1")
