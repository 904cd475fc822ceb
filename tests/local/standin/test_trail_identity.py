"""Who made a call, in the stand-in's trail, held to the samples of CloudTrail's events."""

import json
from typing import Any

import boto3

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

from .aws import AsRole, NewFunction, NewRole, Trail, refusal


def test_a_denied_call_is_told_without_its_parameters(as_role: AsRole, trail: Trail, group: str) -> None:
    # Source: sample elbv2-create-target-group-failed.synthetic.json
    refusal(as_role([], "elbv2").delete_target_group, TargetGroupArn=group)
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
    cloud: Cloud, new_role: NewRole, new_function: NewFunction, trail: Trail, group: str
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
    session: Any = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    session.client("elbv2", endpoint_url=cloud.endpoint).delete_target_group(TargetGroupArn=group)
    assert trail()[-1]["detail"]["userIdentity"] == {
        "type": "IAMUser",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{unique}",
        "accountId": ACCOUNT,
        "userName": unique,
    }
