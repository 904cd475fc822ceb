"""IAM on the stand-in: what AWS would deny is denied, in AWS's words, to callers and to services."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest
from botocore.exceptions import ClientError

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

from .conftest import AsRole, Client, NewRole

Found = TypeVar("Found")

GROUPS = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup"
SERVICE = {"Key": "kubernetes.io/service-name", "Value": "ingress-nginx/web"}
OTHER_CONTROLLER = {"Key": "elbv2.k8s.aws/cluster", "Value": "demo"}
OURS = "pitcrew:attributes-applied"
SWITCH = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]

# Source: facts/proxy-protocol.md section 6 (IAM): the statements of the template, as issue 3 section 2 wants them
GUARD = {
    "Null": {
        "aws:ResourceTag/kubernetes.io/service-name": "false",
        "aws:ResourceTag/elbv2.k8s.aws/cluster": "true",
    }
}
MAY_SWITCH = {
    "Action": "elasticloadbalancing:ModifyTargetGroupAttributes",
    "Resource": f"{GROUPS}/k8s-*/*",
    "Condition": GUARD,
}
MAY_TAG = {
    "Action": "elasticloadbalancing:AddTags",
    "Resource": f"{GROUPS}/k8s-*/*",
    "Condition": {**GUARD, "ForAllValues:StringEquals": {"aws:TagKeys": [OURS]}},
}


@pytest.fixture
def new_group(elbv2: Client, unique: str) -> Callable[..., str]:
    def make(*tags: Mapping[str, str], name: str = unique) -> str:
        tagged = {"Tags": list(tags)} if tags else {}
        made = elbv2.create_target_group(Name=name, Protocol="TCP", Port=30080, VpcId="vpc-1", **tagged)
        return str(made["TargetGroups"][0]["TargetGroupArn"])

    return make


@pytest.fixture(scope="module")
def pitcrew(as_role: AsRole) -> Client:
    """ELBv2 as our function sees it."""
    return as_role([MAY_SWITCH, MAY_TAG], "elbv2")


def denied(call: Callable[..., object], **arguments: object) -> Mapping[str, str]:
    """The error of a call that must be denied."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return {"Code": error["Code"], "Message": error["Message"]}


