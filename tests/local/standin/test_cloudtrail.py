"""The trail of ELBv2 writes on the stand-in, held to the samples of CloudTrail's events."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import boto3
import pytest
from botocore.exceptions import ClientError

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

from .conftest import AsRole, Client

Trail: TypeAlias = Callable[[], list[dict[str, Any]]]

SERVICE_TAG = {"Key": "kubernetes.io/service-name", "Value": "ingress-nginx/web"}


@pytest.fixture
def group(elbv2: Client, unique: str) -> str:
    made = elbv2.create_target_group(Name=unique, Protocol="TCP", Port=30080, VpcId="vpc-1", Tags=[SERVICE_TAG])
    return str(made["TargetGroups"][0]["TargetGroupArn"])


@pytest.fixture
def trail(cloud: Cloud, group: str, queue: tuple[str, str], received: Callable[[], list[dict[str, Any]]]) -> Trail:
    """The events since the last look, whole; the group is there before the first."""
    unique = group.split("/")[1]
    events = cloud.client("events")
    pattern = {"source": ["aws.elasticloadbalancing"], "detail-type": ["AWS API Call via CloudTrail"]}
    events.put_rule(Name=unique, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=unique, Targets=[{"Id": "queue", "Arn": queue[1]}])
    return lambda: [json.loads(message["Body"]) for message in received()]


def test_the_envelope_is_cloudtrails(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: sample elbv2-delete-target-group.standin.json, key by key
    answer = elbv2.delete_target_group(TargetGroupArn=group)
    (event,) = trail()
    detail = event["detail"]
    assert event.keys() == {
        *("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"),
    }
    assert (event["account"], event["region"], event["resources"]) == (ACCOUNT, REGION, [])
    assert event["time"] == detail["eventTime"]
    assert detail["requestID"] == answer["ResponseMetadata"]["RequestId"]
    assert detail["userAgent"].startswith("Boto3/")
    del detail["eventTime"], detail["requestID"], detail["eventID"], detail["userAgent"]
    assert detail == {
        "eventVersion": "1.11",
        "userIdentity": {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
        "eventSource": "elasticloadbalancing.amazonaws.com",
        "eventName": "DeleteTargetGroup",
        "awsRegion": REGION,
        "sourceIPAddress": "127.0.0.1",
        "requestParameters": {"targetGroupArn": group},
        "responseElements": None,
        "readOnly": False,
        "eventType": "AwsApiCall",
        "apiVersion": "2015-12-01",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }


def test_a_new_group_is_told_with_its_settings_and_tags(elbv2: Client, trail: Trail, unique: str) -> None:
    # Source: sample elbv2-create-target-group.local.standin.json
    settings = {"Protocol": "TCP", "Port": 30080, "VpcId": "vpc-1", "HealthCheckProtocol": "HTTP"}
    check = {"HealthCheckPath": "/healthz", "HealthCheckPort": "32487", "HealthCheckIntervalSeconds": 10}
    elbv2.create_target_group(Name=f"{unique}-b", **settings, **check, Tags=[SERVICE_TAG])
    (event,) = trail()
    asked = {
        "healthCheckIntervalSeconds": 10,
        "healthCheckPath": "/healthz",
        "healthCheckPort": "32487",
        "healthCheckProtocol": "HTTP",
        "port": 30080,
        "protocol": "TCP",
        "vpcId": "vpc-1",
    }
    tags = [{"key": "kubernetes.io/service-name", "value": "ingress-nginx/web"}]
    assert event["detail"]["requestParameters"] == {"name": f"{unique}-b", "tags": tags, **asked}
    (told,) = event["detail"]["responseElements"]["targetGroups"]
    assert told.pop("targetGroupArn").split(":targetgroup/")[1].startswith(f"{unique}-b/")
    assert told == {
        **asked,
        "targetGroupName": f"{unique}-b",
        "healthCheckEnabled": True,
        "healthCheckTimeoutSeconds": 6,
        "healthyThresholdCount": 5,
        "unhealthyThresholdCount": 2,
        "matcher": {"httpCode": "200-399"},
        "loadBalancerArns": [],
        "targetType": "instance",
    }


def test_listeners_are_told_with_the_groups_they_forward_to(
    elbv2: Client, trail: Trail, group: str, unique: str
) -> None:
    # Source: samples elbv2-create-listener.standin.json, elbv2-modify-listener.moved-to-new-group.standin.json
    made = elbv2.create_load_balancer(Name=unique, Type="network", Subnets=["subnet-1"])["LoadBalancers"][0]
    trail()
    action = {"Type": "forward", "TargetGroupArn": group}
    balancer = made["LoadBalancerArn"]
    created = elbv2.create_listener(LoadBalancerArn=balancer, Port=80, Protocol="TCP", DefaultActions=[action])
    listener = created["Listeners"][0]["ListenerArn"]
    elbv2.modify_listener(ListenerArn=listener, Port=80, DefaultActions=[action])
    forward = {"type": "forward", "targetGroupArn": group}
    told = {"listenerArn": listener, "loadBalancerArn": balancer, "port": 80, "protocol": "TCP"}
    response = {"listeners": [{**told, "defaultActions": [{**forward, "order": 1}]}]}
    asked = {"port": 80, "defaultActions": [forward]}
    assert [
        (event["detail"]["eventName"], event["detail"]["requestParameters"], event["detail"]["responseElements"])
        for event in trail()
    ] == [
        ("CreateListener", {**asked, "loadBalancerArn": balancer, "protocol": "TCP"}, response),
        ("ModifyListener", {**asked, "listenerArn": listener}, response),
    ]


def test_a_load_balancer_is_told_with_cloudtrails_spelling(elbv2: Client, trail: Trail, unique: str) -> None:
    # Source: facts/proxy-protocol.md section 4.1 ("acronym oddity dNSName", createdTime "Mar 17, 2021 8:37:10 AM")
    elbv2.create_load_balancer(Name=unique, Type="network", Subnets=["subnet-1"])
    (told,) = trail()[0]["detail"]["responseElements"]["loadBalancers"]
    assert told["dNSName"].endswith(".amazonaws.com")
    assert told["createdTime"].endswith((" AM", " PM"))


def test_attributes_are_told_before_and_after(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: sample elbv2-modify-target-group-attributes.by-hand.standin.json
    wished = [{"Key": "proxy_protocol_v2.enabled", "Value": "true"}]
    elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=wished)
    detail = trail()[-1]["detail"]
    switched = {"key": "proxy_protocol_v2.enabled", "value": "true"}
    assert detail["requestParameters"] == {"targetGroupArn": group, "attributes": [switched]}
    assert switched in detail["responseElements"]["attributes"]
    assert len(detail["responseElements"]["attributes"]) == 9


def test_tags_are_told_without_an_answer(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: sample elbv2-add-tags.recorded.json (responseElements null on success)
    elbv2.add_tags(ResourceArns=[group], Tags=[{"Key": "WAF", "Value": ""}])
    detail = trail()[-1]["detail"]
    assert detail["requestParameters"] == {"resourceArns": [group], "tags": [{"key": "WAF", "value": ""}]}
    assert detail["responseElements"] is None
    assert "errorCode" not in detail


def test_a_failed_call_is_told_with_its_error(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: sample elbv2-register-targets-failed.standin.json (parameters kept, responseElements null)
    wished = [{"Key": "nonsense", "Value": "true"}]
    with pytest.raises(ClientError) as refused:
        elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=wished)
    detail = trail()[-1]["detail"]
    error = refused.value.response["Error"]
    assert (detail["errorCode"], detail["errorMessage"]) == (error["Code"], error["Message"])
    assert detail["requestParameters"]["targetGroupArn"] == group
    assert detail["responseElements"] is None


def test_a_denied_call_is_told_without_its_parameters(as_role: AsRole, trail: Trail, group: str) -> None:
    # Source: sample elbv2-create-target-group-failed.synthetic.json
    with pytest.raises(ClientError):
        as_role([], "elbv2").delete_target_group(TargetGroupArn=group)
    detail = trail()[-1]["detail"]
    assert detail["errorCode"] == "AccessDenied"
    assert "elasticloadbalancing:DeleteTargetGroup" in detail["errorMessage"]
    assert (detail["requestParameters"], detail["responseElements"]) == (None, None)


def test_a_role_is_told_with_its_session_and_itself(as_role: AsRole, trail: Trail, group: str) -> None:
    # Source: sample elbv2-delete-target-group.standin.json (userIdentity)
    client = as_role([{"Action": "elasticloadbalancing:*", "Resource": "*"}], "elbv2")
    client.delete_target_group(TargetGroupArn=group)
    identity = trail()[-1]["detail"]["userIdentity"]
    issuer = identity.pop("sessionContext")["sessionIssuer"]
    role = issuer["userName"]
    assert issuer == {"type": "Role", "userName": role, "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}"}
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/tester"
    assert identity == {"type": "AssumedRole", "arn": session, "accountId": ACCOUNT}


def test_a_function_is_told_as_its_role(
    cloud: Cloud, new_role: Callable[..., str], new_function: Callable[..., str], trail: Trail, group: str
) -> None:
    # Source: facts/proxy-protocol.md section 4.1 ("ignore own role via userIdentity.sessionContext.sessionIssuer.arn")
    role = new_role({"Action": "elasticloadbalancing:DeleteTargetGroup", "Resource": "*"})
    call = "boto3.client('elbv2').delete_target_group(TargetGroupArn=event)"
    function = new_function(role, f"import boto3\n\ndef handle(event, context):\n    {call}\n")
    answer = cloud.client("lambda").invoke(FunctionName=function, Payload=json.dumps(group))
    assert "FunctionError" not in answer, answer["Payload"].read()
    identity = trail()[-1]["detail"]["userIdentity"]
    assert (identity["type"], identity["sessionContext"]["sessionIssuer"]["arn"]) == ("AssumedRole", role)


def test_a_user_is_told_without_a_session(cloud: Cloud, trail: Trail, group: str, unique: str) -> None:
    # Source: sample elbv2-create-target-group.recorded.json (userIdentity of an IAMUser)
    iam = cloud.client("iam")
    iam.create_user(UserName=unique)
    allow = {"Statement": [{"Effect": "Allow", "Action": "elasticloadbalancing:*", "Resource": "*"}]}
    iam.put_user_policy(UserName=unique, PolicyName="inline", PolicyDocument=json.dumps(allow))
    key = iam.create_access_key(UserName=unique)["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    session.client("elbv2", endpoint_url=cloud.endpoint).delete_target_group(TargetGroupArn=group)
    assert trail()[-1]["detail"]["userIdentity"] == {
        "type": "IAMUser",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{unique}",
        "accountId": ACCOUNT,
        "userName": unique,
    }


def test_reads_leave_no_trail(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: facts/proxy-protocol.md section 4.1 (read-only events need a rule state of their own)
    elbv2.describe_target_groups(TargetGroupArns=[group])
    elbv2.describe_tags(ResourceArns=[group])
    assert trail() == []


def test_events_get_lost_as_often_as_asked(cloud: Cloud, elbv2: Client, trail: Trail, group: str) -> None:
    # Source: facts/proxy-protocol.md section 4.1 ("best effort")
    cloud.lose_events(1)
    for value in ("1", "2"):
        elbv2.add_tags(ResourceArns=[group], Tags=[{"Key": "count", "Value": value}])
    values = [event["detail"]["requestParameters"]["tags"][0]["value"] for event in trail()]
    assert values == ["2"]
