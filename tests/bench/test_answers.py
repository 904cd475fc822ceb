"""The played AWS of the bench is understood by the adapters, without a socket."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from bench.cloud.answers import Account
from bench.cloud.inventory import HOME, asking, target_groups
from bench.cloud.shapes import SECRET_NAME
from functions.proxy_protocol.elbv2_calls import TargetGroupGoneError
from functions.proxy_protocol.inventory import Inventory
from functions.proxy_protocol.target_groups import TargetGroups
from pitcrew.limiter import UNLIMITED
from pitcrew.mode import Mode, ModeParameter


class Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


@pytest.fixture
def session() -> boto3.Session:
    account = Account(target_groups(1000, are_set=False), secret="a kubeconfig")

    def sent(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body = request.body if isinstance(request.body, bytes) else str(request.body).encode()
        answer = account.answer(_text(request.headers.get("X-Amz-Target", "")), body)
        headers = HTTPHeaders.from_pairs([("Content-Type", answer.content_type)])
        return AWSResponse(request.url, answer.status, headers, Body(answer.body))

    made = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    made.events.register("before-send", sent)  # type: ignore[arg-type] # an answer saves the request: not in the stubs
    return made


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def test_lists_are_read_page_by_page(session: boto3.Session) -> None:
    inventory = Inventory(session.client("elbv2"), session.client("resourcegroupstaggingapi"), reads=UNLIMITED)

    candidates = inventory.candidates()

    assert len(candidates) == 100
    assert sum(one.shape is not None and one.shape.protocol == "TCP" for one in candidates) == 80
    assert all(one.group and one.group.load_balancer_arns and one.service_name for one in candidates)


def test_what_is_written_is_read_back(session: boto3.Session) -> None:
    groups = TargetGroups(session.client("elbv2"), reads=UNLIMITED, writes=UNLIMITED)
    arn = asking(target_groups(1000, are_set=False))[0]
    before = groups.attributes(arn)

    written = groups.set_attributes(arn, {"proxy_protocol_v2.enabled": "true"})
    groups.remember(arn, "0123456789abcdef")

    assert written.request_id
    assert before | {"proxy_protocol_v2.enabled": "true"} == written.attributes == groups.attributes(arn) != before
    assert groups.tags(arn)[arn]["pitcrew:attributes-applied"] == "0123456789abcdef"
    assert groups.group(arn)[0].target_type == "instance"


def test_a_group_that_is_not_there_is_gone(session: boto3.Session) -> None:
    groups = TargetGroups(session.client("elbv2"), reads=UNLIMITED, writes=UNLIMITED)

    with pytest.raises(TargetGroupGoneError):
        groups.attributes(f"{HOME}:targetgroup/gone/0123456789abcdef")


def test_the_mode_is_enforce(session: boto3.Session) -> None:
    assert ModeParameter(session.client("ssm"), "/Pitcrew/proxy_protocol/mode").read() is Mode.ENFORCE


def test_the_secret_is_read(session: boto3.Session) -> None:
    answer = session.client("secretsmanager").get_secret_value(SecretId=SECRET_NAME)

    assert answer["SecretString"] == "a kubeconfig"
