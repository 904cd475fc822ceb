"""The played API server of the bench lists as the real one does, without a socket."""

import gzip
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from bench.cluster.answers import PATH, NodeList
from bench.cluster.nodes import listed, node
from kube.identity import INSTANCE


@pytest.fixture
def nodes() -> NodeList:
    return NodeList(map(listed, range(600)))


def _page(nodes: NodeList, **query: str) -> dict[str, Any]:
    answer = nodes.answer(f"{PATH}?{urlencode(query)}", is_packed=False)
    assert answer
    page: dict[str, Any] = json.loads(answer)
    return page


def test_a_list_is_read_page_by_page(nodes: NodeList) -> None:
    first = _page(nodes, limit="250")
    second = _page(nodes, limit="250", **{"continue": first["metadata"]["continue"]})
    third = _page(nodes, limit="250", **{"continue": second["metadata"]["continue"]})

    pages = [first, second, third]
    assert [len(page["items"]) for page in pages] == [250, 250, 100]
    assert [page["metadata"].get("remainingItemCount") for page in pages] == [350, 100, None]
    assert "continue" not in third["metadata"]
    assert len({item["metadata"]["uid"] for page in pages for item in page["items"]}) == 600


def test_without_a_limit_a_list_is_whole(nodes: NodeList) -> None:
    assert len(_page(nodes)["items"]) == 600


def test_a_packed_page_says_the_same(nodes: NodeList) -> None:
    plain, packed = (nodes.answer(f"{PATH}?limit=5", is_packed=is_packed) for is_packed in (False, True))

    assert plain
    assert packed
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain)


def test_there_is_nothing_else(nodes: NodeList) -> None:
    assert nodes.answer("/api/v1/pods", is_packed=False) is None


def test_a_node_is_as_large_as_a_real_one_and_on_an_instance() -> None:
    found = listed(4999)

    assert 5_000 < len(json.dumps(found)) < 8_000
    assert INSTANCE.fullmatch(found["spec"]["providerID"])


def test_who_makes_a_node_leaves_to_the_server_what_is_its_own() -> None:
    assert set(node(0)["metadata"]) == {"name", "labels", "annotations"}