def eventually(holds: Callable[[], Found]) -> Found:
    deadline = time.monotonic() + 20
    while not (found := holds()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def test_a_group_of_a_service_may_be_switched(pitcrew: Client, new_group: Callable[..., str]) -> None:
    answer = pitcrew.modify_target_group_attributes(TargetGroupArn=new_group(SERVICE), Attributes=SWITCH)
    assert SWITCH[0] in answer["Attributes"]


# Source: facts/proxy-protocol.md section 6 (IAM): "even a buggy Lambda cannot touch LBC or API-server groups"
@pytest.mark.parametrize(
    ("tags", "name"),
    [((), "k8s-untagged"), ((SERVICE, OTHER_CONTROLLER), "k8s-of-lbc"), ((SERVICE,), "tcp-of-kops")],
    ids=["untagged", "other controller's", "other name"],
)
def test_a_group_that_is_not_a_services_may_not_be_switched(
    pitcrew: Client, new_group: Callable[..., str], tags: tuple[Mapping[str, str], ...], name: str
) -> None:
    group = new_group(*tags, name=name)
    error = denied(pitcrew.modify_target_group_attributes, TargetGroupArn=group, Attributes=SWITCH)
    assert error["Code"] == "AccessDenied"


def test_tags_count_from_the_moment_they_change(pitcrew: Client, elbv2: Client, new_group: Callable[..., str]) -> None:
    group = new_group()
    elbv2.add_tags(ResourceArns=[group], Tags=[SERVICE])
    pitcrew.modify_target_group_attributes(TargetGroupArn=group, Attributes=SWITCH)
    elbv2.remove_tags(ResourceArns=[group], TagKeys=[SERVICE["Key"]])
    denied(pitcrew.modify_target_group_attributes, TargetGroupArn=group, Attributes=SWITCH)


def test_only_our_own_tag_may_be_added(pitcrew: Client, new_group: Callable[..., str]) -> None:
    # Source: design/proxy-protocol.md "Effect" (IAM allows only that key: aws:TagKeys)
    group, ours = new_group(SERVICE), {"Key": OURS, "Value": "1"}
    pitcrew.add_tags(ResourceArns=[group], Tags=[ours])
    for tags in ([{"Key": "owner", "Value": "us"}], [ours, {"Key": "owner", "Value": "us"}]):
        assert denied(pitcrew.add_tags, ResourceArns=[group], Tags=tags)["Code"] == "AccessDenied"


def test_each_resource_of_a_call_must_be_allowed(pitcrew: Client, new_group: Callable[..., str], unique: str) -> None:
    # Source: Service Authorization Reference, AddTags (resource types); the message names the one that is not allowed
    mine, foreign = new_group(SERVICE), new_group(name=f"{unique}-b")
    error = denied(pitcrew.add_tags, ResourceArns=[mine, foreign], Tags=[{"Key": OURS, "Value": "1"}])
    assert foreign in error["Message"]


def test_requested_tag_values_can_be_conditions(as_role: AsRole, new_group: Callable[..., str]) -> None:
    # Source: Service Authorization Reference, AddTags (condition key aws:RequestTag/${TagKey})
    condition = {"StringEquals": {"aws:RequestTag/team": "edge"}}
    client = as_role([{"Action": "elasticloadbalancing:AddTags", "Resource": "*", "Condition": condition}], "elbv2")
    group = new_group()
    client.add_tags(ResourceArns=[group], Tags=[{"Key": "team", "Value": "edge"}])
    denied(client.add_tags, ResourceArns=[group], Tags=[{"Key": "team", "Value": "core"}])


@pytest.mark.parametrize(
    ("call", "argument"),
    [("describe_target_group_attributes", "TargetGroupArn"), ("describe_target_health", "TargetGroupArn")],
)
def test_reads_need_everything_as_their_resource(
    as_role: AsRole, new_group: Callable[..., str], call: str, argument: str
) -> None:
    # Source: facts/proxy-protocol.md section 6 ("all Describe* (and DescribeTags) need Resource *")
    group, action = new_group(), "elasticloadbalancing:Describe*"
    assert getattr(as_role([{"Action": action, "Resource": "*"}], "elbv2"), call)(**{argument: group})
    denied(getattr(as_role([{"Action": action, "Resource": group}], "elbv2"), call), **{argument: group})


def test_a_new_group_is_asked_for_by_its_name(as_role: AsRole, unique: str) -> None:
    # Source: Service Authorization Reference, CreateTargetGroup (resource type targetgroup)
    allowed = {"Action": "elasticloadbalancing:CreateTargetGroup", "Resource": f"{GROUPS}/k8s-*/*"}
    client, settings = as_role([allowed], "elbv2"), {"Protocol": "TCP", "Port": 80, "VpcId": "vpc-1"}
    client.create_target_group(Name=unique, **settings)
    denied(client.create_target_group, Name=f"other-{unique}", **settings)


def test_a_denial_names_who_what_and_on_what_and_is_logged(
    pitcrew: Client, new_group: Callable[..., str], cloud_folder: Path
) -> None:
    group, action = new_group(), "elasticloadbalancing:ModifyTargetGroupAttributes"
    message = denied(pitcrew.modify_target_group_attributes, TargetGroupArn=group, Attributes=SWITCH)["Message"]
    assert message.startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/role-")
    assert f"is not authorized to perform: {action} on resource: {group} " in message
    assert message in (cloud_folder / "cloud.log").read_text()


@pytest.mark.parametrize(
    ("service", "call", "arguments", "action"),
    [
        ("resourcegroupstaggingapi", "get_resources", {}, "tag:GetResources"),
        ("ssm", "get_parameter", {"Name": "/Pitcrew/mode"}, "ssm:GetParameter"),
        ("stepfunctions", "list_state_machines", {}, "states:ListStateMachines"),
    ],
)
def test_services_that_speak_json_deny_in_their_own_way(
    as_role: AsRole, service: str, call: str, arguments: dict[str, Any], action: str
) -> None:
    error = denied(getattr(as_role([], service), call), **arguments)
    assert error["Code"] == "AccessDeniedException"
    assert action in error["Message"]


def test_the_one_who_deploys_may_do_everything(elbv2: Client, new_group: Callable[..., str]) -> None:
    assert elbv2.modify_target_group_attributes(TargetGroupArn=new_group(), Attributes=SWITCH)


def test_a_queue_is_polled_only_with_the_functions_permission(
    cloud: Cloud, new_role: NewRole, new_function: Callable[..., str], queue: tuple[str, str]
) -> None:
    # See https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html (permissions of the execution role)
    role = new_role()
    function = new_function(role)
    cloud.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=queue[1])
    cloud.client("sqs").send_message(QueueUrl=queue[0], MessageBody="hello")
    assert_stays(cloud, queue, "visible", 1)
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    allow(cloud, role, {"Action": actions, "Resource": queue[1]})
    eventually(lambda: depth(cloud, queue) == {"visible": 0, "hidden": 0})


@pytest.mark.parametrize("missing", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])
def test_each_of_the_pollers_permissions_is_needed(
    cloud: Cloud, new_role: NewRole, new_function: Callable[..., str], queue: tuple[str, str], missing: str
) -> None:
    # Source: the same page
    actions = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"} - {missing}
    function = new_function(new_role({"Action": sorted(actions), "Resource": queue[1]}))
    mapping = cloud.client("lambda").create_event_source_mapping(FunctionName=function, EventSourceArn=queue[1])
    cloud.client("sqs").send_message(QueueUrl=queue[0], MessageBody="hello")
    assert_stays(cloud, queue, "visible", 1)
    told = cloud.client("lambda").get_event_source_mapping(UUID=mapping["UUID"])["LastProcessingResult"]
    assert missing in told


