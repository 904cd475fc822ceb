"""The two steps of the loop, under each mode, for events and for operators.

Over 120 lines because look and act are the only way to any write.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import kube
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.run import MARKS_OFF
from functions.orphaned_attachments.travel import Run
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import HEALTHY, Cloud, marked_node, verdicts
from tests.functions.orphaned_attachments.fake_aws import refusal
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, NOW, VOLUME

Lines = list[dict[str, Any]]
RUN = Run(instance=DEAD, cluster="prod")
BY_HAND = Run(instance=DEAD, cluster="prod", cause="plan-1", planned="Releasing")
TAINT = {"kind": "taint", "name": NODE, "subject": f"uid-of-{NODE}"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _look(cloud: Cloud, run: Run = RUN) -> dict[str, Any]:
    """Look, and hand the answer on as the state machine does."""
    answer: dict[str, Any] = json.loads(json.dumps(cloud.runner.look(run)))
    return answer


def _act(cloud: Cloud, asked: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(json.dumps(cloud.runner.act(asked)))
    return answer


def test_a_look_at_a_dead_instance_names_the_next_act(cloud: Cloud) -> None:
    looked = _look(cloud)

    assert (looked["next"], looked["act"], looked["run"]["verdict"]) == ("act", TAINT, "Releasing")
    assert looked["outcome"].items() >= {"result": "Releasing", "would": "", "volumes": [VOLUME]}.items()
    assert cloud.prod.writes == []


def test_an_act_is_done_and_the_next_look_follows_at_once(cloud: Cloud, log_lines: Lines) -> None:
    done = _act(cloud, _look(cloud))

    assert [str(request) for request in cloud.prod.writes] == [f"PATCH /api/v1/nodes/{NODE}"]
    assert done["next"] == "look"
    assert done["run"]["acts"] == [f"03:04:05 taint: {NODE} (done)"]
    assert done["run"]["memory"].items() >= {"has_begun": True, "last_act_at": NOW.isoformat()}.items()
    (proof,) = [line for line in log_lines if line["message"] == "act"]
    assert (proof["act"], proof["result"], proof["verdict"], proof["mode"]) == ("taint", "done", "Releasing", "enforce")
    assert proof["after"] == {"answer": "8", "instance": "terminated"}
    assert proof["before"]["uid"] == f"uid-of-{NODE}"
    assert proof["rules"]["Releasing"] is True


def test_an_alive_instance_ends_its_run(cloud: Cloud) -> None:
    cloud.set_state("running")

    looked = _look(cloud)

    assert (looked["next"], looked["act"], looked["outcome"]["result"]) == ("end", None, "Alive")


def test_a_dying_instance_is_waited_for(cloud: Cloud) -> None:
    cloud.set_state("stopping")

    looked = _look(cloud)

    assert (looked["next"], looked["wait"], looked["run"]["verdict"]) == ("wait", 4, "Watching")
    assert looked["run"]["memory"]["dying_since"] == NOW.isoformat()


@pytest.mark.parametrize(
    ("mode", "run", "following", "result"),
    [
        ("enforce", RUN, "act", "Releasing"),
        ("enforce", BY_HAND, "act", "Releasing"),
        ("observe", RUN, "end", "observed"),
        ("observe", BY_HAND, "act", "Releasing"),
        ("off", RUN, "end", "off"),
        ("off", BY_HAND, "end", "off"),
        ("nonsense", RUN, "end", "observed"),
    ],
)
def test_the_mode_says_who_may_release(cloud: Cloud, mode: str, run: Run, following: str, result: str) -> None:
    cloud.aws.mode = mode

    looked = _look(cloud, run)

    assert (looked["next"], looked["outcome"]["result"]) == (following, result)


def test_what_is_only_observed_says_what_it_would_do(cloud: Cloud, log_lines: Lines) -> None:
    cloud.aws.mode = "observe"

    looked = _look(cloud)

    assert looked["outcome"]["would"] == f"taint: {NODE}"
    assert log_lines[-1].items() >= {"verdict": "Releasing", "mode": "observe", "would": f"taint: {NODE}"}.items()
    assert cloud.prod.writes == []


def test_a_hold_that_may_not_be_made_is_waited_over(cloud: Cloud) -> None:
    cloud.aws.mode = "observe"
    cloud.set_state("shutting-down")

    looked = _look(cloud)

    assert (looked["next"], looked["outcome"]["would"]) == ("wait", f"hold: {NODE}")


@pytest.mark.parametrize("mode", ["observe", "off"])
def test_a_kill_switch_between_look_and_act_holds(cloud: Cloud, mode: str) -> None:
    looked = _look(cloud)
    cloud.aws.mode = mode

    answer = _act(cloud, looked)

    assert (answer["next"], cloud.prod.writes) == ("look", [])


@pytest.mark.parametrize("state", ["running", "pending", "stopping", "shutting-down"])
def test_an_instance_that_is_not_dead_any_more_is_not_touched(cloud: Cloud, state: str) -> None:
    looked = _look(cloud)
    cloud.set_state(state)

    answer = _act(cloud, looked)

    assert answer["next"] == "look"
    assert cloud.prod.writes == []


def test_an_act_that_is_no_longer_the_next_one_is_not_done(cloud: Cloud) -> None:
    looked = _look(cloud)
    cloud.set_node(marked_node())

    assert _act(cloud, looked)["next"] == "look"
    assert cloud.prod.writes == []


def test_an_object_that_is_another_by_now_is_not_touched(cloud: Cloud) -> None:
    looked = _look(cloud)
    cloud.set_node(raw.node(uid="another"))

    assert _act(cloud, looked)["next"] == "look"
    assert cloud.prod.writes == []


@pytest.mark.parametrize("mode", ["enforce", "observe", "off"])
def test_our_marks_come_off_in_every_mode(cloud: Cloud, mode: str) -> None:
    cloud.aws.mode = mode
    cloud.set_state("running", LaunchTime=NOW - timedelta(minutes=5))
    cloud.set_node(marked_node(ready="True"))

    looked = _look(cloud)
    _act(cloud, looked)

    assert (looked["next"], looked["act"]["kind"]) == ("act", "untaint")
    assert [str(request) for request in cloud.prod.writes] == [f"PATCH /api/v1/nodes/{NODE}"]


@pytest.mark.parametrize("mode", ["enforce", "observe", "off"])
def test_an_operators_our_marks_takes_them_off_and_does_nothing_else(cloud: Cloud, mode: str) -> None:
    cloud.aws.mode = mode
    run = Run(instance=DEAD, cluster="prod", cause="plan-1", planned="Releasing", accepts=(MARKS_OFF,))
    untainted = _look(cloud, run)
    cloud.set_node(marked_node())

    tainted = _look(cloud, run)

    assert (untainted["next"], untainted["act"]) == ("end", None)
    assert (tainted["next"], tainted["act"]["kind"]) == ("act", "untaint")


def test_a_verdict_that_is_not_the_planned_one_changes_nothing(cloud: Cloud) -> None:
    cloud.set_state("stopped")
    cloud.set_node(raw.node(ready="True"))

    looked = _look(cloud, BY_HAND)

    assert (looked["next"], looked["act"], looked["outcome"]["result"]) == ("end", None, "changed")
    assert (looked["run"]["planned"], looked["run"]["verdict"]) == ("Releasing", "Contradicted")


def test_a_plan_binds_the_first_look_alone(cloud: Cloud) -> None:
    first = Run.unpack(_look(cloud, BY_HAND)["run"])
    cloud.forget("pods", "volumeattachments", "nodes")
    del cloud.aws.volumes[VOLUME]

    assert _look(cloud, first)["outcome"]["result"] == "NothingToRelease"


def _planned_stop(cloud: Cloud) -> None:
    cloud.set_state("stopped", StateReason={"Code": "Client.UserInitiatedShutdown"})
    cordoned = raw.node()
    cordoned["spec"]["unschedulable"] = True
    cloud.set_node(cordoned)


def _too_many(cloud: Cloud) -> None:
    for name, instance in list(HEALTHY.items())[:3]:
        cloud.aws.has_instance(instance, "terminated")
        cloud.prod.has("volumeattachments", raw.attachment(f"va-{name}", instance, node_name=name))


@pytest.mark.parametrize(
    ("prepare", "verdict"), [(_planned_stop, "PlannedStop"), (_too_many, "TooManyAtOnce")], ids=["planned", "many"]
)
def test_what_is_held_back_is_released_where_a_person_has_accepted_it(
    cloud: Cloud, prepare: Callable[[Cloud], None], verdict: str
) -> None:
    prepare(cloud)
    by_hand = Run(instance=DEAD, cluster="prod", cause="plan-1", planned=verdict)

    held = _look(cloud)
    refused = _look(cloud, by_hand)
    accepted = _look(cloud, Run(**{**_fields(by_hand), "accepts": (verdict,)}))

    assert (held["next"], held["outcome"]["result"]) == ("end", verdict)
    assert (refused["next"], refused["outcome"]["result"]) == ("end", verdict)
    assert (accepted["next"], accepted["act"], accepted["run"]["verdict"]) == ("act", TAINT, "Releasing")


def _fields(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in Run.__slots__}


def test_an_accepted_row_that_became_something_else_is_changed(cloud: Cloud) -> None:
    cloud.set_state("running")
    run = Run(instance=DEAD, cluster="prod", cause="p", planned="TooManyAtOnce", accepts=("TooManyAtOnce",))

    assert _look(cloud, run)["outcome"]["result"] == "changed"


def test_what_was_held_back_and_not_accepted_is_changed_where_it_would_be_released_now(cloud: Cloud) -> None:
    run = Run(instance=DEAD, cluster="prod", cause="plan-1", planned="TooManyAtOnce")

    assert _look(cloud, run)["outcome"]["result"] == "changed"


def test_a_write_that_was_refused_is_waited_over_and_told(cloud: Cloud) -> None:
    cloud.prod.troubles[f"PATCH /api/v1/nodes/{NODE}"] = kube.ForbiddenError("nodes is forbidden")

    done = _act(cloud, _look(cloud))

    assert (done["next"], done["wait"]) == ("wait", 4)
    assert done["run"]["trouble"] == f"taint: {NODE}: nodes is forbidden"
    assert done["run"]["acts"] == []
    assert "has_begun" not in done["run"]["memory"]


def test_a_write_that_may_have_happened_counts_as_begun(cloud: Cloud) -> None:
    cloud.prod.troubles[f"PATCH /api/v1/nodes/{NODE}"] = kube.OutcomeUnknownError("no answer")

    done = _act(cloud, _look(cloud))

    assert done["next"] == "wait"
    assert done["run"]["acts"] == [f"03:04:05 taint: {NODE} (unknown)"]
    assert done["run"]["memory"]["has_begun"] is True


def _stopped_for_long(cloud: Cloud) -> Run:
    cloud.set_state("stopped")
    cloud.forget("pods", "volumeattachments", "nodes", "csinodes")
    return Run(instance=DEAD, cluster="prod", memory=Memory(first_look_at=NOW - timedelta(seconds=91)))


def test_a_detach_is_remembered_with_its_time(cloud: Cloud) -> None:
    looked = _look(cloud, _stopped_for_long(cloud))

    done = _act(cloud, looked)

    assert looked["act"] == {"kind": "detach", "name": VOLUME, "subject": VOLUME}
    assert done["run"]["memory"]["detached"] == {VOLUME: NOW.isoformat()}
    assert cloud.aws.of("detach_volume") == [{"VolumeId": VOLUME, "InstanceId": DEAD}]


def test_the_proof_of_an_act_shows_an_instance_that_boots_meanwhile(cloud: Cloud, log_lines: Lines) -> None:
    looked = _look(cloud, _stopped_for_long(cloud))
    cloud.aws.on_detach = lambda: cloud.set_state("running")

    _act(cloud, looked)

    assert [line["after"]["instance"] for line in log_lines if line["message"] == "act"] == ["running"]


def test_a_run_learns_the_name_of_its_cluster(cloud: Cloud) -> None:
    assert _look(cloud, Run(instance=DEAD))["run"]["cluster"] == "prod"


def test_an_instance_of_nobody_ends_its_run(cloud: Cloud, log_lines: Lines) -> None:
    cloud.set_state("terminated", of={})

    looked = _look(cloud, Run(instance=DEAD))

    assert (looked["next"], looked["outcome"]["why"]) == ("end", "it has no mark of a cluster")
    assert verdicts(log_lines) == ["NotOurs"]


def test_a_silent_cluster_is_asked_three_times_and_then_left_to_the_sweep(cloud: Cloud) -> None:
    cloud.clusters.troubles["prod"] = kube.ClusterUnreachableError("no connection")
    run, followed = RUN, []

    for _ in range(3):
        looked = _look(cloud, run)
        followed.append((looked["next"], looked["run"]["verdict"]))
        run = Run.unpack(looked["run"])

    assert followed == [("wait", "ClusterUnreachable")] * 2 + [("end", "ClusterUnreachable")]


def test_an_unchanged_verdict_is_not_told_twice(cloud: Cloud, log_lines: Lines) -> None:
    cloud.set_state("stopping")

    looked = _look(cloud)
    _look(cloud, Run.unpack(looked["run"]))

    assert verdicts(log_lines) == ["Watching"]


def test_ec2_that_does_not_answer_is_no_evidence(cloud: Cloud) -> None:
    looked = _look(cloud)
    cloud.aws.troubles["describe_instances"] = refusal("RequestLimitExceeded")

    answer = _act(cloud, looked)

    assert (answer["next"], cloud.prod.writes) == ("look", [])
    assert _look(cloud)["run"]["verdict"] == "NotConfirmed"


def test_a_run_that_is_stuck_names_what_blocks(cloud: Cloud) -> None:
    late = Run(instance=DEAD, cluster="prod", memory=Memory(dead_since=NOW - timedelta(minutes=15)))

    looked = _look(cloud, late)

    assert (looked["next"], looked["outcome"]["result"]) == ("end", "Stuck")
    assert looked["outcome"]["blocks"] == [
        "pod shop/db-0",
        f"VolumeAttachment va-1 of {VOLUME}",
        f"volume {VOLUME} (on this instance)",
    ]
