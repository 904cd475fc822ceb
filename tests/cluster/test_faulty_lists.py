"""A list whose pages do not come as they should."""

from typing import Any

import pytest

import kube
from tests.cluster import acts
from tests.cluster.acts import answer, page
from tests.cluster.faulty import faulty
from tests.cluster.scripted_server import Act

LISTS: dict[str, tuple[list[Act], list[str]]] = {
    "one page": ([page("a", "b")], ["a", "b"]),
    "nothing": ([answer(200, {"metadata": {}, "items": None})], []),
    "three pages": ([page("a", more="1"), page("b", more="2"), page("c")], ["a", "b", "c"]),
    "410 in the middle": (
        [page("a", "b", more="1"), answer(410), page("a", "x", more="2"), page("b", "c")],
        ["a", "b", "x", "c"],
    ),
    "a reset in the middle": ([page("a", more="1"), acts.reset_read, page("b")], ["a", "b"]),
}


@pytest.mark.parametrize(("script", "names"), LISTS.values(), ids=LISTS)
def test_a_list_yields_each_object_once(script: list[Act], names: list[str]) -> None:
    with faulty(*script) as met:
        assert [item["metadata"]["name"] for item in met.cluster().list("/api/v1/nodes", label="a=b")] == names

        assert all("labelSelector=a%3Db" in seen.target for seen in met.server.seen)
        assert len(met.server.seen) == len(script)


@pytest.mark.parametrize("script", [[answer(410)], [page("a", more="1"), *[answer(410), page("a", more="1")] * 9]])
def test_a_list_that_expires_again_and_again_ends(script: list[Act]) -> None:
    with faulty(*script) as met:
        with pytest.raises(kube.KubeError, match="410"):
            list(met.cluster(seconds=30).list("/api/v1/nodes"))

        assert len(met.server.seen) < 12


@pytest.mark.parametrize("answered", [{}, {"items": [{}]}, {"items": 1}, {"metadata": [], "items": []}])
def test_an_answer_that_is_no_list_is_no_word_of_an_api_server(answered: dict[str, Any]) -> None:
    with faulty(answer(200, answered)) as met, pytest.raises(kube.ClusterUnreachableError):
        list(met.cluster().list("/api/v1/nodes"))
