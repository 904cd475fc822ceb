"""An operator's plan: what each target means, what a row says, and that nothing is changed.

Over 120 lines because a target may be seven things.
"""

from collections.abc import Callable
from typing import Any

import pytest

import kube
from functions.orphaned_attachments.decision.policy import Policy
from pitcrew.deadline import DeadlineExceededError
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import HEALTHY, Cloud, marked_node
from tests.functions.orphaned_attachments.fake_clusters import FakeApiServer
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, OTHER, PV, VOLUME

Metrics = Callable[[], list[dict[str, Any]]]
MUTATIONS = {"detach_volume", "start_execution", "publish"}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _subjects(output: dict[str, Any]) -> list[str]:
    return [row["subject"] for row in output["table"]]


def test_a_plan_of_everything_shows_what_would_be_released(cloud: Cloud) -> None:
    output = cloud.plan()

    (row,) = output["table"]
    assert (
        row.items()
        >= {
            "subject": DEAD,
            "verdict": "Releasing",
            "cluster": "prod",
            "node": NODE,
            "state": "terminated",
            "act": f"taint: {NODE}",
            "why": "otherwise",
        }.items()
    )
    assert (output["summary"], output["counts"]) == ("1 would be released, 0 not", {"Releasing": 1})
    assert output["nextStep"].startswith('start again with {"apply": "plan-1"}')
    assert "evidence" not in row


@pytest.mark.parametrize("target", ["", DEAD, "prod", "our marks", "nothing"])
@pytest.mark.parametrize("mode", ["observe", "enforce", "off"])
def test_a_plan_changes_nothing(cloud: Cloud, target: str, mode: str) -> None:
    cloud.aws.mode = mode
    cloud.set_node(marked_node())

    cloud.plan(target)

    assert cloud.prod.writes == []
    assert {name for name, _ in cloud.aws.calls} & MUTATIONS == set()


@pytest.mark.parametrize("target", [DEAD, NODE, VOLUME, PV, "shop/data"])
def test_one_thing_is_named_as_a_person_names_it_and_shown_with_its_evidence(cloud: Cloud, target: str) -> None:
    (row,) = cloud.plan(target)["table"]

    assert row["subject"] == DEAD
    assert row["evidence"]["instance"]["state"] == "terminated"
    assert (row["rules"]["Releasing"], row["rules"]["Alive"]) == (True, False)


@pytest.mark.parametrize("target", ["prod", "prod.example.com"])
def test_a_cluster_is_named_as_it_is_registered_or_by_its_id(cloud: Cloud, target: str) -> None:
    dev = FakeApiServer()
    cloud.clusters.servers["dev"] = dev
    cloud.clusters.ids = {"prod": "prod.example.com"}
    cloud.set_state("terminated", of={"kubernetes.io/cluster/prod.example.com": "owned"})

    (row,) = cloud.plan(target)["table"]

    assert (row["cluster"], row["clusterId"]) == ("prod", "prod.example.com")
    assert dev.requests == []


def test_a_live_instance_is_explained_too(cloud: Cloud) -> None:
    (row,) = cloud.plan(HEALTHY["node-b"])["table"]

    assert (row["verdict"], "act" in row) == ("Alive", False)


def test_an_instance_that_the_cluster_no_longer_names_is_known_by_its_tags(cloud: Cloud) -> None:
    cloud.aws.has_instance(OTHER, "terminated")
    by_tag = cloud.plan(OTHER)
    cloud.aws.has_instance(OTHER, "terminated", of={})

    assert [row["verdict"] for row in by_tag["table"]] == ["NothingToRelease"]
    assert cloud.plan(OTHER)["summary"] == f"nothing here is called {OTHER!r}"


@pytest.mark.parametrize("target", ["node-z", "vol-0fedcba9876543210", "pvc-9", "/"])
def test_what_nobody_knows_is_said(cloud: Cloud, target: str) -> None:
    output = cloud.plan(target)

    assert (output["table"], output["nextStep"]) == ([], "nothing to apply")
    assert output["summary"] == f"nothing here is called {target!r}"


def test_a_node_that_is_gone_is_found_by_its_attachments(cloud: Cloud) -> None:
    cloud.forget("nodes", "csinodes")

    assert _subjects(cloud.plan(NODE)) == [DEAD]


def test_a_node_without_a_machine_names_none(cloud: Cloud) -> None:
    cloud.set_node(raw.node("node-x", ""))

    assert _subjects(cloud.plan("node-x")) == []


def test_a_volume_that_only_ec2_shows_attached_names_its_holder(cloud: Cloud) -> None:
    cloud.forget("volumeattachments")
    cloud.aws.has_volume(VOLUME, OTHER)

    assert _subjects(cloud.plan(PV)) == [OTHER]


