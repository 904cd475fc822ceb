"""The rights that are shipped are enough for what the automation does, and all of them are used.

What Pitcrew asked for is read in the API server's audit log.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.cluster import test_release_order, test_release_stopped, test_release_terminated
from tests.cluster.releases import Scene
from tests.cluster.shipped import manifests

STORIES = {**test_release_terminated.STORIES, **test_release_stopped.STORIES, **test_release_order.STORIES}
"""Who plays these has done each kind of act but to strip a finalizer, which needs no other right than a kick."""

Right = tuple[str, str, str]
"""API group, resource, verb."""


def test_nothing_that_the_automation_asks_for_is_denied(quiet: Scene) -> None:
    denied = [entry for entry in audited(quiet) if entry["responseStatus"]["code"] in {401, 403}]

    assert denied == []


def test_every_right_is_used_and_no_other(quiet: Scene) -> None:
    assert used(quiet) == granted()


def audited(scene: Scene) -> Iterator[dict[str, Any]]:
    for line in scene.audit.read_text().splitlines():
        yield json.loads(line)


def used(scene: Scene) -> set[Right]:
    return {right(entry["objectRef"], entry["verb"]) for entry in audited(scene) if "objectRef" in entry}


def right(on: dict[str, str], verb: str) -> Right:
    resource = f"{on['resource']}/{on['subresource']}" if "subresource" in on else on["resource"]
    return on.get("apiGroup", ""), resource, verb


def granted() -> set[Right]:
    rules = [rule for role in manifests("orphaned-attachments") for rule in role.get("rules", [])]
    return {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
