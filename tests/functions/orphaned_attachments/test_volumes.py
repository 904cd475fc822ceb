"""EBS volumes beyond what moto plays: see test_contract.py for the rest.

Over 120 lines because every place and tag of a volume has its sentence.
"""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.orphaned_attachments.decision.holdings import Attachment, Place, Volume
from functions.orphaned_attachments.objects import Pv, attachment
from functions.orphaned_attachments.volumes import Volumes
from tests.functions.orphaned_attachments import raw_objects as raw
from tests.functions.orphaned_attachments.fake_aws import FakeAws, refusal
from tests.functions.orphaned_attachments.raw_objects import CLAIM, DEAD, OTHER, PV, VOLUME

PVS = {PV: Pv(name=PV, volume=VOLUME, claim=CLAIM, is_in_tree=False, is_opted_out=False)}
NAMED = (attachment(raw.attachment(), PVS, {PV}),)
TAG = "kubernetes.io/cluster/prod"


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def _held(
    aws: FakeAws, attachments: tuple[Attachment, ...] = NAMED, *, pvs: dict[str, Pv] | None = None, tag: str = TAG
) -> list[Volume]:
    return _volumes(aws).held(DEAD, PVS if pvs is None else pvs, attachments, tag=tag)


def _volumes(aws: FakeAws) -> Volumes:
    client: Any = aws
    return Volumes(client)


def test_a_volume_that_only_an_attachment_names_is_shown_where_it_is(aws: FakeAws) -> None:
    aws.has_volume(VOLUME, OTHER)
    elsewhere = _held(aws)
    aws.has_volume(VOLUME)
    available = _held(aws)
    del aws.volumes[VOLUME]
    gone = _held(aws)

    assert [volume.place for volume in (*elsewhere, *available, *gone)] == [
        Place.ELSEWHERE,
        Place.AVAILABLE,
        Place.GONE,
    ]
    assert gone == [Volume(id=VOLUME, place=Place.GONE)]


def test_of_a_volume_on_two_machines_the_attachment_of_this_one_is_shown(aws: FakeAws) -> None:
    aws.has_volume(VOLUME, OTHER, DEAD, MultiAttachEnabled=True)
    here = aws.volumes[VOLUME]["Attachments"][1]
    here |= {"State": "busy", "Device": "/dev/xvdab", "DeleteOnTermination": True}

    (volume,) = _held(aws)

    assert (volume.place, volume.is_multi_attach, volume.attachment_state) == (Place.HERE, True, "busy")
    assert (volume.device, volume.deletes_on_termination) == ("/dev/xvdab", True)


@pytest.mark.parametrize(
    ("more", "expected"),
    [({}, False), ({"Operator": {"Managed": False}}, False), ({"Operator": {"Managed": True}}, True)],
)
def test_a_volume_that_aws_manages_is_known(aws: FakeAws, more: dict[str, Any], *, expected: bool) -> None:
    aws.has_volume(VOLUME, DEAD, **more)

    assert [volume.is_managed for volume in _held(aws)] == [expected]


@pytest.mark.parametrize(
    ("tags", "tag", "expected"),
    [
        ({TAG: "owned"}, TAG, True),
        ({"ebs.csi.aws.com/cluster": "true"}, TAG, True),
        ({TAG: "shared"}, TAG, False),
        ({"ebs.csi.aws.com/cluster": "false"}, TAG, False),
        ({"kubernetes.io/cluster/other": "owned"}, TAG, False),
        ({}, TAG, False),
        ({TAG: "owned", "ebs.csi.aws.com/cluster": "true"}, "", False),
    ],
)
def test_what_may_be_detached_is_what_iam_allows(
    aws: FakeAws, tags: dict[str, str], tag: str, *, expected: bool
) -> None:
    aws.has_volume(VOLUME, DEAD, of=tags)

    assert [volume.may_detach for volume in _held(aws, tag=tag)] == [expected]


