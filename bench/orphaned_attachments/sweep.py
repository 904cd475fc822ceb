"""A sweep of a large cluster in which nothing is amiss: what it asks, and what it takes."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.cloud.process import running
from bench.cloud.shapes import SECRET_NAME
from bench.cluster.answers import KINDS
from bench.cluster.process import played
from bench.figures import Sample
from bench.runs import Runner
from functions.orphaned_attachments.settings import Settings

NODES, VOLUMES, TURNS = 1000, 5000, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietSweep:
    """A sweep, measured several times, each in a fresh interpreter."""

    seconds: Sample
    idle_mib: float
    """The most before the sweep began: the interpreter and its imports."""

    peak_mib: float
    """The most of all."""

    calls: Mapping[str, int]
    """To AWS, by operation."""

    requests: Mapping[str, int]
    """To the Kubernetes API, by path."""

    @property
    def pages(self) -> int:
        """Pages of lists; the Nodes' first page is asked for once more, as the proof of whose cluster it is."""
        return sum(number for path, number in self.requests.items() if path in KINDS)


def measured(
    runner: Runner, *, path: str, nodes: int = NODES, volumes: int = VOLUMES, turns: int = TURNS
) -> QuietSweep:
    """Measure with the packages on *path*. Raises RuntimeError where the sweep found anything."""
    with (
        played(nodes=nodes, volumes=volumes) as cluster,
        running(nodes=nodes, volumes=volumes, secret=cluster.kubeconfig) as cloud,
    ):
        runs = []
        for _ in range(turns):
            runs.append(
                runner.automation("orphaned_attachments", cloud, "sweep", [_queued()], path=path, environment=_SET_UP)
            )
            calls = Counter(call.operation for call in cloud.calls())
            requests = cluster.requests()
            check(calls, requests)
    return QuietSweep(
        seconds=Sample(tuple(run.seconds[0] for run in runs)),
        idle_mib=max(run.idle_mib for run in runs),
        peak_mib=max(run.peak_mib for run in runs),
        calls=calls,
        requests=requests,
    )


def check(calls: Mapping[str, int], requests: Mapping[str, int]) -> None:
    """Make sure that what was measured is a whole sweep, and a quiet one."""
    if not requests.keys() >= KINDS.keys() or "DescribeVolumes" not in calls:
        raise RuntimeError(f"that was no whole sweep: {dict(requests)}, {dict(calls)}")
    if others := requests.keys() - KINDS.keys() - {"/version"}:
        raise RuntimeError(f"that was no quiet sweep: it asked for {', '.join(sorted(others))}")


_SET_UP = Settings().to_env() | {
    "CLUSTERS": json.dumps({"prod": {"kubeconfig_secret": SECRET_NAME}}),
    "MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:release-volumes",
    "PYTHONDONTWRITEBYTECODE": "1",
    "SWEEP_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/000000000000/sweeps",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:operators",
}


def _queued() -> dict[str, Any]:
    """Return the batch that the queue of sweeps brings."""
    sent = {"SentTimestamp": str(int(time.time() * 1000))}
    body = json.dumps({"cluster": "prod"})
    record = {"messageId": "1", "receiptHandle": "1", "eventSource": "aws:sqs", "attributes": sent, "body": body}
    return {"Records": [record]}
