"""Machines that live: nothing of theirs is touched, whatever the cluster says of them."""

import time
from datetime import timedelta
from typing import Any

from local.actors.outage import TAGS, ZONE
from local.actors.volumes import create_stateful_set
from tests.cluster.releases import Scene, run_of


def test_of_a_machine_that_runs_and_whose_node_is_only_not_ready_nothing_is_released(scene: Scene) -> None:
    with scene.lab.place("not-ready") as place:
        place.kubelet.die()
        scene.say_not_ready(place)

        execution = scene.releasing().execute(run_of(place, cause="sweep"))

        assert execution.acts == []
        assert execution.ends == ["Alive"]
        assert scene.attached(place) == {place.node: True}
        assert scene.holder(place) == place.kubelet.instance


def test_a_volume_attached_outside_kubernetes_is_reported_after_a_second_instead_of_60_and_stays(scene: Scene) -> None:
    with scene.lab.place("outside") as place:
        ec2, instance = scene.lab.ec2, place.kubelet.instance
        tags: Any = [{"ResourceType": "volume", "Tags": TAGS}]
        volume = ec2.create_volume(AvailabilityZone=ZONE, Size=1, TagSpecifications=tags)["VolumeId"]
        create_stateful_set(scene.lab.plane.api, "outside-elsewhere", volume=volume, zone="without-nodes")
        ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/xvdz")
        told_before = len(scene.messages)
        time.sleep(2)

        execution = scene.releasing(outside_after=timedelta(seconds=1)).execute(run_of(place, cause="sweep"))

        assert execution.acts == []
        assert execution.ends == ["AttachedOutsideKubernetes"]
        assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Attachments"][0]["InstanceId"] == instance
        assert [instance in message["Message"] for message in scene.messages[told_before:]] == [True]
        ec2.detach_volume(VolumeId=volume)
