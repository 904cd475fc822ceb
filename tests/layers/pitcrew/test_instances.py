"""Whose instances are these: the real client, answered by moto."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from pitcrew.instances import Instances


@pytest.fixture
def instance_id() -> Iterator[str]:
    with mock_aws():
        ec2 = boto3.client("ec2", region_name="us-east-1")
        made = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
        yield made["Instances"][0]["InstanceId"]


def _instances(region: str = "us-east-1") -> Instances:
    return Instances(lambda: boto3.client("ec2", region_name=region))


def test_one_of_ours_among_strangers_is_here(instance_id: str) -> None:
    assert _instances().any_is_here(["i-0123456789abcdef0", instance_id])


@pytest.mark.parametrize("stranger", ["i-0123456789abcdef0", "i-1"])
def test_strangers_are_not_here_and_no_error(instance_id: str, stranger: str) -> None:
    assert instance_id != stranger
    assert not _instances().any_is_here([stranger])


def test_an_instance_of_another_region_is_not_here(instance_id: str) -> None:
    assert not _instances("eu-west-1").any_is_here([instance_id])
