"""The played API server of the bench lists as the real one does, without a socket."""

import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from bench.cluster.answers import KINDS, PATH, Api
from bench.cluster.contents import lists
from bench.cluster.nodes import listed, node
from bench.cluster.volumes import persistent_volume, volume_attachment
from kube.identity import INSTANCE


@pytest.fixture
def api() -> Api:
    return Api(lists(nodes=600, volumes=1200))


def _page(api: Api, path: str = PATH, **query: str) -> dict[str, Any]:
    answer = api.answer(f"{path}?{urlencode(query)}", is_packed=False)
    assert answer
    page: dict[str, Any] = json.loads(answer)
    return page


def test_a_list_is_read_page_by_page(api: Api) -> None:
    first = _page(api, limit="250")
    second = _page(api, limit="250", **{"continue": first["metadata"]["continue"]})
    third = _page(api, limit="250", **{"continue": second["metadata"]["continue"]})

    pages = [first, second, third]
    assert [len(page["items"]) for page in pages] == [250, 250, 100]
    assert [page["metadata"].get("remainingItemCount") for page in pages] == [350, 100, None]
    assert "continue" not in third["metadata"]
    assert len({item["metadata"]["uid"] for page in pages for item in page["items"]}) == 600


def test_without_a_limit_a_list_is_whole(api: Api) -> None:
    assert len(_page(api)["items"]) == 600


@pytest.mark.parametrize("path", KINDS)
def test_each_list_says_what_it_lists(api: Api, path: str) -> None:
    page = _page(api, path, limit="1")

    assert (page["apiVersion"], page["kind"]) == (KINDS[path][0], f"{KINDS[path][1]}List")
    assert page["items"][0]["metadata"]["resourceVersion"]


def test_a_packed_page_says_the_same(api: Api) -> None:
    plain, packed = (api.answer(f"{PATH}?limit=5", is_packed=is_packed) for is_packed in (False, True))

    assert plain
    assert packed
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain)


def test_there_is_nothing_else(api: Api) -> None:
    assert api.answer("/api/v1/pods", is_packed=False) is None


def test_without_volumes_there_are_only_nodes() -> None:
    assert list(lists(nodes=1, volumes=0)) == [PATH]


def test_requests_are_counted_from_when_the_pages_are_warm(api: Api) -> None:
    api.warm()

    _page(api, limit="250")
    api.answer("/version", is_packed=True)
    _page(api, limit="250")

    assert api.requests == {PATH: 2, "/version": 1}


def test_a_node_is_as_large_as_a_real_one_and_on_an_instance() -> None:
    found = listed(4999)

    assert 5_000 < len(json.dumps(found)) < 8_000
    assert INSTANCE.fullmatch(found["spec"]["providerID"])


@pytest.mark.parametrize(
    ("make", "least", "most"), [(persistent_volume, 1_500, 2_500), (volume_attachment, 900, 1_500)]
)
def test_a_volumes_objects_are_as_large_as_real_ones(make: Callable[..., Any], least: int, most: int) -> None:
    assert least < len(json.dumps(make(4999, nodes=1000))) < most


def test_who_makes_a_node_leaves_to_the_server_what_is_its_own() -> None:
    assert set(node(0)["metadata"]) == {"name", "labels", "annotations"}
