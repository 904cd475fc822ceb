"""The entry points as Lambda calls them: their wiring, with boto3's own clients against moto.

Over 120 lines because seven entry points stand side by side.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import kube
from functions.orphaned_attachments import handler
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.travel import Run
from functions.orphaned_attachments.wiring import WIRINGS, wiring_of
from pitcrew.plan import ModeOffError
from pitcrew.request import BadInputError
from tests.functions.orphaned_attachments.cloud import state_change
from tests.functions.orphaned_attachments.fake_clusters import FakeApiServer
from tests.functions.orphaned_attachments.played import Played, batch, playing
from tests.functions.orphaned_attachments.raw_objects import NODE
from tests.functions.orphaned_attachments.test_report import result

NOTHING_FAILED: dict[str, Any] = {"batchItemFailures": []}


@pytest.fixture
def played() -> Iterator[Played]:
    with playing() as found:
        yield found


def test_the_import_of_the_handler_needs_no_environment() -> None:
    script = "import functions.orphaned_attachments.handler"
    path = [entry for entry in sys.path if entry]

    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": ":".join(path)}, check=False)  # noqa: S603 (this interpreter)

    assert done.returncode == 0


def test_an_event_starts_an_execution_and_its_poison_neighbour_fails_alone(played: Played) -> None:
    played.ec2.terminate_instances(InstanceIds=[played.instance])
    events = batch("{", state_change("terminated", played.instance), state_change("stopped", "i-0fedcba9876543210"))

    answer = handler.on_event(events, played.context)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert played.executions == {
        f"{played.instance}-e-1": {"target": played.instance, "apply": "event", "cluster": "prod"}
    }


@pytest.mark.parametrize("event", [None, [], {}, {"Records": None}, {"detail": {}}])
def test_what_is_no_batch_is_said_and_dropped(played: Played, event: Any) -> None:  # noqa: ANN401 (anything is meant)
    assert handler.on_event(event, played.context) == NOTHING_FAILED
    assert handler.sweep(event, played.context) == NOTHING_FAILED


def test_a_sweep_of_a_cluster_starts_what_is_due(played: Played) -> None:
    played.ec2.terminate_instances(InstanceIds=[played.instance])

    assert handler.sweep(batch({"cluster": "prod"}), played.context) == NOTHING_FAILED

    (name,) = played.executions
    assert name.startswith(f"{played.instance}-sweep-2")


def test_a_sweep_of_a_pattern_sends_a_record_for_each_match_and_looks_at_none(played: Played) -> None:
    played.clusters.servers = {"team-a": FakeApiServer(), "team-b": FakeApiServer()}
    played.clusters.patterns = ("team-*",)

    assert handler.sweep(batch({"cluster": "team-*"}), played.context) == NOTHING_FAILED

    assert played.received(played.queue) == [{"cluster": "team-a"}, {"cluster": "team-b"}]
    assert [server.requests for server in played.clusters.servers.values()] == [[], []]


def test_a_pattern_with_one_match_is_a_pattern_all_the_same(played: Played) -> None:
    played.clusters.patterns = ("pro*",)

    handler.sweep(batch({"cluster": "pro*"}), played.context)

    assert played.received(played.queue) == [{"cluster": "prod"}]
    assert played.prod.requests == []


def test_a_sweep_that_came_too_late_is_left_to_the_next(played: Played) -> None:
    late = batch({"cluster": "prod"}, sent_at=datetime.now(UTC) - timedelta(minutes=5, seconds=1))

    assert handler.sweep(late, played.context) == NOTHING_FAILED
    assert played.prod.requests == []


def test_a_sweep_of_an_unknown_cluster_comes_again(played: Played) -> None:
    played.clusters.troubles["gone"] = kube.UnknownClusterError("no such cluster")

    answer = handler.sweep(batch({"cluster": "gone"}, "{"), played.context)

    assert [one["itemIdentifier"] for one in answer["batchItemFailures"]] == ["0", "1"]


def test_a_look_and_its_act_change_one_thing(played: Played) -> None:
    played.ec2.terminate_instances(InstanceIds=[played.instance])
    run = Run(instance=played.instance, cluster="prod").pack()

    looked = handler.look({"run": run}, played.context)
    done = handler.act(looked, played.context)

    assert (looked["next"], looked["act"]["kind"], done["next"]) == ("act", "taint", "look")
    assert [str(request) for request in played.prod.writes] == [f"PATCH /api/v1/nodes/{NODE}"]
    assert json.loads(json.dumps(done)) == done


def test_a_volume_of_a_stopped_instance_is_detached_at_last(played: Played) -> None:
    played.ec2.stop_instances(InstanceIds=[played.instance])
    for path in [path for path in played.prod.objects if path.split("/")[-2] != "persistentvolumes"]:
        del played.prod.objects[path]
    memory = Memory(first_look_at=datetime.now(UTC) - timedelta(minutes=2), has_begun=True)
    run = Run(instance=played.instance, cluster="prod", memory=memory).pack()

    looked = handler.look({"run": run}, played.context)
    handler.act(looked, played.context)

    (volume,) = played.ec2.describe_volumes(VolumeIds=[played.volume])["Volumes"]
    assert (looked["act"]["kind"], volume["State"]) == ("detach", "available")


def test_a_plan_changes_nothing_and_its_apply_brings_a_run(played: Played) -> None:
    played.ec2.terminate_instances(InstanceIds=[played.instance])
    played.set_mode("observe")

    output = handler.plan({"input": {}, "execution": {"id": "x", "name": "plan-1"}}, played.context)
    execution = {"id": played.finish("plan-1", output, given={}), "name": "apply-1"}
    prepared = handler.prepare({"input": {"apply": "plan-1"}, "execution": execution}, played.context)

    assert (output["counts"], played.prod.writes) == ({"Releasing": 1}, [])
    assert [(one["run"]["instance"], one["run"]["cause"]) for one in prepared["runs"]] == [(played.instance, "plan-1")]
    played.set_mode("off")
    with pytest.raises(ModeOffError):
        handler.prepare({"input": {"apply": "plan-1"}, "execution": execution}, played.context)


@pytest.mark.parametrize("given", [[], {"dryRun": False}, {"target": ""}, None])
def test_a_bad_input_reaches_the_state_machine_under_its_name(played: Played, given: object) -> None:
    event = {"input": given, "execution": {"id": "x", "name": "x"}}

    for entry_point in (handler.plan, handler.prepare):
        with pytest.raises(BadInputError):
            entry_point(event, played.context)


def test_a_report_tells_the_topic_and_the_cluster(played: Played) -> None:
    results = [result("Released", "03:04:05 taint: node-a (done)", instance=played.instance)]

    output = handler.report({"results": results, "execution": "arn"}, played.context)

    assert output["counts"] == {"Released": 1}
    (message,) = played.received(played.mailbox)
    assert message["Subject"] == f"Pitcrew: Released, {played.instance} of prod"
    assert [event["reason"] for event in played.prod.events] == ["Released"]


def test_what_a_function_works_with_is_made_once(played: Played) -> None:
    arn = played.context.invoked_function_arn.replace("test-", "another-")

    assert wiring_of(arn) is wiring_of(arn) is WIRINGS.pop(arn)
    assert wiring_of(played.context.invoked_function_arn).home == "123456789012/us-east-1"
