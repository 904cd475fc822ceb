"""The facts of one instance: whose it is, in which order things are read, and what a failed read makes of them.

Over 120 lines because every read may fail.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import kube
from functions.orphaned_attachments.decision.facts import Facts, Standing
from functions.orphaned_attachments.decision.holdings import Place
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.decision.policy import Policy
from functions.orphaned_attachments.evidence import Evidence
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import HEALTHY, Cloud
from tests.functions.orphaned_attachments.fake_aws import refusal
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, NOW, VOLUME


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _facts(cloud: Cloud, cluster: str = "prod", *, memory: Memory | None = None) -> Facts:
    return cloud.evidence.of(DEAD, cluster=cluster, memory=memory or Memory(), policy=Policy())


def test_all_that_the_decision_gets_is_gathered(cloud: Cloud) -> None:
    facts = _facts(cloud)

    assert (facts.now, facts.instance.state, facts.standing) == (NOW, State.TERMINATED, Standing.ANSWERED)
    assert facts.node is not None
    assert (facts.node.name, facts.node.lease_renewed_at) == (NODE, NOW - timedelta(seconds=60))
    assert [one.name for one in facts.attachments] == ["va-1"]
    assert [one.name for one in facts.pods] == ["db-0"]
    assert [one.id for one in facts.volumes] == [VOLUME]
    assert (facts.other_drivers, facts.migrated, facts.waiting) == ((), True, ())


def test_ec2_is_asked_last_for_the_state_of_the_instance(cloud: Cloud) -> None:
    _facts(cloud)

    operation, given = cloud.aws.calls[-1]
    assert (operation, given["Filters"]) == ("describe_instances", [{"Name": "instance-id", "Values": [DEAD]}])


def test_the_cluster_around_is_counted_now(cloud: Cloud) -> None:
    cloud.aws.has_instance(HEALTHY["node-b"], "stopping", StateReason={"Code": "Client.UserInitiatedShutdown"})
    cloud.prod.has("volumeattachments", raw.attachment("va-2", HEALTHY["node-b"], node_name="node-b"))
    cordoned = raw.node("node-b", HEALTHY["node-b"], ready="True", labels={"node-role.kubernetes.io/master": ""})
    cordoned["spec"]["unschedulable"] = True
    cloud.set_node(cordoned)
    cloud.aws.has_instance(HEALTHY["node-c"], "terminated")  # it holds nothing

    around = _facts(cloud).cluster

    assert (around.name, around.nodes, around.healthy, around.minor) == ("prod", 5, 2, 31)
    by_id = {one.instance: one for one in around.down}
    assert by_id.keys() == {DEAD, HEALTHY["node-b"]}
    other = by_id[HEALTHY["node-b"]]
    assert (other.state, other.state_reason) == (State.STOPPING, "Client.UserInitiatedShutdown")
    assert (other.is_cordoned, other.is_control_plane) == (True, True)
    assert not by_id[DEAD].is_cordoned


def test_without_a_name_the_instances_tags_tell_the_cluster(cloud: Cloud) -> None:
    cloud.clusters.ids = {"prod": "prod.example.com"}
    cloud.set_state("terminated", of={"kubernetes.io/cluster/prod.example.com": "owned"})

    facts = _facts(cloud, "")

    assert (facts.standing, facts.cluster.name) == (Standing.ANSWERED, "prod")


@pytest.mark.parametrize(
    ("tags", "why"),
    [({}, "it has no mark of a cluster"), ({"eks:cluster-name": "x"}, "not registered or not allowed: x")],
)
def test_an_instance_of_no_registered_cluster_is_said_to_be(cloud: Cloud, tags: dict[str, str], why: str) -> None:
    cloud.set_state("terminated", of=tags)

    facts = _facts(cloud, "")

    assert (facts.standing, facts.why) == (Standing.NONE, why)
    assert cloud.prod.requests == []


def test_an_instance_that_cannot_be_read_has_no_cluster_and_no_state(cloud: Cloud) -> None:
    cloud.aws.troubles["describe_instances"] = refusal("InternalError")

    facts = _facts(cloud, "")

    assert (facts.standing, facts.instance.state) == (Standing.NONE, State.UNKNOWN)
    assert cloud.evidence.state_of(DEAD) is State.UNKNOWN


@pytest.mark.parametrize(("allowed", "expected"), [((), True), (("prod.example.com",), True), (("prod",), False)])
def test_a_cluster_is_allowed_by_its_id(*, allowed: tuple[str, ...], expected: bool) -> None:
    cloud = Cloud(allowed=allowed)
    cloud.clusters.ids = {"prod": "prod.example.com"}

    assert cloud.evidence.is_allowed("prod") is expected


@pytest.mark.parametrize(
    ("error", "standing"),
    [
        (kube.WrongClusterError("another one"), Standing.WRONG),
        (kube.ClusterUnreachableError("no connection"), Standing.UNREACHABLE),
        (kube.ForbiddenError("a role is missing"), Standing.UNREACHABLE),
        (kube.UnauthorizedError("who are you"), Standing.UNREACHABLE),
        (kube.BadKubeconfigError("users is not a list"), Standing.UNREACHABLE),
        (kube.UnknownClusterError("no such cluster"), Standing.UNREACHABLE),
    ],
)
@pytest.mark.parametrize("where", ["connect", "GET /api/v1/nodes", "GET /api/v1/pods", "GET /version"])
def test_a_cluster_that_does_not_answer_is_no_evidence(
    cloud: Cloud, where: str, error: kube.KubeError, standing: Standing
) -> None:
    (cloud.clusters if where == "connect" else cloud.prod).troubles["prod" if where == "connect" else where] = error

    facts = _facts(cloud)

    assert (facts.standing, facts.why, facts.cluster.name) == (standing, str(error), "prod")
    assert (facts.node, facts.attachments, facts.pods, facts.volumes) == (None, (), (), ())


@pytest.mark.parametrize("operation", ["describe_instances", "describe_volumes"])
def test_where_ec2_does_not_answer_the_state_is_unknown(cloud: Cloud, operation: str) -> None:
    cloud.aws.troubles[operation] = refusal("RequestLimitExceeded")

    facts = _facts(cloud)

    assert (facts.standing, facts.instance.state) == (Standing.ANSWERED, State.UNKNOWN)
    assert "RequestLimitExceeded" in facts.why


@pytest.mark.parametrize("tags", [{}, {"kubernetes.io/cluster/prod": "shared"}])
def test_a_volume_may_not_be_detached_from_an_instance_that_iam_does_not_allow(
    cloud: Cloud, tags: dict[str, str]
) -> None:
    before = _facts(cloud).volumes
    cloud.set_state("terminated", of=tags)

    assert [one.may_detach for one in before] == [True]
    assert _facts(cloud).volumes == (replace(before[0], may_detach=False),)


def test_nothing_may_be_detached_in_a_cluster_that_a_pattern_registers(cloud: Cloud) -> None:
    cloud.clusters.patterns = ("pr*",)

    assert [one.may_detach for one in _facts(cloud).volumes] == [False]


def test_an_attachment_elsewhere_waits_for_a_volume_that_this_run_detached(cloud: Cloud) -> None:
    cloud.prod.has("volumeattachments", raw.attachment("va-2", HEALTHY["node-b"], node_name="node-b"))

    assert _facts(cloud).waiting == ()
    assert [one.name for one in _facts(cloud, memory=Memory(detached={VOLUME: NOW})).waiting] == ["va-2"]


def test_of_a_volume_that_this_run_detached_it_is_shown_where_it_is_now(cloud: Cloud) -> None:
    cloud.forget("volumeattachments")
    cloud.prod.has("volumeattachments", raw.attachment("va-2", HEALTHY["node-b"], node_name="node-b"))
    cloud.aws.has_volume(VOLUME)

    facts = _facts(cloud, memory=Memory(detached={VOLUME: NOW}))

    assert [(one.id, one.place) for one in facts.volumes] == [(VOLUME, Place.AVAILABLE)]


def test_pods_of_a_node_that_is_gone_are_found_by_the_remembered_name(cloud: Cloud) -> None:
    cloud.forget("nodes", "csinodes", "volumeattachments")

    facts = _facts(cloud, memory=Memory(node_name=NODE))

    assert (facts.node, [one.name for one in facts.pods]) == (None, ["db-0"])


def test_other_drivers_and_a_kubelet_that_does_not_migrate_are_told(cloud: Cloud) -> None:
    other = raw.attachment("va-2")
    other["spec"]["attacher"] = "fsx.csi.aws.com"
    cloud.prod.has("volumeattachments", other)
    cloud.prod.has("csinodes", raw.csi_node(migrated="none"))

    facts = _facts(cloud)

    assert (facts.other_drivers, facts.migrated) == (("fsx.csi.aws.com",), False)


def test_the_clock_is_that_of_now_unless_a_test_says_so(cloud: Cloud) -> None:
    given = {name: getattr(cloud.evidence, name) for name in Evidence.__slots__ if name != "clock"}

    assert abs(Evidence(**given).clock() - datetime.now(UTC)) < timedelta(seconds=5)
