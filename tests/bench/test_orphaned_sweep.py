"""What is measured as a quiet sweep is one."""

import pytest

from bench.figures import Sample
from bench.orphaned_attachments.sweep import QuietSweep, check

WHOLE = {
    "/api/v1/nodes": 5,
    "/api/v1/persistentvolumes": 20,
    "/apis/storage.k8s.io/v1/csinodes": 4,
    "/apis/storage.k8s.io/v1/volumeattachments": 20,
    "/version": 1,
}


def test_pages_of_lists_alone_are_counted_as_such() -> None:
    sweep = QuietSweep(seconds=Sample((1.0,)), idle_mib=40, peak_mib=100, calls={}, requests=WHOLE)

    assert sweep.pages == 49


@pytest.mark.parametrize(
    ("calls", "requests", "why"),
    [
        ({"DescribeVolumes": 10}, WHOLE | {"/api/v1/pods": 1}, "no quiet sweep: it asked for /api/v1/pods"),
        ({"DescribeVolumes": 10}, {"/version": 1}, "no whole sweep"),
        ({"GetParameter": 1}, WHOLE, "no whole sweep"),
    ],
)
def test_a_sweep_that_is_not_whole_or_not_quiet_is_not_measured(
    calls: dict[str, int], requests: dict[str, int], why: str
) -> None:
    with pytest.raises(RuntimeError, match=why):
        check(calls, requests)
