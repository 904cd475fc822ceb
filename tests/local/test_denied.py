"""What the functions' deployed policies must not allow on load balancers is denied, and what they do is allowed."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local.stage import Stage
from local.target_groups import ATTRIBUTE
from tests.local.groups import Groups
from tests.local.policies import Role
from tests.local.probes import Client, probe, refusal

OUR_MARK = "pitcrew:attributes-applied"
SERVICE = {"kubernetes.io/service-name": "shop/web"}
OTHER_CONTROLLER = {"elbv2.k8s.aws/cluster": "demo"}
WRITERS, READER = ["OnEvent", "Sweep", "Apply"], "Plan"
WRITES: dict[str, Mapping[str, Any]] = {
    "modify_target_group_attributes": {"Attributes": [{"Key": ATTRIBUTE, "Value": "true"}]},
    "add_tags": {"Tags": [{"Key": OUR_MARK, "Value": "x"}]},
}
FOREIGN: dict[str, tuple[str, Mapping[str, str]]] = {
    "without a tag": ("k8s-", {}),
    "with the tag of another controller": ("k8s-", SERVICE | OTHER_CONTROLLER),
    "with the other controller's tag alone": ("k8s-", OTHER_CONTROLLER),
    "of another name": ("tcp-", SERVICE),
}
NEVER: dict[str, Mapping[str, Any]] = {
    "delete_target_group": {},
    "modify_target_group": {"HealthCheckPort": "traffic-port"},
    "register_targets": {"Targets": [{"Id": "i-0123456789abcdef0"}]},
    "deregister_targets": {"Targets": [{"Id": "i-0123456789abcdef0"}]},
    "remove_tags": {"TagKeys": [OUR_MARK]},
}


@pytest.fixture(scope="module", params=WRITERS)
def writer(stage: Stage, request: pytest.FixtureRequest) -> Iterator[Client]:
    """ELBv2 as a function sees it that may write."""
    with probe(stage, Role(stage, f"ProxyProtocol{request.param}Role").documents) as caller:
        yield caller.client("elbv2")


@pytest.fixture(scope="module")
def reader(stage: Stage) -> Iterator[Client]:
    """ELBv2 as plan sees it."""
    with probe(stage, Role(stage, f"ProxyProtocol{READER}Role").documents) as caller:
        yield caller.client("elbv2")


@pytest.fixture(scope="module")
def ours(stage: Stage) -> str:
    """A group of a Service."""
    return _made(stage, "k8s-", SERVICE)


def test_the_write_is_allowed(writer: Client, ours: str, groups: Groups) -> None:
    writer.modify_target_group_attributes(TargetGroupArn=ours, **WRITES["modify_target_group_attributes"])
    writer.add_tags(ResourceArns=[ours], **WRITES["add_tags"])

    assert groups.is_on(ours)
    assert groups.states()[ours][1] == SERVICE | {OUR_MARK: "x"}


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize("kind", FOREIGN)
def test_a_write_to_a_group_that_is_not_ours_is_denied(stage: Stage, writer: Client, kind: str, call: str) -> None:
    group = _made(stage, *FOREIGN[kind])

    assert group in refusal(getattr(writer, call), **_about(call, group), **WRITES[call])


def test_a_mark_on_two_groups_of_which_one_is_not_ours_is_denied(stage: Stage, writer: Client, ours: str) -> None:
    foreign = _made(stage, "k8s-", {})

    assert foreign in refusal(writer.add_tags, ResourceArns=[ours, foreign], **WRITES["add_tags"])


@pytest.mark.parametrize("keys", [["kubernetes.io/service-name"], [OUR_MARK, "owner"]], ids=str)
def test_a_tag_other_than_our_mark_is_denied(writer: Client, ours: str, keys: list[str]) -> None:
    tags = [{"Key": key, "Value": "x"} for key in keys]

    assert ours in refusal(writer.add_tags, ResourceArns=[ours], Tags=tags)


@pytest.mark.parametrize("call", NEVER)
def test_what_no_function_does_is_denied(writer: Client, ours: str, call: str) -> None:
    assert ours in refusal(getattr(writer, call), **_about(call, ours), **NEVER[call])


@pytest.mark.parametrize("call", [*WRITES, *NEVER])
def test_plan_may_change_nothing(reader: Client, ours: str, call: str) -> None:
    assert ours in refusal(getattr(reader, call), **_about(call, ours), **(WRITES | NEVER)[call])


def test_plan_may_read(reader: Client, ours: str) -> None:
    assert reader.describe_target_group_attributes(TargetGroupArn=ours)["Attributes"]


def _made(stage: Stage, prefix: str, tags: Mapping[str, str]) -> str:
    tagged = {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]} if tags else {}
    made = stage.cloud.client("elbv2").create_target_group(
        Name=f"{prefix}{uuid.uuid4().hex[:12]}", Protocol="TCP", Port=30080, VpcId="vpc-1", **tagged
    )
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def _about(call: str, group: str) -> dict[str, object]:
    return {"ResourceArns": [group]} if call.endswith("_tags") else {"TargetGroupArn": group}
