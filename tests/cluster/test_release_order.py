"""Why the pods go before the VolumeAttachment; and how an attacher that is in its back-off is woken."""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from local.actors.outage import Place
from local.actors.volumes import ATTACHMENTS
from local.actors.waiting import wait_until
from tests.cluster.releases import Scene, Story, note, run_of, until
from tests.cluster.scene import Refusing

KICK_AFTER, SIXTH_TRY = 18, 31
"""Seconds after the first try; the fifth try is 15 s after it."""


def attachment_first(scene: Scene) -> tuple[float, bool, Story]:
    """Do what people do by hand, and what Pitcrew never does."""
    with scene.lab.place("attachment-first") as place:
        until(scene.dies(place, how="stop"))
        deleted_at, first = time.monotonic(), attachment(scene, place)["metadata"]
        scene.lab.plane.api.delete(f"{ATTACHMENTS}/{first['name']}")
        wait_until(lambda: attachment(scene, place)["metadata"].get("uid") not in {None, first["uid"]})
        wait_until(lambda: scene.attached(place) == {place.node: True})
        again_at = time.monotonic()
        is_on_the_dead = scene.holder(place) == place.kubelet.instance
        return again_at - deleted_at, is_on_the_dead, scene.release(place, run_of(place), since=again_at)


def back_off(scene: Scene) -> tuple[Story, float]:
    """EC2 refuses to detach, until shortly before the attacher is woken."""
    with scene.lab.place("back-off") as place, ThreadPoolExecutor(1) as pool:
        Refusing.volumes.add(place.volume)
        dead_at = scene.dies(place, how="stop")
        refused = pool.submit(let_detach, scene, place)
        story = scene.release(place, run_of(place), since=dead_at, kick_after=timedelta(seconds=KICK_AFTER))
        return story, refused.result()


STORIES = {one.__name__: one for one in (attachment_first, back_off)}


def test_an_attachment_that_is_deleted_before_its_pod_is_made_anew_on_the_dead_machine(
    told: Mapping[str, Future[tuple[float, bool, Story]]],
) -> None:
    seconds, is_on_the_dead, story = told["attachment_first"].result()

    note("stopped, VolumeAttachment deleted before the pod, to attached to the dead machine again", seconds)
    note("the same, released then", story.seconds)
    assert is_on_the_dead
    assert story.execution.acts == ["taint", "release pod"]
    assert story.execution.ends == ["Released"]


def test_an_attacher_in_its_back_off_is_woken_18_seconds_instead_of_60_after_its_first_try(
    told: Mapping[str, Future[tuple[Story, float]]],
) -> None:
    story, seconds = told["back_off"].result()

    note("stopped, attacher in its back-off, kicked", story.seconds)
    assert story.execution.acts == ["taint", "release pod", "kick"]
    assert story.execution.ends == ["Released"]
    assert seconds < SIXTH_TRY


def attachment(scene: Scene, place: Place) -> dict[str, Any]:
    """Return the VolumeAttachment of the first node; one without metadata where there is none."""
    found = [one for one in scene.lab.attachments(place.name) if one["spec"]["nodeName"] == place.node]
    return next(iter(found), {"metadata": {}})


def let_detach(scene: Scene, place: Place) -> float:
    """Let EC2 detach from shortly before the kick on; return how long the VolumeAttachment was being deleted."""
    wait_until(lambda: "deletionTimestamp" in attachment(scene, place)["metadata"])
    deleted_at = time.monotonic()
    until(deleted_at + KICK_AFTER - 1)
    Refusing.volumes.discard(place.volume)
    wait_until(lambda: place.node not in scene.attached(place))
    return time.monotonic() - deleted_at
