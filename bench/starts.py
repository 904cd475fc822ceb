"""Cold and warm events, by turns with a bare boto3 script that makes the same calls."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.cloud.inventory import asking, target_groups
from bench.cloud.process import Cloud, running
from bench.figures import Sample
from bench.runs import FROM_SOURCES, Run, Runner

COLD_TURNS = 15
WARM_TURNS = 5
WARM_EVENTS = 40
_GROUPS = 5000
"""So many have 350 that ask: each event switches on a group of its own, so that none finds its work done."""

_EFFECT = "ModifyTargetGroupAttributes"


@dataclass(frozen=True, slots=True)
class Starts:
    """Seconds of one event: from the first import to the attribute being set, and in a process that is warm."""

    operations: tuple[str, ...]
    cold: Sample
    cold_bare: Sample
    cold_plain: Sample
    """With no bytecode in the layers."""

    warm: Sample
    warm_bare: Sample


class _Stage:
    """One account, and the groups in it that are still to be switched on."""

    def __init__(self, runner: Runner, cloud: Cloud) -> None:
        self._runner = runner
        self._cloud = cloud
        self._arns = iter(asking(target_groups(_GROUPS, are_set=False)))
        # From the sources first: that tells the calls, and leaves boto3's own bytecode behind where there was none.
        runner.pitcrew(cloud, "on_event", [_queued(next(self._arns))], path=FROM_SOURCES, keeps=True)
        self.operations = [call.operation for call in cloud.calls()]

    def cold(self, path: str) -> float:
        run = self._runner.pitcrew(self._cloud, "on_event", [_queued(next(self._arns))], path=path)
        return self._to_effect(run)

    def cold_bare(self) -> float:
        return self._to_effect(self._runner.bare(self._cloud, self.operations, [next(self._arns)]))

    def _to_effect(self, run: Run) -> float:
        calls = self._cloud.calls()
        seen = [call.operation for call in calls]
        if seen != self.operations:
            raise RuntimeError(f"the two do not make the same calls: {seen} and {self.operations}")
        return calls[seen.index(_EFFECT)].at - run.started

    def warm(self, path: str) -> tuple[float, ...]:
        events = [_queued(next(self._arns)) for _ in range(WARM_EVENTS + 1)]
        return self._runner.pitcrew(self._cloud, "on_event", events, path=path).seconds[1:]

    def warm_bare(self) -> tuple[float, ...]:
        # It writes without looking, so that any groups do.
        arns = asking(target_groups(_GROUPS, are_set=False))[: WARM_EVENTS + 1]
        return self._runner.bare(self._cloud, self.operations, arns).seconds[1:]


def measured(runner: Runner, *, path: str, plain_path: str) -> Starts:
    """Measure with the packages on *path*, and for information with those on *plain_path*."""
    with running(groups=_GROUPS) as cloud:
        stage = _Stage(runner, cloud)
        cold = [(stage.cold(path), stage.cold_bare(), stage.cold(plain_path)) for _ in range(COLD_TURNS)]
        warm = [(stage.warm(path), stage.warm_bare()) for _ in range(WARM_TURNS)]
    ours, bare, plain = (Sample(values) for values in zip(*cold, strict=True))
    warm_ours, warm_bare = (Sample(tuple(_joined(turns))) for turns in zip(*warm, strict=True))
    return Starts(tuple(stage.operations), ours, bare, plain, warm_ours, warm_bare)


def _joined(turns: tuple[tuple[float, ...], ...]) -> Iterator[float]:
    for seconds in turns:
        yield from seconds


def _queued(arn: str) -> dict[str, Any]:
    """Return the batch that the queue brings for a group that was created just now."""
    now = datetime.now(UTC).isoformat()
    born = {"targetGroupArn": arn, "protocol": "TCP", "targetType": "instance", "loadBalancerArns": []}
    detail = {
        "eventSource": "elasticloadbalancing.amazonaws.com",
        "eventName": "CreateTargetGroup",
        "eventTime": now,
        "responseElements": {"targetGroups": [born]},
    }
    body = {"id": "00000000-0000-0000-0000-000000000000", "time": now, "detail": detail}
    record = {"messageId": "1", "receiptHandle": "1", "eventSource": "aws:sqs", "body": json.dumps(body)}
    return {"Records": [record]}
