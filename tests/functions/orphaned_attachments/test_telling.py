"""What people are told, in which words, and how often.

Over 120 lines because every word to a person is read here.
"""

from datetime import timedelta
from typing import Any

import pytest

import kube
from functions.orphaned_attachments.decision import decide
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.telling import Message, Teller, commands, event, held_back, of_run
from pitcrew.notify import Topic
from tests.functions.orphaned_attachments.cloud import Cloud
from tests.functions.orphaned_attachments.fake_clusters import EVENTS
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, NOW, VOLUME
from tests.functions.orphaned_attachments.test_report import EXECUTION, result

MESSAGE = Message(key=f"Stuck-{DEAD}", reason="Stuck", node=NODE, subject="Pitcrew: Stuck", text="x" * 2000)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _tell(cloud: Cloud, *, hours: float = 0) -> None:
    topic = Topic(lambda: cloud.client, "arn:aws:sns:us-east-1:123456789012:Pitcrew")
    Teller(topic, now=NOW + timedelta(hours=hours)).tell(cloud.clusters.connect("prod", seconds=5), MESSAGE)


def test_the_same_is_said_once_an_hour_and_again_in_the_next(cloud: Cloud) -> None:
    for hours in (0, 0.5, 1):
        _tell(cloud, hours=hours)

    assert len(cloud.aws.messages) == 2
    assert [one["metadata"]["name"] for one in cloud.prod.events] == [
        f"pitcrew-stuck-{DEAD}-2026010203",
        f"pitcrew-stuck-{DEAD}-2026010204",
    ]


def test_an_event_about_a_node_is_as_kubernetes_wants_it() -> None:
    made = event(MESSAGE, now=NOW)

    assert made["metadata"] == {"name": f"pitcrew-stuck-{DEAD}-2026010203", "namespace": "default"}
    assert made["involvedObject"] == {"apiVersion": "v1", "kind": "Node", "name": NODE}
    assert (made["reason"], made["type"], made["count"]) == ("Stuck", "Warning", 1)
    assert made["firstTimestamp"] == made["lastTimestamp"] == "2026-01-02T03:04:05Z"
    assert made["message"] == "x" * 1000


def test_a_release_is_nothing_to_warn_of() -> None:
    released = Message(key="k", reason="Released", node="", subject="", text="")

    assert event(released, now=NOW)["type"] == "Normal"


def test_a_cluster_that_takes_no_event_keeps_nobody_from_hearing(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.prod.troubles[f"POST {EVENTS}"] = kube.ForbiddenError("events is forbidden")

    _tell(cloud)
    _tell(cloud)

    assert len(cloud.aws.messages) == 2
    assert capsys.readouterr().out.count('"EventNotWritten"') >= 2


def _message(given: dict[str, Any]) -> Message:
    message = of_run(given, execution=EXECUTION)
    assert message is not None
    return message


def test_a_release_says_what_was_done(cloud: Cloud) -> None:
    given = result("Released", "03:04:05 taint: node-a (done)", trouble="pod: too slow")
    given["run"]["memory"] = {"node_name": NODE}

    message = _message(given)

    assert (message.key, message.reason, message.node) == (f"Released-{DEAD}", "Released", NODE)
    assert message.subject == f"Pitcrew: Released, {DEAD} of prod"
    assert message.text.splitlines() == [
        f"Instance {DEAD} of cluster prod: Released (because).",
        "",
        "What was done:",
        "03:04:05 taint: node-a (done)",
        "",
        f"Proof: execution {EXECUTION}",
    ]
    assert cloud.aws.messages == []


def test_a_stuck_release_says_what_blocks_and_what_a_person_can_do() -> None:
    given = result("Stuck", trouble="detach: refused")
    given["outcome"] |= {"blocks": ["pod shop/db-0", f"volume {VOLUME}"], "remedy": "a person has to look"}

    text = _message(given).text

    for expected in (
        "Nothing was done.",
        "What still hangs on it:\npod shop/db-0",
        "The last write that failed: detach: refused",
        "What you can do: a person has to look",
        f"aws ec2 detach-volume --volume-id {VOLUME} --instance-id {DEAD}",
        f"aws ec2 create-snapshot --volume-id {VOLUME}",
        f"aws ec2 detach-volume --force --volume-id {VOLUME} --instance-id {DEAD}",
        "never while the machine runs",
    ):
        assert expected in text


@pytest.mark.parametrize("word", ["Alive", "NothingToRelease", "Released", "Watching", "observed", "changed", "off"])
def test_a_run_without_acts_that_needs_nobody_is_not_told(word: str) -> None:
    assert of_run(result(word), execution=EXECUTION) is None


@pytest.mark.parametrize("word", ["Stuck", "TooManyAtOnce", "PlannedStop", "WrongCluster", "ClusterUnreachable"])
def test_a_run_that_needs_a_person_is_told_without_acts(word: str) -> None:
    assert _message(result(word)).reason == word


def test_without_a_volume_there_is_no_command() -> None:
    assert commands(DEAD, []) == []


def test_of_what_is_held_back_there_is_one_message_a_verdict(cloud: Cloud) -> None:
    cloud.set_state("stopped")
    late = Memory(dead_since=NOW - timedelta(hours=1))
    stuck, released = (
        decide(cloud.evidence.of(DEAD, cluster="prod", memory=memory, policy=cloud.policy))
        for memory in (late, Memory())
    )

    (message,) = held_back("prod", [stuck, stuck])

    assert (message.key, message.reason, message.node) == ("Stuck-prod", "Stuck", NODE)
    assert message.text.startswith(f"{DEAD}, {DEAD}: 15 minutes since")
    assert [one.reason for one in held_back("prod", [released])] == ["Releasing"]
    assert list(held_back("prod", [])) == []
