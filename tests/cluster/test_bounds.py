"""What a server sends without end takes neither memory nor time."""

import tracemalloc

import pytest

import kube
from tests.cluster import acts
from tests.cluster.faulty import faulty
from tests.cluster.scripted_server import Act


@pytest.mark.parametrize("script", [acts.huge, acts.bomb])
def test_an_answer_without_end_takes_neither_memory_nor_time(script: Act) -> None:
    with faulty(script) as met:
        cluster = met.cluster(seconds=30)
        tracemalloc.start()
        try:
            with pytest.raises(kube.ClusterUnreachableError, match="too big"):
                cluster.get("/api/v1/nodes/a")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert peak < 110 * acts.MEBIBYTE, "32 MiB, twice that while they grow, and what the server holds"
        assert len(met.server.seen) == 1
