"""One stand-in for all tests of this folder, and callers with the permissions that a test gives them."""

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import boto3
import pytest

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud, running_cloud

Client: TypeAlias = Any
"""A boto3 client: they are made at run time."""

Statement: TypeAlias = Mapping[str, Any]
AsRole: TypeAlias = Callable[[Sequence[Statement], str], Client]
NewRole: TypeAlias = Callable[..., str]

_ECHO = "def handle(event, context):\n    return event\n"


@pytest.fixture(scope="session")
def cloud_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("standin")


@pytest.fixture(scope="session")
def cloud(cloud_folder: Path) -> Iterator[Cloud]:
    with running_cloud(cloud_folder) as running:
        yield running


@pytest.fixture(scope="session")
def elbv2(cloud: Cloud) -> Client:
    return cloud.client("elbv2")


@pytest.fixture
def unique() -> str:
    """A name that no other test uses, as a cloud provider's name of a target group begins."""
    return f"k8s-test-{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="session")
def new_role(cloud: Cloud) -> NewRole:
    """Make a role that anybody of the account may take, with these statements; its ARN."""
    iam = cloud.client("iam")

    def make(*statements: Statement) -> str:
        name = f"role-{uuid.uuid4().hex[:10]}"
        services = ["lambda.amazonaws.com", "states.amazonaws.com", "scheduler.amazonaws.com", "events.amazonaws.com"]
        principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root", "Service": services}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        if statements:
            document = json.dumps({"Statement": [{"Effect": "Allow", **statement} for statement in statements]})
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    return make


@pytest.fixture(scope="session")
def as_role(cloud: Cloud, new_role: NewRole) -> AsRole:
    """Make a client for a service whose caller may do exactly what these statements say."""

    def client(statements: Sequence[Statement], service: str) -> Client:
        taken = cloud.client("sts").assume_role(RoleArn=new_role(*statements), RoleSessionName="tester")
        keys = taken["Credentials"]
        session: Any = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], REGION)
        return session.client(service, endpoint_url=cloud.endpoint)

    return client


@pytest.fixture(scope="session")
def new_function(cloud: Cloud) -> Callable[..., str]:
    """Make a function that returns its event; its ARN."""

    def make(role_arn: str, code: str = _ECHO) -> str:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr("echo.py", code)
        made = cloud.client("lambda").create_function(
            FunctionName=f"echo-{uuid.uuid4().hex[:10]}",
            Role=role_arn,
            Runtime="python3.13",
            Handler="echo.handle",
            Code={"ZipFile": content.getvalue()},
        )
        return str(made["FunctionArn"])

    return make


@pytest.fixture
def queue(cloud: Cloud, unique: str) -> tuple[str, str]:
    """A queue that lets every rule in: its URL and its ARN."""
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{unique}"
    admits = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    policy = {"Statement": [{**admits, "Principal": {"Service": "events.amazonaws.com"}}]}
    url = cloud.client("sqs").create_queue(QueueName=unique, Attributes={"Policy": json.dumps(policy)})["QueueUrl"]
    return str(url), arn


@pytest.fixture
def received(cloud: Cloud, queue: tuple[str, str]) -> Callable[[], list[dict[str, Any]]]:
    """Take what is in the queue now."""
    sqs = cloud.client("sqs")

    def take() -> list[dict[str, Any]]:
        answer = sqs.receive_message(QueueUrl=queue[0], MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return list(answer.get("Messages", []))

    return take
