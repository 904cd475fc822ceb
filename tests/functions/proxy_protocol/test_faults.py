"""Every AWS call with every fault, and a crash at every call: one expected outcome each.

Over 120 lines because the table holds every call of every entry point.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from functions.proxy_protocol.elbv2_calls import RefusedError, TargetGroupGoneError
from functions.proxy_protocol.sweep import SweepIncompleteError
from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import tagged
from tests.functions.proxy_protocol.failures import Failure, connection_reset, read_timeout, refusal

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]

TRANSIENT: dict[str, Failure] = {
    "Throttling": refusal("Throttling"),
    "500": refusal("InternalFailure", status=500),
    "timeout": read_timeout,
    "reset": connection_reset,
}
FAULTS = TRANSIENT | {"AccessDenied": refusal("AccessDenied"), "TargetGroupNotFound": refusal("TargetGroupNotFound")}

READS = ["DescribeTags", "DescribeTargetGroups", "DescribeListeners", "DescribeTargetGroupAttributes"]
READS += ["DescribeTargetHealth"]
WRITE, MARK, MODE = "ModifyTargetGroupAttributes", "AddTags", "GetParameter"

# Per entry point and call: what comes of a transient fault, of AccessDenied, and of TargetGroupNotFound.
Outcomes = tuple[str, str, str]
OBSERVED: Outcomes = ("observed", "observed", "observed")
UNMARKED: Outcomes = ("unmarked", "unmarked", "unmarked")
RUN_FAILS: Outcomes = ("run fails", "run fails", "run fails")
TABLE: dict[str, dict[str, Outcomes]] = {
    "event": {
        **dict.fromkeys(READS, ("record fails", "record fails", "Gone")),
        WRITE: ("record fails", "Refused", "Gone"),
        MARK: UNMARKED,
        MODE: OBSERVED,
    },
    "sweep": {
        "GetResources": RUN_FAILS,
        "DescribeTargetGroups": RUN_FAILS,
        "DescribeTags": ("batch undone", "batch undone", "Gone"),
        **dict.fromkeys(READS[2:], ("group undone", "group undone", "Gone")),
        WRITE: ("group undone", "Refused", "Gone"),
        MARK: UNMARKED,
        MODE: OBSERVED,
    },
    "plan": {
        "GetResources": RUN_FAILS,
        "DescribeTargetGroups": RUN_FAILS,
        **dict.fromkeys(READS[2:], ("group left out", "group left out", "Gone")),
        MODE: ("planned", "planned", "planned"),
    },
    "apply": {
        "DescribeExecution": RUN_FAILS,
        **dict.fromkeys(READS, ("group left out", "group left out", "changed to Gone")),
        WRITE: ("group left out", "refused", "changed to Gone"),
        MARK: UNMARKED,
        MODE: ("applied", "applied", "applied"),
    },
}
ROWS = [
    (entry, operation, fault, outcomes[0 if fault in TRANSIENT else 1 if fault == "AccessDenied" else 2])
    for entry, operations in TABLE.items()
    for operation, outcomes in operations.items()
    for fault in FAULTS
]


class Scene:
    """Two groups that a wildcard with ports asks for, so that every call is made; the faults hit the first."""

    def __init__(self) -> None:
        self.cloud = Cloud(policy("*/shop/*:80"))
        self.hit = self.cloud.account.add(service="shop/hit", is_attached=False)
        self.neighbour = self.cloud.account.add(service="shop/neighbour")
        self._load_balancer = self.cloud.account.attach(self.hit, port=80, load_balancer="hit")

    def fail(self, operation: str, failure: Failure, *, after: bool = False, times: float = float("inf")) -> None:
        self.cloud.calls.fail(operation, failure, only=self._is_hit, after=after, times=times)

    def _is_hit(self, kwargs: Mapping[str, Any]) -> bool:
        about = str(kwargs)
        names_a_group = "/k8s-" in about or ":loadbalancer/" in about
        return not names_a_group or self.hit in about or self._load_balancer in about

    @property
    def is_hit_on(self) -> bool:
        return self.cloud.account.is_on(self.hit)

    @property
    def is_neighbour_on(self) -> bool:
        return self.cloud.account.is_on(self.neighbour)


def _verdict(lines: Lines, arn: str) -> str:
    return next((str(line["verdict"]) for line in lines if line.get("group") == arn and "verdict" in line), "")


def _event(scene: Scene, lines: Lines) -> str:
    failed = scene.cloud.on_event(tagged(scene.hit), tagged(scene.neighbour))
    assert failed in ([], ["0"]), "the neighbour's record is done"
    return "record fails" if failed else _verdict(lines, scene.hit)


def _sweep(scene: Scene, lines: Lines) -> str:
    try:
        counts = scene.cloud.sweep()
    except SweepIncompleteError as error:
        return "batch undone" if str(error).startswith("2 of 2") else "group undone"
    except (ClientError, BotoCoreError, RefusedError, TargetGroupGoneError):
        return "run fails"
    return "Gone" if "Gone" in counts else _verdict(lines, scene.hit)


def _plan(scene: Scene, _lines: Lines) -> str:
    try:
        output = scene.cloud.plan()
    except (ClientError, BotoCoreError, RefusedError, TargetGroupGoneError):
        return "run fails"
    rows = {row["subject"]: row["verdict"] for row in output["table"]}
    assert rows[scene.neighbour] == "Enable"
    if scene.hit not in rows:
        assert "1 could not be judged" in output["summary"]
        return "group left out"
    return "planned" if rows[scene.hit] == "Enable" else str(rows[scene.hit])


def _apply(scene: Scene, _lines: Lines) -> str:
    try:
        output = scene.cloud.apply()
    except (ClientError, BotoCoreError, RefusedError, TargetGroupGoneError):
        return "run fails"
    rows = {row["subject"]: row for row in output["table"]}
    if scene.hit not in rows:
        assert "1 could not be reached: apply again" in output["summary"]
        return "group left out"
    result, now = rows[scene.hit]["result"], rows[scene.hit]["now"]
    return f"changed to {now}" if result == "changed" else str(result)


RUNS: dict[str, Callable[[Scene, Lines], str]] = {"event": _event, "sweep": _sweep, "plan": _plan, "apply": _apply}
IS_ON = {"unmarked", "applied"}
"""Outcomes that leave the group switched on."""


@pytest.mark.parametrize(("entry", "operation", "fault", "outcome"), ROWS, ids=["-".join(row[:3]) for row in ROWS])
def test_a_fault_has_its_outcome(
    log_lines: Lines, metrics: Metrics, *, entry: str, operation: str, fault: str, outcome: str
) -> None:
    scene = Scene()
    if entry == "apply":
        scene.cloud.plan()
        log_lines.clear()
        metrics()
    scene.fail(operation, FAULTS[fault])

    came = RUNS[entry](scene, log_lines)

    counted = [name for one in metrics() for name in one]
    if came in {"Enable", "applied"} and "TagNotWritten" in counted:
        came = "unmarked"
    if came == "Enable" and "ModeUnreadable" in counted:
        came = "observed"
    assert came == outcome
    assert scene.is_hit_on is (outcome in IS_ON)
    is_left_alone = entry == "plan" or outcome in {"observed", "batch undone", "run fails"}
    assert scene.is_neighbour_on is not is_left_alone
    assert scene.cloud.calls.of(operation), "the fault was met"


CRASHES = [
    (entry, operation, is_after)
    for entry, operations in TABLE.items()
    for operation in operations
    for is_after in (False, True)
    if entry != "plan"
]


@pytest.mark.parametrize(
    ("entry", "operation", "is_after"), CRASHES, ids=[f"{e}-{o}-{'after' if a else 'before'}" for e, o, a in CRASHES]
)
def test_after_a_crash_at_any_call_the_next_run_gets_there(
    log_lines: Lines, entry: str, operation: str, *, is_after: bool
) -> None:
    scene = Scene()
    if entry == "apply":
        scene.cloud.plan()
    scene.fail(operation, read_timeout, after=is_after, times=1)
    RUNS[entry](scene, log_lines)

    RUNS[entry](scene, log_lines)

    assert (scene.is_hit_on, scene.is_neighbour_on) == (True, True)


def test_a_write_that_was_done_though_its_answer_was_lost_is_not_done_again(log_lines: Lines) -> None:
    scene = Scene()
    scene.fail(WRITE, read_timeout, after=True, times=1)
    assert scene.cloud.on_event(tagged(scene.hit)) == ["0"]
    log_lines.clear()

    assert scene.cloud.on_event(tagged(scene.hit)) == []

    assert _verdict(log_lines, scene.hit) == "AlreadySet"
    assert len(scene.cloud.calls.of(WRITE)) == 1


@pytest.mark.parametrize("code", ["TargetGroupNotFound", "TargetGroupNotFoundException"])
@pytest.mark.parametrize("operation", [*READS, WRITE])
def test_a_group_that_is_gone_is_a_success_however_it_is_spelled(log_lines: Lines, operation: str, code: str) -> None:
    scene = Scene()
    scene.fail(operation, refusal(code))

    assert scene.cloud.on_event(tagged(scene.hit)) == []
    assert _verdict(log_lines, scene.hit) == "Gone"


def test_a_setting_that_aws_finds_impossible_is_refused_and_not_tried_again(log_lines: Lines) -> None:
    scene = Scene()
    scene.fail(WRITE, refusal("InvalidConfigurationRequest"))

    assert scene.cloud.on_event(tagged(scene.hit)) == []
    assert _verdict(log_lines, scene.hit) == "Refused"


def test_a_denied_write_to_a_group_that_is_gone_is_gone(log_lines: Lines) -> None:
    scene = Scene()
    scene.fail(WRITE, refusal("AccessDenied"))
    reads = iter(range(9))
    scene.cloud.calls.fail("DescribeTags", refusal("TargetGroupNotFound"), only=lambda _: next(reads) >= 1)

    assert scene.cloud.on_event(tagged(scene.hit)) == []
    assert _verdict(log_lines, scene.hit) == "Gone"


@pytest.mark.parametrize("operation", [*READS, WRITE])
@pytest.mark.parametrize(
    ("code", "metric"),
    [
        ("AccessDenied", "AccessDenied"),
        ("AccessDeniedException", "AccessDenied"),
        ("Throttling", "Throttled"),
        ("ThrottlingException", "Throttled"),
        ("RequestLimitExceeded", "Throttled"),
    ],
)
def test_a_missing_permission_and_a_throttle_are_counted_by_action(
    metrics: Metrics, operation: str, code: str, metric: str
) -> None:
    scene = Scene()
    scene.fail(operation, refusal(code))

    scene.cloud.on_event(tagged(scene.hit))

    assert [one["action"] for one in metrics() if metric in one] == [operation]


@pytest.mark.parametrize("operation", ["GetResources", "DescribeTargetGroups"])
def test_a_sweep_that_may_not_list_counts_the_missing_permission(metrics: Metrics, operation: str) -> None:
    scene = Scene()
    scene.fail(operation, refusal("AccessDeniedException"))

    with pytest.raises((ClientError, RefusedError)):
        scene.cloud.sweep()

    assert [one["action"] for one in metrics() if "AccessDenied" in one] == [operation]


@pytest.mark.parametrize("operation", ["DescribeTags", *READS[2:], WRITE, MARK])
def test_a_denied_call_of_a_sweep_is_counted(metrics: Metrics, operation: str) -> None:
    scene = Scene()
    scene.fail(operation, refusal("AccessDenied"))

    RUNS["sweep"](scene, [])

    assert [one["action"] for one in metrics() if "AccessDenied" in one] == [operation]
