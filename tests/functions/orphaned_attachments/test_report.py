"""The output of an execution, and the messages at its end."""

from typing import Any

import pytest

import kube
from functions.orphaned_attachments.report import report
from pitcrew.mode import Mode
from tests.functions.orphaned_attachments.cloud import Cloud
from tests.functions.orphaned_attachments.raw_objects import DEAD, OTHER, VOLUME

EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:x:y"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def result(word: str, *acts: str, instance: str = DEAD, cluster: str = "prod", **run: str) -> dict[str, Any]:
    """Return the end of a run, as the machine hands it on."""
    fields = {"planned": "", "verdict": word, "trouble": "", "memory": {}} | run
    outcome = {"result": word, "why": "because", "remedy": "", "would": "", "blocks": [], "volumes": [VOLUME]}
    return {"run": {"instance": instance, "cluster": cluster, "acts": list(acts), **fields}, "outcome": outcome}


def _report(cloud: Cloud, *results: dict[str, Any]) -> dict[str, Any]:
    def connect(name: str) -> kube.Cluster:
        return cloud.clusters.connect(name, seconds=5)

    return report(results, execution=EXECUTION, mode=Mode.ENFORCE, teller=cloud.teller, connect=connect)


def test_the_output_counts_and_lists_what_came_of_each_run(cloud: Cloud) -> None:
    output = _report(
        cloud,
        result("Released", "a", "b", planned="Releasing"),
        result("changed", planned="Releasing", instance=OTHER),
        result("Alive"),
    )

    assert output["summary"] == "1 Alive, 1 Released, 1 changed; 2 acts; the mode is enforce"
    assert output["counts"] == {"Released": 1, "changed": 1, "Alive": 1}
    assert output["table"][0] == {
        "subject": DEAD,
        "cluster": "prod",
        "planned": "Releasing",
        "now": "Released",
        "result": "Released",
        "why": "because",
        "acts": ["a", "b"],
    }
    assert [row["subject"] for row in output["changed"]] == [OTHER]


def test_an_execution_without_runs_had_nothing_to_do(cloud: Cloud) -> None:
    assert _report(cloud)["summary"] == "nothing to do; 0 acts; the mode is enforce"


def test_a_release_is_told_once_by_mail_and_as_an_event(cloud: Cloud) -> None:
    released = result("Released", "03:04:05 taint: node-a (done)")

    _report(cloud, released)
    _report(cloud, released)

    (message,) = cloud.aws.messages
    assert EXECUTION in message
    assert [event["reason"] for event in cloud.prod.events] == ["Released"]


def test_what_needs_nobody_is_not_told(cloud: Cloud) -> None:
    _report(cloud, *(result(word) for word in ("Alive", "NothingToRelease", "NotOurs", "observed", "off", "changed")))

    assert (cloud.aws.messages, cloud.prod.events) == ([], [])


@pytest.mark.parametrize("cluster", ["", "gone"])
def test_where_no_cluster_can_remember_the_message_goes_out_all_the_same(cloud: Cloud, cluster: str) -> None:
    cloud.clusters.troubles["gone"] = kube.UnknownClusterError("no such cluster")

    _report(cloud, result("ClusterUnreachable", cluster=cluster))

    assert len(cloud.aws.messages) == 1
