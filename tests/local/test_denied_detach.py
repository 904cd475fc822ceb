"""The deployed policy of *Act* detaches what is a registered cluster's, and nothing else; nobody else detaches."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.registration import NAME
from local.stage import Stage
from tests.local.policies import Role
from tests.local.probes import Client, probe
from tests.local.standin.instances import attached_volume, new_instance

OURS = {f"kubernetes.io/cluster/{NAME}": "owned"}
SHARED = {f"kubernetes.io/cluster/{NAME}": "shared"}
ANOTHER = {"kubernetes.io/cluster/another": "owned"}
BY_THE_DRIVER = {"ebs.csi.aws.com/cluster": "true"}
NEVER = ("delete_volume", "create_snapshot", "stop_instances", "terminate_instances", "create_tags")
READERS = ("OnEvent", "Sweep", "Look", "Plan", "Prepare", "Report")


@pytest.fixture(scope="module")
def act(stage: Stage) -> Iterator[Client]:
    """EC2 as *Act* sees it; instances run at once."""
    stage.cloud.set_transitions(pending=0)
    with probe(stage, Role(stage, "OrphanedAttachmentsActRole").documents) as caller:
        yield caller.client("ec2")


def _held(stage: Stage, instance: Mapping[str, str], volume: Mapping[str, str]) -> dict[str, str]:
    ec2 = stage.cloud.client("ec2")
    holder = new_instance(ec2, instance)
    return {"InstanceId": holder, "VolumeId": attached_volume(ec2, holder, volume)}


def _code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return error.value.response["Error"]["Code"]


@pytest.mark.parametrize("volume", [OURS, BY_THE_DRIVER, OURS | BY_THE_DRIVER], ids=str)
def test_a_volume_of_the_cluster_on_an_instance_of_it_may_be_detached(
    stage: Stage, act: Client, volume: Mapping[str, str]
) -> None:
    assert act.detach_volume(**_held(stage, OURS, volume))["State"] == "detaching"


@pytest.mark.parametrize(
    ("instance", "volume"),
    [
        ({}, OURS),
        (OURS, {}),
        (SHARED, OURS),
        (OURS, SHARED),
        (ANOTHER, OURS),
        (OURS, ANOTHER),
        (ANOTHER, BY_THE_DRIVER),
        (BY_THE_DRIVER, BY_THE_DRIVER),
    ],
    ids=str,
)
def test_what_is_not_all_the_clusters_is_denied(
    stage: Stage, act: Client, instance: Mapping[str, str], volume: Mapping[str, str]
) -> None:
    with pytest.raises(ClientError) as refused:
        act.detach_volume(**_held(stage, instance, volume))

    assert _code(refused) == "UnauthorizedOperation"


@pytest.mark.parametrize("call", NEVER)
def test_what_no_function_does_is_denied(stage: Stage, act: Client, call: str) -> None:
    held = _held(stage, OURS, OURS)
    arguments: dict[str, dict[str, Any]] = {
        "delete_volume": {"VolumeId": held["VolumeId"]},
        "create_snapshot": {"VolumeId": held["VolumeId"]},
        "create_tags": {"Resources": [held["VolumeId"]], "Tags": [{"Key": "a", "Value": "b"}]},
    }

    with pytest.raises(ClientError) as refused:
        getattr(act, call)(**arguments.get(call, {"InstanceIds": [held["InstanceId"]]}))

    assert _code(refused) == "UnauthorizedOperation"


@pytest.mark.parametrize("function", READERS)
def test_the_other_functions_detach_nothing(stage: Stage, function: str) -> None:
    with (
        probe(stage, Role(stage, f"OrphanedAttachments{function}Role").documents) as caller,
        pytest.raises(ClientError) as refused,
    ):
        caller.client("ec2").detach_volume(**_held(stage, OURS, OURS))

    assert _code(refused) == "UnauthorizedOperation"
