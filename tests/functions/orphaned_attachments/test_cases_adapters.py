"""Cases of the facts, section 3, that the adapters decide; the number is in the name.

Of case 44 a short list (not an empty one) is dropped: volumes that nobody holds are not looked at.
Of case 22 the mapping by InternalIP is dropped: the annotation and the CSINode name the instance.

Over 120 lines because every case is a small story.
"""

from collections.abc import Callable
from typing import Any

import pytest

import kube
from functions.orphaned_attachments import objects
from functions.orphaned_attachments.decision.holdings import Place
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.travel import Run
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.cloud import HEALTHY, HOME, Cloud, state_change, verdicts
from tests.functions.orphaned_attachments.fake_aws import refusal
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, NOW, OTHER, PV, VOLUME

Lines = list[dict[str, Any]]
LoadEvent = Callable[[str], dict[str, Any]]
LONG_AGO = Memory(first_look_at=NOW.replace(hour=2), lease=None)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def _look(cloud: Cloud, memory: Memory | None = None) -> dict[str, Any]:
    return cloud.runner.look(Run(instance=DEAD, cluster="prod", memory=memory or Memory()))


def _next(cloud: Cloud, memory: Memory | None = None) -> tuple[str, str]:
    """Return the verdict of a look, and the kind of its act."""
    looked = _look(cloud, memory)
    return looked["run"]["verdict"], (looked["act"] or {}).get("kind", "")


def test_case_02_a_node_deleted_between_read_and_write_is_no_error_and_its_pods_come_next(cloud: Cloud) -> None:
    looked = _look(cloud)
    cloud.prod.troubles[f"PATCH /api/v1/nodes/{NODE}"] = kube.NotFoundError("gone")

    done = cloud.runner.act(looked)
    cloud.forget("nodes", "csinodes")
    followed = cloud.runner.look(Run.unpack(done["run"]))

    assert (followed["run"]["verdict"], followed["act"]["kind"]) == ("Releasing", "release pod")


def test_case_07_an_event_that_comes_out_of_order_is_judged_by_the_fresh_state(cloud: Cloud) -> None:
    cloud.set_state("running")
    cloud.respond(state_change("stopped"))

    assert list(cloud.aws.started) == [f"{DEAD}-e-1"]
    assert _next(cloud) == ("Alive", "")


def test_case_08_a_duplicate_and_a_sweep_beside_an_event_start_nothing_more(cloud: Cloud) -> None:
    cloud.respond(state_change("terminated"), state_change("terminated"))
    cloud.sweep()

    assert len(cloud.aws.of("start_execution")) == 1


@pytest.mark.parametrize("action", ["terminate", "stop", "hibernate"])
def test_case_12_a_spot_warning_of_each_kind_is_only_logged(cloud: Cloud, load_event: LoadEvent, action: str) -> None:
    event = load_event("ec2-spot-interruption.documented")
    event["detail"]["instance-action"] = action

    cloud.respond(event)

    assert cloud.aws.calls == []


def test_case_14_an_instance_that_waits_for_a_lifecycle_hook_runs(cloud: Cloud, load_event: LoadEvent) -> None:
    cloud.set_state("running", of={"aws:autoscaling:groupName": "g", "kubernetes.io/cluster/prod": "owned"})
    cloud.aws.lifecycles[DEAD] = "Terminating:Wait"

    cloud.respond(load_event("asg-terminate-lifecycle.documented"))

    assert cloud.aws.started == {}
    assert _next(cloud) == ("Alive", "")


def test_case_20_an_attachment_made_anew_under_the_same_name_is_the_new_machines(cloud: Cloud) -> None:
    looked = _look(cloud, Memory(node_name=NODE))
    cloud.set_node(raw.node(instance=OTHER, ready="True"))
    cloud.prod.has("csinodes", raw.csi_node(instance=OTHER))
    cloud.prod.has("volumeattachments", raw.attachment(instance=OTHER, uid="of-the-new-one"))
    cloud.aws.has_volume(VOLUME, OTHER)

    assert cloud.runner.act(looked)["next"] == "look"
    assert _next(cloud) == ("NothingToRelease", "")
    assert cloud.prod.writes == []


@pytest.mark.parametrize("csi", [True, False])
def test_case_22_a_node_without_a_provider_id_is_found_by_its_csi_node_or_its_attachment(
    cloud: Cloud, *, csi: bool
) -> None:
    cloud.set_node(raw.node(instance=""))
    if not csi:
        cloud.forget("csinodes")

    assert _next(cloud) == ("Releasing", "taint")


