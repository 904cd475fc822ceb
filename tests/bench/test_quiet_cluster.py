"""In the played cluster and the played EC2 beside it nothing is amiss, as Pitcrew reads them; without a socket."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

import kube
from bench.cloud.answers import Account
from bench.cloud.ec2 import Ec2
from bench.cluster.answers import Api
from bench.cluster.contents import lists
from bench.cluster.names import instance_id, volume_id
from functions.orphaned_attachments import census
from functions.orphaned_attachments.instances import Instances
from functions.orphaned_attachments.suspects import suspects
from functions.orphaned_attachments.volumes import OF_ANY_CLUSTER, Volumes
from kube.exchange import Request
from tests.bench.test_answers import Body

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

NODES, HELD = 300, 1200


class Asked:
    """A connection to the played API."""

    def __init__(self) -> None:
        self.api = Api(lists(nodes=NODES, volumes=HELD))

    def clock(self) -> float:
        return 0.0

    def request(self, request: Request, *, end: float) -> dict[str, Any]:
        answer = self.api.answer(f"{request.path}?{urlencode(request.query)}", is_packed=end < 0)
        assert answer, request
        said: dict[str, Any] = json.loads(answer)
        return said


@pytest.fixture
def ec2() -> "EC2Client":
    account = Account({}, ec2=Ec2(nodes=NODES, volumes=HELD))

    def sent(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        answer = account.answer("", request.body if isinstance(request.body, bytes) else str(request.body).encode())
        return AWSResponse(request.url, answer.status, HTTPHeaders(), Body(answer.body))

    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    session.events.register("before-send", sent)  # type: ignore[arg-type] # an answer saves the request: not in the stubs
    return session.client("ec2")


def test_nothing_in_it_is_suspect(ec2: "EC2Client") -> None:
    taken = census.take(kube.Cluster(Asked(), seconds=10))

    attached = Volumes(ec2).attached(["kubernetes.io/cluster/prod", OF_ANY_CLUSTER])

    assert (len(taken.nodes), len(taken.pvs), len(taken.attachments), len(attached)) == (NODES, HELD, HELD, HELD)
    assert taken.unmigrated == frozenset()
    assert suspects(taken, attached, now=datetime.now(UTC)) == []


def test_all_its_machines_run(ec2: "EC2Client") -> None:
    instances = Instances(ec2, cast("Any", None))

    assert instances.down(map(instance_id, range(NODES))) == []
    assert instances.read(instance_id(7)).state == "running"
    assert instances.read("i-0123456789abcdef0").state == "not found"


def test_of_a_machine_its_volumes_are_told(ec2: "EC2Client") -> None:
    by_instance: Any = [{"Name": "attachment.instance-id", "Values": [instance_id(7)]}]
    by_id: Any = [{"Name": "volume-id", "Values": [volume_id(1), "vol-0123456789abcdef0"]}]

    assert [one["VolumeId"] for one in ec2.describe_volumes(Filters=by_instance)["Volumes"]] == [
        volume_id(index) for index in (7, 307, 607, 907)
    ]
    assert [one["VolumeId"] for one in ec2.describe_volumes(Filters=by_id)["Volumes"]] == [volume_id(1)]


def test_a_page_of_volumes_names_the_next(ec2: "EC2Client") -> None:
    pages = list(ec2.get_paginator("describe_volumes").paginate(PaginationConfig={"PageSize": 500}))

    assert [len(page["Volumes"]) for page in pages] == [500, 500, 200]
