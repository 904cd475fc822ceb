"""What a function gets so that it can reach the registered clusters, and nothing where there are none."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from aws_cdk import ArnFormat, Stack
from aws_cdk.aws_lambda import CfnFunction

from infra.clusters import ClusterOptions, Clusters
from infra.options import ConfigError
from infra.python_function import PythonFunction
from infra.vpc import Vpc

_PROOF = (
    "The proof that a cluster is the one meant reads whose instances its nodes are; AWS knows no resource for that "
    "read (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html)."
)

_INTERFACES = (
    "Lambda makes its network interfaces in a VPC in the function's name, and wants these calls allowed on all of "
    "them (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html)."
)

_INTERFACE_CALLS = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
]
"""https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaVPCAccessExecutionRole.html"""


_MOST_ENVIRONMENT = 4096
"""In bytes, of all variables (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html) as one JSON
object, as Lambda's refusal shows it (https://github.com/github-aws-runners/terraform-aws-github-runner/issues/3594): in
a variable that is JSON itself, each quote counts double."""


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """The way to all registered clusters. One behind Cluster API needs no more than its management cluster does."""

    clusters: Clusters
    vpc: Vpc

    def to_env(self) -> dict[str, str]:
        """Return the registrations as the layer `kube` reads them."""
        return {"CLUSTERS": self.clusters.to_json()}

    def check_size(self, environment: Mapping[str, str], automation: str) -> None:
        """Refuse an *environment* with `to_env` in it that Lambda would not take. Raises ConfigError."""
        size = len(json.dumps(environment, separators=(",", ":")).encode())
        if size > _MOST_ENVIRONMENT:
            own = len(json.dumps(self.clusters.to_json()))
            remedy = 'one name with wildcards, such as "team-*", stands for all clusters of a namespace in Cluster API'
            raise ConfigError(
                f"cdk.json: pitcrew: the bytes of environment that clusters and {automation} make",
                size,
                f"{_MOST_ENVIRONMENT}, which is Lambda's limit; clusters take {own}: {remedy}",
            )

    def give_to(self, function: PythonFunction) -> None:
        """Let *function* read credentials and prove whose clusters they open, from within the VPC where one is given.

        Where no cluster is registered it gets nothing.
        """
        if not self.clusters:
            return
        grants: dict[str, list[str]] = defaultdict(list)
        keys: dict[str, list[str]] = defaultdict(list)
        for cluster in self.clusters.values():
            for action, arn in _ways_in(Stack.of(function), cluster):
                grants[action].append(arn)
            if cluster.kms_key:
                keys["secretsmanager" if cluster.kubeconfig_secret else "ssm"].append(cluster.kms_key)
        for action, arns in grants.items():
            function.allow([action], arns)
        for service, arns in keys.items():
            # The end of the name is the partition's: amazonaws.com, amazonaws.com.cn and others.
            through = {"StringLike": {"kms:ViaService": f"{service}.{Stack.of(function).region}.*"}}
            function.allow(["kms:Decrypt"], arns, through)
        function.allow(["ec2:DescribeInstances"], ["*"], because=_PROOF)
        if self.vpc.subnet_ids:
            self._place(function)

    def _place(self, function: PythonFunction) -> None:
        function.allow(_INTERFACE_CALLS, ["*"], because=_INTERFACES)
        resource = cast("CfnFunction", function.node.default_child)
        resource.vpc_config = CfnFunction.VpcConfigProperty(
            subnet_ids=list(self.vpc.subnet_ids), security_group_ids=list(self.vpc.security_group_ids)
        )


def _ways_in(stack: Stack, cluster: ClusterOptions) -> Iterator[tuple[str, str]]:
    """Yield the action and the ARN that a registration needs."""
    if name := cluster.kubeconfig_secret:
        yield (
            "secretsmanager:GetSecretValue",
            stack.format_arn(
                service="secretsmanager",
                resource="secret",
                # AWS appends six characters of its own to the name:
                # https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
                resource_name=f"{name}-??????",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            ),
        )
    if name := cluster.kubeconfig_parameter:
        path = name.removeprefix("/")
        yield "ssm:GetParameter", stack.format_arn(service="ssm", resource="parameter", resource_name=path)
    if name := cluster.eks:
        yield "eks:DescribeCluster", stack.format_arn(service="eks", resource="cluster", resource_name=name)