@pytest.mark.parametrize(
    ("provider_id", "instance"),
    [
        (f"aws:///us-east-1a/{DEAD}", DEAD),
        (f"aws://us-east-1a/{DEAD}", DEAD),
        (f"aws:///{DEAD}", DEAD),
        (DEAD, DEAD),
        ("aws:///us-east-1a/i-1a2b3c4d", "i-1a2b3c4d"),
        ("aws:///us-east-1a/4a3b2c1d-0123456789/fargate-ip-10-0-1-2.ec2.internal", ""),
        ("eks-hybrid:///us-east-1/shop/mi-0123456789abcdef0", ""),
        ("aws:///us-east-1a/sagemaker/cluster/hyperpod-0123-i-0123456789abcdef0", ""),
        ("gce://project/zone/instance-1", ""),
        (f"aws:///us-east-1a/{DEAD}/", ""),
        (f"aws:///us-east-1a/{DEAD}0", ""),
        (f"aws:///us-east-1a/{DEAD.upper()}", ""),
        ("aws:///us-east-1a/i-", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_case_23_a_provider_id_names_an_instance_or_none(provider_id: object, instance: str) -> None:
    found = raw.node()
    found["spec"]["providerID"] = provider_id

    assert objects.node(found, None).provider_instance == instance


def test_case_28_a_volume_that_is_no_persistent_volume_of_the_cluster_is_ignored(cloud: Cloud) -> None:
    cloud.forget("pods", "volumeattachments", "persistentvolumes")

    assert _next(cloud) == ("NothingToRelease", "")


def test_case_29_a_volume_of_another_cluster_in_the_account_is_ignored(cloud: Cloud) -> None:
    of_another = "vol-0fedcba9876543210"
    cloud.aws.has_volume(of_another, DEAD, of={"ebs.csi.aws.com/cluster": "true"})

    assert _look(cloud)["outcome"]["volumes"] == [VOLUME]


def test_case_30_an_untagged_volume_is_released_in_kubernetes_and_never_detached_by_us(cloud: Cloud) -> None:
    cloud.aws.has_volume(VOLUME, DEAD, of={})
    assert _next(cloud) == ("Releasing", "taint")

    cloud.set_state("stopped")
    cloud.forget("nodes", "csinodes", "pods", "volumeattachments")
    assert _next(cloud, LONG_AGO) == ("Releasing", "")


def test_case_31_a_migrated_in_tree_volume_is_released_by_its_attachment(cloud: Cloud) -> None:
    cloud.prod.has("persistentvolumes", raw.in_tree_pv())

    facts = cloud.evidence.of(DEAD, cluster="prod", memory=Memory(), policy=cloud.policy)

    assert [(one.volume, one.pv) for one in facts.attachments] == [(VOLUME, PV)]
    assert [(one.id, one.is_in_tree) for one in facts.volumes] == [(VOLUME, True)]


@pytest.mark.parametrize(
    "inline",
    [
        {"csi": {"driver": "ebs.csi.aws.com", "volumeHandle": VOLUME}},
        {"awsElasticBlockStore": {"volumeID": f"aws://us-east-1a/{VOLUME}"}},
    ],
)
def test_case_32_an_inline_volume_is_read_from_its_attachment(cloud: Cloud, inline: raw.Object) -> None:
    found = raw.attachment()
    found["spec"]["source"] = {"inlineVolumeSpec": inline}
    cloud.prod.has("volumeattachments", found)

    facts = cloud.evidence.of(DEAD, cluster="prod", memory=Memory(), policy=cloud.policy)

    assert [(one.volume, one.pv, one.is_pv_missing) for one in facts.attachments] == [(VOLUME, "", False)]
    assert [(one.id, one.place) for one in facts.volumes] == [(VOLUME, Place.HERE)]


@pytest.mark.parametrize("source", [{}, {"persistentVolumeName": None}, {"inlineVolumeSpec": {}}, None])
def test_case_32_an_attachment_that_names_no_volume_at_all_has_none(source: raw.Object | None) -> None:
    found = raw.attachment()
    found["spec"]["source"] = source

    read = objects.attachment(found, {}, ())

    assert (read.volume, read.pv, read.is_pv_missing) == ("", "", False)


@pytest.mark.parametrize(
    ("tags", "act"), [({"CSIVolumeName": PV}, ""), ({"CSIVolumeName": "another"}, "strip finalizer")]
)
def test_case_33_of_a_missing_persistent_volume_the_drivers_tag_proves_where_it_is(
    cloud: Cloud, tags: dict[str, str], act: str
) -> None:
    cloud.forget("nodes", "csinodes", "pods", "persistentvolumes")
    cloud.prod.has("persistentvolumes", raw.pv("another", "vol-0fedcba9876543210"))
    cloud.aws.has_volume(VOLUME, DEAD, of=tags)
    kicked = {"pitcrew/kick": raw.ago(10)}
    cloud.prod.has("volumeattachments", raw.attachment(deletionTimestamp=raw.ago(121), annotations=kicked))

    assert _next(cloud) == ("Releasing", act)


def test_case_41_a_pod_without_a_volume_on_ebs_is_none_of_ours(cloud: Cloud) -> None:
    other = raw.pod("web-0")
    other["spec"]["volumes"] = [{"name": "cache", "emptyDir": {}}]
    cloud.prod.has("pods", other)

    facts = cloud.evidence.of(DEAD, cluster="prod", memory=Memory(), policy=cloud.policy)

    assert [one.name for one in facts.pods] == ["db-0"]


def test_case_44_an_empty_list_of_persistent_volumes_is_no_evidence(
    cloud: Cloud,
) -> None:
    cloud.forget("persistentvolumes", "pods", "volumeattachments", "nodes", "csinodes")
    cloud.aws.has_instance(OTHER, "running")
    cloud.aws.has_volume(VOLUME, OTHER)

    assert cloud.sweep() == {}
    cloud.prod.has("volumeattachments", raw.attachment(deletionTimestamp=raw.ago(30)))
    cloud.aws.has_volume(VOLUME, DEAD, of={"CSIVolumeName": PV, "ebs.csi.aws.com/cluster": "true"})
    cloud.set_state("stopped")
    assert _next(cloud, LONG_AGO) == ("ClusterUnreachable", "")


@pytest.mark.parametrize("operation", ["describe_instances", "describe_volumes"])
def test_case_45_a_throttled_read_is_no_evidence_and_comes_again(cloud: Cloud, operation: str) -> None:
    cloud.aws.troubles[operation] = refusal("RequestLimitExceeded", operation)

    looked = _look(cloud)

    assert (looked["next"], looked["run"]["verdict"]) == ("wait", "NotConfirmed")


def test_case_46_an_instance_that_is_not_known_any_more_spoils_no_read_of_the_others(cloud: Cloud) -> None:
    del cloud.aws.instances[HEALTHY["node-c"]]

    assert _next(cloud) == ("Releasing", "taint")
    asked = cloud.aws.of("describe_instances")
    assert asked
    assert all("InstanceIds" not in call for call in asked)


def test_case_49_a_volume_whose_attachment_aws_manages_is_never_detached(cloud: Cloud) -> None:
    cloud.set_state("stopped")
    cloud.forget("nodes", "csinodes", "pods", "volumeattachments")
    ours = _next(cloud, LONG_AGO)
    cloud.aws.volumes[VOLUME]["Attachments"][0]["AssociatedResource"] = "arn:aws:eks:us-east-1:123456789012:x"

    assert ours == ("Releasing", "detach")
    assert _next(cloud, LONG_AGO) == ("Releasing", "")


def test_case_49_an_attachment_without_an_instance_names_none(cloud: Cloud) -> None:
    cloud.aws.volumes[VOLUME]["Attachments"] = [{"AssociatedResource": "arn:aws:eks:x", "State": "attached"}]

    facts = cloud.evidence.of(DEAD, cluster="prod", memory=Memory(), policy=cloud.policy)

    assert [(one.place, one.is_managed) for one in facts.volumes] == [(Place.ELSEWHERE, True)]


def test_case_50_attachments_of_eks_auto_mode_are_let_alone(cloud: Cloud) -> None:
    found = raw.attachment()
    found["spec"]["attacher"] = "ebs.csi.eks.amazonaws.com"
    volume = raw.pv()
    volume["spec"]["csi"]["driver"] = "ebs.csi.eks.amazonaws.com"
    cloud.prod.has("volumeattachments", found)
    cloud.prod.has("persistentvolumes", volume)

    assert _next(cloud) == ("NothingToRelease", "")


@pytest.mark.parametrize("handle", ["local-ebs:///dev/xvdbz", f"local-ebs://{VOLUME}"])
def test_case_51_a_volume_local_to_its_node_is_ignored(cloud: Cloud, handle: str) -> None:
    volume = raw.pv()
    volume["spec"]["csi"]["volumeHandle"] = handle
    cloud.prod.has("persistentvolumes", volume)

    facts = cloud.evidence.of(DEAD, cluster="prod", memory=Memory(), policy=cloud.policy)

    assert (facts.volumes, facts.pods) == ((), ())
    assert [(one.volume, one.is_pv_missing) for one in facts.attachments] == [("", False)]


def test_case_58_a_call_to_terminate_is_no_state(cloud: Cloud, load_event: LoadEvent) -> None:
    cloud.respond(load_event("ec2-terminate-instances-cloudtrail.documented"))

    assert cloud.aws.calls == []


@pytest.mark.parametrize("home", ["123456789012/eu-west-1", "999999999999/us-east-1", "/"])
def test_case_59_an_event_of_another_region_or_account_is_not_ours_and_costs_no_call(
    cloud: Cloud, log_lines: Lines, home: str
) -> None:
    cloud.respond(state_change("terminated", home=home))

    assert home != HOME
    assert verdicts(log_lines) == ["NotOurs"]
    assert log_lines[-1]["why"] == f"an event of {home}"
    assert (cloud.aws.calls, cloud.prod.requests) == ([], [])