@pytest.mark.parametrize("allowed", [True, False])
def test_a_state_machine_calls_a_function_only_with_its_roles_permission(
    cloud: Cloud, new_role: NewRole, new_function: Callable[..., str], unique: str, *, allowed: bool
) -> None:
    # See https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html (Lambda.AWSLambdaException)
    function = new_function(new_role())
    role = new_role({"Action": "lambda:InvokeFunction", "Resource": function}) if allowed else new_role()
    arguments = {"FunctionName": function, "Payload": {"greeting": "hello"}}
    task = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": arguments, "End": True}
    definition = json.dumps({"QueryLanguage": "JSONata", "StartAt": "Call", "States": {"Call": task}})
    machines = cloud.client("stepfunctions")
    machine = machines.create_state_machine(name=unique, roleArn=role, definition=definition)["stateMachineArn"]
    execution = machines.start_execution(stateMachineArn=machine)["executionArn"]
    ended = eventually(lambda: ended_execution(machines, execution))
    assert ended["status"] == ("SUCCEEDED" if allowed else "FAILED")
    if not allowed:
        assert ended["error"] == "Lambda.AWSLambdaException"
        assert f"lambda:InvokeFunction on resource: {function} " in ended["cause"]


def ended_execution(machines: Client, execution: str) -> dict[str, Any]:
    described: dict[str, Any] = machines.describe_execution(executionArn=execution)
    return described if described["status"] != "RUNNING" else {}


@pytest.mark.parametrize("allowed", [True, False])
def test_a_schedule_delivers_only_with_its_roles_permission(
    cloud: Cloud, new_role: NewRole, queue: tuple[str, str], unique: str, *, allowed: bool
) -> None:
    # See https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html (execution role)
    role = new_role({"Action": "sqs:SendMessage", "Resource": queue[1]}) if allowed else new_role()
    schedule(cloud, unique, {"Arn": queue[1], "RoleArn": role, "Input": "{}"})
    cloud.fire(unique)
    if allowed:
        eventually(lambda: depth(cloud, queue)["visible"] == 1)
    else:
        assert_stays(cloud, queue, "visible", 0)


@pytest.mark.parametrize("may_bury", [True, False])
def test_what_a_schedule_may_not_call_is_buried_where_its_role_may_send(
    cloud: Cloud,
    new_role: NewRole,
    new_function: Callable[..., str],
    queue: tuple[str, str],
    unique: str,
    *,
    may_bury: bool,
) -> None:
    # See https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html (permissions)
    role = new_role({"Action": "sqs:SendMessage", "Resource": queue[1]}) if may_bury else new_role()
    function = new_function(new_role())
    schedule(cloud, unique, {"Arn": function, "RoleArn": role, "DeadLetterConfig": {"Arn": queue[1]}})
    cloud.fire(unique)
    if may_bury:
        eventually(lambda: depth(cloud, queue)["visible"] == 1)
    else:
        assert_stays(cloud, queue, "visible", 0)


def schedule(cloud: Cloud, name: str, target: Mapping[str, Any]) -> None:
    cloud.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression="rate(15 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )


@pytest.mark.parametrize("source", ["this rule", "another rule", "nobody"])
def test_a_rule_calls_a_function_only_with_the_functions_permission(
    cloud: Cloud,
    new_role: NewRole,
    new_function: Callable[..., str],
    *,
    queue: tuple[str, str],
    received: Callable[[], list[dict[str, Any]]],
    unique: str,
    source: str,
) -> None:
    # See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html (Lambda permissions)
    function, events = new_function(new_role()), cloud.client("events")
    rule = events.put_rule(Name=unique, EventPattern=json.dumps({"source": [unique]}))["RuleArn"]
    if source != "nobody":
        cloud.client("lambda").add_permission(
            FunctionName=function,
            StatementId="rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule if source == "this rule" else f"{rule}-other",
        )
    target = {"Id": "function", "Arn": function, "DeadLetterConfig": {"Arn": queue[1]}}
    events.put_targets(Rule=unique, Targets=[target])
    events.put_events(Entries=[{"Source": unique, "DetailType": "test", "Detail": "{}"}])
    letters = received()
    if source == "this rule":
        assert letters == []
    else:
        (letter,) = letters
        assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"


def allow(cloud: Cloud, role_arn: str, statement: Mapping[str, Any]) -> None:
    document = json.dumps({"Statement": [{"Effect": "Allow", **statement}]})
    role = role_arn.rpartition("/")[2]
    cloud.client("iam").put_role_policy(RoleName=role, PolicyName="allowed", PolicyDocument=document)


def depth(cloud: Cloud, queue: tuple[str, str]) -> dict[str, int]:
    return cloud.queues()[queue[1].rpartition(":")[2]]


def assert_stays(cloud: Cloud, queue: tuple[str, str], state: str, count: int) -> None:
    """A thing that must not happen is watched for as long as it takes to happen elsewhere."""
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        assert depth(cloud, queue)[state] == count
        time.sleep(0.1)
