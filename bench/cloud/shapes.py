"""How AWS writes things: XML of ELBv2, JSON of the others. Nothing in this account's XML needs escaping."""

from collections.abc import Iterable, Mapping
from typing import Any

from bench.cloud.inventory import DEFAULTS, TargetGroup

REQUEST_ID = "00000000-1111-2222-3333-444444444444"
_NAMESPACE = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"
_METADATA = f"<ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>"

MODE: Mapping[str, Any] = {
    "Parameter": {
        "ARN": "arn:aws:ssm:us-east-1:000000000000:parameter/Pitcrew/proxy_protocol/mode",
        "DataType": "text",
        "LastModifiedDate": 1_700_000_000.0,
        "Name": "/Pitcrew/proxy_protocol/mode",
        "Type": "String",
        "Value": "enforce",
        "Version": 1,
    },
}

SECRET_NAME = "pitcrew/bench"  # noqa: S105 (a name)


def secret(text: str) -> Mapping[str, Any]:
    """Return a secret as GetSecretValue does."""
    return {
        "ARN": f"arn:aws:secretsmanager:us-east-1:000000000000:secret:{SECRET_NAME}-AbCdEf",
        "CreatedDate": 1_700_000_000.0,
        "Name": SECRET_NAME,
        "SecretString": text,
        "VersionId": REQUEST_ID,
        "VersionStages": ["AWSCURRENT"],
    }


def result(operation: str, content: str) -> bytes:
    """Wrap what an operation says."""
    inner = f"<{operation}Result>{content}</{operation}Result>"
    return f'<{operation}Response xmlns="{_NAMESPACE}">{inner}{_METADATA}</{operation}Response>'.encode()


def error(code: str, message: str) -> bytes:
    """Write an error of the sender's."""
    inner = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f'<ErrorResponse xmlns="{_NAMESPACE}">{inner}<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>'.encode()


def text(name: str, value: object) -> str:
    """Write one field."""
    return f"<{name}>{value}</{name}>"


def listed(name: str, members: Iterable[str]) -> str:
    """Write a list."""
    return f"<{name}>{''.join(f'<member>{one}</member>' for one in members)}</{name}>"


def target_group(group: TargetGroup) -> str:
    """Write one group as DescribeTargetGroups does."""
    fields = {
        "TargetGroupArn": group.arn,
        "TargetGroupName": group.name,
        "Protocol": group.protocol,
        "Port": group.port,
        "VpcId": "vpc-0123456789abcdef0",
        "HealthCheckProtocol": "TCP",
        "HealthCheckPort": "traffic-port",
        "HealthCheckEnabled": "true",
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 10,
        "HealthyThresholdCount": 3,
        "UnhealthyThresholdCount": 3,
        "TargetType": "instance",
        "IpAddressType": "ipv4",
    }
    return _fields(fields) + listed("LoadBalancerArns", [group.load_balancer])


def tag_description(group: TargetGroup) -> str:
    """Write the tags of one group as DescribeTags does."""
    return _pairs("Tags", group.tags) + text("ResourceArn", group.arn)


def attributes(group: TargetGroup) -> str:
    """Write every attribute of one group."""
    return _pairs("Attributes", DEFAULTS | group.attributes)


def resource(group: TargetGroup) -> dict[str, Any]:
    """Return one group as GetResources does."""
    return {"ResourceARN": group.arn, "Tags": [{"Key": key, "Value": value} for key, value in group.tags.items()]}


def _pairs(name: str, pairs: Mapping[str, str]) -> str:
    return listed(name, (_fields({"Key": key, "Value": value}) for key, value in pairs.items()))


def _fields(values: Mapping[str, object]) -> str:
    return "".join(text(name, value) for name, value in values.items())