def test_where_all_is_well_the_plan_says_so(cloud: Cloud) -> None:
    cloud.set_node(raw.node(ready="True"))

    assert cloud.plan()["summary"] == "nothing holds a volume that it should not"


def test_our_marks_are_named_whatever_the_verdict(cloud: Cloud) -> None:
    cloud.set_state("running")
    cloud.set_node(marked_node())

    output = cloud.plan("our marks")

    (row,) = output["table"]
    assert (row["subject"], row["act"]) == (DEAD, "take our marks off")
    assert output["summary"] == "our marks would come off 1 nodes, 0 not"


def test_a_plan_in_mode_off_says_that_its_apply_would_be_refused(cloud: Cloud) -> None:
    cloud.aws.mode = "off"
    cloud.set_node(marked_node())

    assert cloud.plan()["summary"] == "1 would be released, 0 not, the mode is off: an apply would be refused"
    assert "refused" not in cloud.plan("our marks")["summary"]


def _planned_stop(cloud: Cloud) -> None:
    cloud.set_state("stopped", StateReason={"Code": "Client.UserInitiatedShutdown"})
    cordoned = raw.node()
    cordoned["spec"]["unschedulable"] = True
    cloud.set_node(cordoned)


@pytest.mark.parametrize(("target", "act"), [("", None), ("prod", None), (DEAD, "release, though it was held back")])
def test_a_planned_stop_is_released_only_by_a_plan_for_that_instance(
    cloud: Cloud, target: str, act: str | None
) -> None:
    _planned_stop(cloud)

    (row,) = cloud.plan(target)["table"]

    assert (row["verdict"], row.get("act")) == ("PlannedStop", act)
    assert "then apply that plan" in row["remedy"]


def test_rows_with_acts_come_first(cloud: Cloud) -> None:
    instance = HEALTHY["node-b"]
    cloud.aws.has_instance(instance, "running")
    cloud.set_node(raw.node("node-b", instance))
    cloud.prod.has("volumeattachments", raw.attachment("va-0", instance, node_name="node-b"))

    output = cloud.plan()

    assert [(row["verdict"], "act" in row) for row in output["table"]] == [("Releasing", True), ("Alive", False)]


def test_what_was_accepted_comes_before_what_is_let_alone(cloud: Cloud) -> None:
    cloud.policy = Policy(min_healthy_percent=100)
    cloud.set_node(raw.node("node-b", HEALTHY["node-b"]))
    cloud.prod.has("volumeattachments", raw.attachment("va-0", HEALTHY["node-b"], node_name="node-b"))

    rows = cloud.plan("prod")["table"]

    assert [(row["verdict"], "act" in row) for row in rows] == [("TooManyAtOnce", True), ("Alive", False)]


def test_a_release_that_waits_is_one_all_the_same(cloud: Cloud) -> None:
    cloud.forget("pods", "volumeattachments", "nodes", "csinodes")
    cloud.set_state("stopped")

    (row,) = cloud.plan(PV)["table"]

    assert (row["verdict"], row["act"]) == ("Releasing", "look again: Kubernetes has its time first")


def test_clusters_that_do_not_answer_are_named_and_the_others_planned(cloud: Cloud) -> None:
    cloud.clusters.servers |= {"dev": FakeApiServer(), "edge": FakeApiServer()}
    cloud.clusters.patterns = ("team-*",)
    cloud.clusters.troubles = {
        "dev": kube.ClusterUnreachableError("no connection"),
        "team-*": kube.ForbiddenError("clusters is forbidden"),
    }
    cloud.clusters.servers["edge"].troubles["GET /version"] = kube.UnauthorizedError("who are you")

    output = cloud.plan()

    assert _subjects(output) == [DEAD]
    assert output["summary"] == (
        "1 would be released, 0 not; dev did not answer: no connection; edge did not answer: who are you; "
        "team-* did not answer: clusters is forbidden"
    )


def test_a_pattern_stands_for_each_cluster_that_it_matches(cloud: Cloud) -> None:
    cloud.clusters.patterns = ("pro*",)

    assert _subjects(cloud.plan()) == [DEAD]


def test_a_cluster_that_is_not_allowed_is_not_looked_at() -> None:
    cloud = Cloud(allowed=("dev",))

    assert cloud.plan()["table"] == []
    assert cloud.prod.requests == []


def test_a_plan_without_time_fails(cloud: Cloud) -> None:
    with pytest.raises(DeadlineExceededError):
        cloud.plan(seconds=0)


def test_a_plan_is_counted(cloud: Cloud, metrics: Metrics) -> None:
    cloud.plan()

    assert [one["verdict"] for one in metrics() if "Verdicts" in one] == ["Releasing"]
