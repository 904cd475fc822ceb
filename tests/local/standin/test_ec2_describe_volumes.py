"""Volumes on the stand-in are found by filters and in pages."""

import pytest

from .aws import Client
from .instances import attached_volume, new_instance, new_volume


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("attachment.instance-id", "{instance}"),
        ("attachment.status", "attached"),
        ("multi-attach-enabled", "false"),
        ("tag-key", "kubernetes.io/cluster/{unique}"),
        ("tag:kubernetes.io/cluster/{unique}", "owned"),
        ("volume-id", "{volume}"),
    ],
)
def test_a_filter_finds_the_volumes_that_it_fits(ec2: Client, unique: str, name: str, value: str) -> None:
    # Source: botocore, DescribeVolumes
    instance = new_instance(ec2)
    volume = attached_volume(ec2, instance, {f"kubernetes.io/cluster/{unique}": "owned"})
    shared = new_volume(ec2, VolumeType="io2", Iops=100, MultiAttachEnabled=True)
    known = {"instance": instance, "unique": unique, "volume": volume}
    wished = {"Name": name.format(**known), "Values": [value.format(**known)]}
    found = {one["VolumeId"] for one in ec2.describe_volumes(Filters=[wished])["Volumes"]}
    assert volume in found
    assert shared not in found


def test_a_volume_says_whether_it_dies_with_its_instance(ec2: Client) -> None:
    instance = new_instance(ec2)
    volume = attached_volume(ec2, instance)
    named = {"Name": "attachment.instance-id", "Values": [instance]}
    held = {one["VolumeId"]: one["Attachments"][0] for one in ec2.describe_volumes(Filters=[named])["Volumes"]}
    assert held.pop(volume)["DeleteOnTermination"] is False
    (root,) = held.values()
    assert root["DeleteOnTermination"] is True


def test_volumes_are_listed_in_pages(ec2: Client, unique: str) -> None:
    # Source: facts/orphaned-attachments.md section 7; the token outlives the deletion of a volume that was shown
    made = {new_volume(ec2, {"for": unique}) for _ in range(5)}
    call = {"Filters": [{"Name": "tag:for", "Values": [unique]}], "MaxResults": 2}
    first = ec2.describe_volumes(**call)
    shown = [volume["VolumeId"] for volume in first["Volumes"]]
    assert len(shown) == 2
    ec2.delete_volume(VolumeId=shown[1])
    pages = ec2.get_paginator("describe_volumes").paginate(
        **call, PaginationConfig={"StartingToken": first["NextToken"]}
    )
    rest = [[volume["VolumeId"] for volume in page["Volumes"]] for page in pages]
    assert [len(page) for page in rest] == [2, 1]
    assert {*shown, *rest[0], *rest[1]} == made
