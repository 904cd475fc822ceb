"""Lists, a page at a time."""

import pytest

from kube.errors import ClusterUnreachableError, ListExpiredError
from tests.layers.kubernetes.fake_api_server import FakeApiServer, page

PODS = "/api/v1/namespaces/shop/pods"


def _names(server: FakeApiServer) -> list[str]:
    return [
        found["metadata"]["name"] for found in server.cluster().list(PODS, label="app=web", field="spec.nodeName=a")
    ]


def _continued(server: FakeApiServer) -> list[str]:
    return [request.query.get("continue", "") for request in server.asked]


def test_list_goes_through_the_pages() -> None:
    server = FakeApiServer({PODS: [page("a", "b", more="2"), page(more="3"), page("c")]})

    assert _names(server) == ["a", "b", "c"]

    assert _continued(server) == ["", "2", "3"]
    assert server.asked[0].query == {"limit": "250", "labelSelector": "app=web", "fieldSelector": "spec.nodeName=a"}
    assert server.asked[1].query == {**server.asked[0].query, "continue": "2"}


def test_list_asks_for_no_page_that_nobody_reads() -> None:
    server = FakeApiServer({PODS: [page("a", more="2")]})

    assert next(server.cluster().list(PODS))["metadata"]["name"] == "a"

    assert [dict(request.query) for request in server.asked] == [{"limit": "250"}]


@pytest.mark.parametrize("empty", [{"metadata": {}, "items": None}, {"metadata": {}, "items": []}, page()])
def test_a_list_may_be_empty(empty: dict[str, object]) -> None:
    assert _names(FakeApiServer({PODS: [empty]})) == []


@pytest.mark.parametrize(
    "answer",
    [
        {"metadata": {}},
        {"items": []},
        {"metadata": 1, "items": []},
        {"metadata": {}, "items": [{}]},
        page() | {"items": 7},
    ],
)
def test_what_is_no_list_is_no_word_of_an_api_server(answer: dict[str, object]) -> None:
    with pytest.raises(ClusterUnreachableError, match="no list"):
        _names(FakeApiServer({PODS: [answer]}))


def test_a_list_that_expired_begins_anew_and_yields_nothing_twice() -> None:
    expired = ListExpiredError("the token is too old")
    server = FakeApiServer({PODS: [page("a", "b", more="2"), expired, page("b", "c", more="4"), page("a", "d")]})

    assert _names(server) == ["a", "b", "c", "d"]

    assert _continued(server) == ["", "2", "", "4"]


def test_a_list_that_expires_again_and_again_is_an_error() -> None:
    expired = ListExpiredError("the token is too old")
    server = FakeApiServer({PODS: [page("a", more="2"), expired] * 50})

    with pytest.raises(ListExpiredError):
        _names(server)

    assert len(server.asked) < 20


def test_a_list_whose_first_page_expired_is_an_error() -> None:
    with pytest.raises(ListExpiredError):
        _names(FakeApiServer({PODS: [ListExpiredError("too old")]}))
