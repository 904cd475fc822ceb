"""A role that one AWS service assumes on behalf of this account."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Acknowledgment, Aws, Stack, Validations
from aws_cdk.aws_iam import PolicyStatement, Role, ServicePrincipal
from constructs import Construct


class ServiceRole(Role):
    """A role without a name and without managed policies; what it may do is said by `allow`."""

    def __init__(self, scope: Construct, construct_id: str, service: str, *, source_arn: str | None = None) -> None:
        conditions: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        if source_arn:
            conditions["ArnLike"] = {"aws:SourceArn": source_arn}
        super().__init__(scope, construct_id, assumed_by=ServicePrincipal(service, conditions=conditions))

    def allow(
        self,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Mapping[str, Any] | None = None,
        *,
        because: str | None = None,
    ) -> None:
        """Grant *actions* on *resources*; *because* says why a resource with a wildcard is as narrow as it can be."""
        self.add_to_policy(PolicyStatement(actions=actions, resources=resources, conditions=conditions))
        if because:
            acknowledge_wildcards(self, resources, because)


def acknowledge_wildcards(construct: Construct, resources: Sequence[str], because: str) -> None:
    """Answer cdk-nag's finding about each wildcard; a finding's id holds the resource as cdk-nag writes it."""
    for resource in resources:
        finding = f"AwsSolutions::AwsSolutions-IAM5[Resource::{_flat(Stack.of(construct).resolve(resource))}]"
        Validations.of(construct).acknowledge(Acknowledgment(id=finding, reason=because))


def _flat(value: object) -> str:
    """Write a resolved CloudFormation value as cdk-nag's flatten-cfn-reference.ts does."""
    match value:
        case {"Fn::Join": [glue, parts]}:
            return str(glue).join(map(_flat, parts))
        case {"Fn::GetAtt": [logical_id, attribute]}:
            return f"<{logical_id}.{attribute}>"
        case {"Ref": logical_id}:
            return f"<{logical_id}>"
        case _:
            return str(value)