def test_what_its_persistent_volume_says_is_said_of_a_volume(aws: FakeAws) -> None:
    aws.has_volume(VOLUME, DEAD)
    in_tree = {PV: Pv(name=PV, volume=VOLUME, claim=CLAIM, is_in_tree=True, is_opted_out=True)}

    (volume,) = _held(aws, (), pvs=in_tree)

    assert (volume.pv, volume.is_in_tree, volume.is_opted_out) == (PV, True, True)


def test_of_a_persistent_volume_that_is_gone_the_drivers_tag_tells_the_name(aws: FakeAws) -> None:
    missing = (attachment(raw.attachment(), {}, ()),)
    aws.has_volume(VOLUME, DEAD, of={"CSIVolumeName": PV, TAG: "owned"})
    aws.has_volume("vol-0fedcba9876543210", DEAD, of={"CSIVolumeName": "another"})

    (volume,) = _held(aws, missing, pvs={})

    assert (volume.id, volume.pv, volume.place, volume.may_detach) == (VOLUME, PV, Place.HERE, False)


def test_many_named_volumes_are_asked_in_batches_that_aws_takes(aws: FakeAws) -> None:
    pvs = {
        f"pv-{number}": Pv(
            name=f"pv-{number}", volume=f"vol-{number:017x}", claim=CLAIM, is_in_tree=False, is_opted_out=False
        )
        for number in range(401)
    }
    named = []
    for name in pvs:
        found = raw.attachment(f"va-{name}")
        found["spec"]["source"] = {"persistentVolumeName": name}
        named.append(attachment(found, pvs, pvs))

    assert {volume.place for volume in _held(aws, tuple(named), pvs=pvs)} == {Place.GONE}
    assert [len(call["Filters"][0]["Values"]) for call in aws.of("describe_volumes")] == [1, 200, 200, 1]


def test_a_page_has_the_size_that_aws_takes(aws: FakeAws) -> None:
    _volumes(aws).attached([TAG])

    assert [call["PaginationConfig"] for call in aws.of("describe_volumes")] == [{"PageSize": 500}]


def test_attached_volumes_are_read_over_all_pages(aws: FakeAws) -> None:
    ids = [f"vol-{number:017x}" for number in range(3)]  # the fake has one on a page
    for one in ids:
        aws.has_volume(one, DEAD, OTHER, of={TAG: "owned"})
    aws.volumes[ids[0]]["Attachments"][0] = {"State": "attached", "AssociatedResource": "arn:aws:eks:x"}

    assert _volumes(aws).attached([TAG]) == {ids[0]: [OTHER], ids[1]: [DEAD, OTHER], ids[2]: [DEAD, OTHER]}


def test_a_detach_names_volume_and_instance_and_is_never_forced(aws: FakeAws) -> None:
    _volumes(aws).detach(VOLUME, DEAD)

    assert aws.of("detach_volume") == [{"VolumeId": VOLUME, "InstanceId": DEAD}]


@pytest.mark.parametrize("code", ["IncorrectState", "InvalidAttachment.NotFound", "InvalidVolume.NotFound"])
def test_somebody_who_was_faster_has_detached_for_us(aws: FakeAws, code: str) -> None:
    aws.troubles["detach_volume"] = refusal(code, "DetachVolume")

    assert _volumes(aws).detach(VOLUME, DEAD) == (code, "refused-DetachVolume")


@pytest.mark.parametrize(
    ("code", "metric"),
    [("UnauthorizedOperation", "AccessDenied"), ("RequestLimitExceeded", "Throttled"), ("UnsupportedOperation", "")],
)
def test_any_other_refusal_is_an_error(
    aws: FakeAws, capsys: pytest.CaptureFixture[str], code: str, metric: str
) -> None:
    aws.troubles["detach_volume"] = refusal(code, "DetachVolume")

    with pytest.raises(ClientError, match=code):
        _volumes(aws).detach(VOLUME, DEAD)

    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["action"] for one in counted if metric and metric in one] == (["DetachVolume"] if metric else [])


def test_a_read_that_fails_is_an_error_and_counted(aws: FakeAws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.troubles["describe_volumes"] = refusal("RequestLimitExceeded", "DescribeVolumes")

    with pytest.raises(ClientError):
        _held(aws)

    assert '"Throttled"' in capsys.readouterr().out
