"""One stand-in for all tests of this folder, and callers with the permissions that a test gives them.

Longer than 120 lines: pytest looks for the fixtures of a folder in this one file.
"""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud, running_cloud

from .aws import SERVICE, AsRole, Client, NewFunction, NewGroup, NewRole, Queue, Received, Statement, Trail
from .instances import SECONDS, attached_volume, new_instance
from .machines import NewMachine, new_machine

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


@pytest.fixture(scope="session")
def ec2(cloud: Cloud) -> Client:
    """EC2 as the one who deploys sees it; new instances run at once."""
    cloud.set_transitions(**SECONDS)
    return cloud.client("ec2")


@pytest.fixture
def instance(ec2: Client) -> str:
    """An instance that is running: its id."""
    return new_instance(ec2)


@pytest.fixture
def volume(ec2: Client, instance: str) -> str:
    """A volume that the instance has: its id."""
    return attached_volume(ec2, instance)


@pytest.fixture(scope="session")
def machines(cloud: Cloud) -> Client:
    return cloud.client("stepfunctions")


@pytest.fixture(scope="session")
def machine(machines: Client, new_role: NewRole) -> NewMachine:
    """Make a machine of these states; its ARN."""
    return lambda states: new_machine(machines, new_role, states)


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
        return cloud.client_as(service, taken["Credentials"])

    return client


@pytest.fixture(scope="session")
def new_function(cloud: Cloud) -> NewFunction:
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
def queue(cloud: Cloud, unique: str) -> Queue:
    """A queue that lets every rule in: its URL and its ARN."""
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{unique}"
    admits = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn}
    policy = {"Statement": [{**admits, "Principal": {"Service": "events.amazonaws.com"}}]}
    url = cloud.client("sqs").create_queue(QueueName=unique, Attributes={"Policy": json.dumps(policy)})["QueueUrl"]
    return str(url), arn


@pytest.fixture
def received(cloud: Cloud, queue: Queue) -> Received:
    """Take what is in the queue now."""
    sqs = cloud.client("sqs")

    def take() -> list[dict[str, Any]]:
        answer = sqs.receive_message(QueueUrl=queue[0], MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return list(answer.get("Messages", []))

    return take


@pytest.fixture
def new_group(elbv2: Client, unique: str) -> NewGroup:
    """Make a target group, with the settings of a cloud provider's where none are given; as it is described."""

    def make(*tags: Mapping[str, str], **settings: object) -> dict[str, Any]:
        given: dict[str, object] = {"Name": unique, "Protocol": "TCP", "Port": 30080, "VpcId": "vpc-1"} | settings
        tagged = {"Tags": list(tags)} if tags else {}
        group: dict[str, Any] = elbv2.create_target_group(**given, **tagged)["TargetGroups"][0]
        return group

    return make


@pytest.fixture
def balancer(elbv2: Client, unique: str) -> str:
    made = elbv2.create_load_balancer(Name=unique, Type="network", Subnets=["subnet-1"])
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


@pytest.fixture
def group(new_group: NewGroup) -> str:
    """A group of a Service: its ARN."""
    return str(new_group(SERVICE)["TargetGroupArn"])


@pytest.fixture
def trail(cloud: Cloud, group: str, queue: Queue, received: Received) -> Trail:
    """The events since the last look, whole; the group is there before the first."""
    unique = group.split("/")[1]
    events = cloud.client("events")
    pattern = {"source": ["aws.elasticloadbalancing"], "detail-type": ["AWS API Call via CloudTrail"]}
    events.put_rule(Name=unique, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=unique, Targets=[{"Id": "queue", "Arn": queue[1]}])
    return lambda: [json.loads(message["Body"]) for message in received()]
