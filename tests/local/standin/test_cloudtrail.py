"""The trail of ELBv2 writes on the stand-in: its envelope, failures, losses, held to the samples of CloudTrail."""

from datetime import datetime, timedelta

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

from .aws import Client, Trail, refusal

DELETED = {
    "eventVersion": "1.11",
    "userIdentity": {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
    "eventSource": "elasticloadbalancing.amazonaws.com",
    "eventName": "DeleteTargetGroup",
    "awsRegion": REGION,
    "sourceIPAddress": "127.0.0.1",
    "responseElements": None,
    "readOnly": False,
    "eventType": "AwsApiCall",
    "apiVersion": "2015-12-01",
    "managementEvent": True,
    "recipientAccountId": ACCOUNT,
    "eventCategory": "Management",
}
"""What is the same in each event of a DeleteTargetGroup: sample `elbv2-delete-target-group.standin.json`."""


def test_the_envelope_is_cloudtrails(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: sample elbv2-delete-target-group.standin.json, key by key
    answer = elbv2.delete_target_group(TargetGroupArn=group)
    (event,) = trail()
    detail = event["detail"]
    assert event.keys() == {
        *("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"),
    }
    assert (event["account"], event["region"], event["resources"]) == (ACCOUNT, REGION, [])
    told, called = (datetime.fromisoformat(time) for time in (event["time"], detail["eventTime"]))
    assert timedelta() <= told - called <= timedelta(seconds=1)
    assert detail["requestID"] == answer["ResponseMetadata"]["RequestId"]
    assert detail["userAgent"].startswith("Boto3/")
    del detail["eventTime"], detail["requestID"], detail["eventID"], detail["userAgent"]
    assert detail == DELETED | {"requestParameters": {"targetGroupArn": group}}


def test_a_failed_call_is_told_with_its_error(elbv2: Client, trail: Trail, group: str) -> None:
    # Source: sample elbv2-register-targets-failed.standin.json (parameters kept, responseElements null)
    wished = [{"Key": "nonsense", "Value": "true"}]
    error = refusal(elbv2.modify_target_group_attributes, TargetGroupArn=group, Attributes=wished)
    detail = trail()[-1]["detail"]
    assert (detail["errorCode"], detail["errorMessage"]) == (error["Code"], error["Message"])
    assert detail["requestParameters"]["targetGroupArn"] == group
    assert detail["responseElements"] is None


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
