"""Makes target groups as cloud-provider-aws does: the same calls in the same order, with a node's role.

Source: kubernetes/cloud-provider-aws pkg/providers/v1/aws_loadbalancer.go, `createListenerV2` and
`ensureLoadBalancerv2`: CreateTargetGroup with tags, RegisterTargets, CreateListener.
"""

import json
from collections.abc import Mapping
from typing import Any

from local.environment import ACCOUNT, REGION
from local.standin.process import Cloud

ROLE = "control-plane"
"""How the names of the controllers' roles begin; the cluster's name follows."""

NODE_PORT = 30080
TCP_CHECK = {"HealthCheckProtocol": "TCP", "HealthCheckPort": "traffic-port"}
"""As with externalTrafficPolicy Cluster."""

_TRUST = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
_POLICY = {"Effect": "Allow", "Action": "elasticloadbalancing:*", "Resource": "*"}


class CloudProvider:
    """The controller of a cluster, which owns a load balancer a Service."""

    def __init__(self, cloud: Cloud, *, cluster: str) -> None:
        self._cluster = cluster
        self._elbv2 = _as_role(cloud, f"{ROLE}-{cluster}")
        ec2 = cloud.client("ec2")
        self._vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=self._vpc, CidrBlock="10.0.0.0/24", AvailabilityZone=f"{REGION}a")
        self._subnet = subnet["Subnet"]["SubnetId"]
        node = ec2.run_instances(ImageId="ami-0node", MinCount=1, MaxCount=1, SubnetId=self._subnet)
        self.node: str = node["Instances"][0]["InstanceId"]
        """Its one machine."""
        self._balancers: dict[str, str] = {}

    def tags(self, service: str) -> dict[str, str]:
        """Return the tags that a Service's groups are born with."""
        return {"kubernetes.io/service-name": service, f"kubernetes.io/cluster/{self._cluster}": "owned"}

    def create(
        self,
        name: str,
        tags: Mapping[str, str],
        *,
        protocol: str = "TCP",
        check: Mapping[str, str] = TCP_CHECK,
    ) -> str:
        """Create a target group that carries traffic, and return its ARN."""
        balancer = self._balancer(name)
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        settings = {"Protocol": protocol, "Port": NODE_PORT, "VpcId": self._vpc, "TargetType": "instance", **check}
        made = self._elbv2.create_target_group(Name=name, Tags=pairs, **settings)
        group: str = made["TargetGroups"][0]["TargetGroupArn"]
        self._elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": self.node, "Port": NODE_PORT}])
        actions = [{"Type": "forward", "TargetGroupArn": group}]
        self._elbv2.create_listener(LoadBalancerArn=balancer, Protocol=protocol, Port=443, DefaultActions=actions)
        return group

    def delete(self, name: str, group: str) -> None:
        """Delete the group of a Service with its load balancer, as after `kubectl delete service`."""
        self._elbv2.delete_load_balancer(LoadBalancerArn=self._balancers.pop(name))
        self._elbv2.delete_target_group(TargetGroupArn=group)

    def _balancer(self, name: str) -> str:
        if name not in self._balancers:
            made = self._elbv2.create_load_balancer(Name=name, Type="network", Subnets=[self._subnet])
            self._balancers[name] = made["LoadBalancers"][0]["LoadBalancerArn"]
        return self._balancers[name]


def _as_role(cloud: Cloud, role: str) -> Any:  # noqa: ANN401 (boto3 makes its clients at run time)
    iam = cloud.client("iam")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=_document(_TRUST))
    iam.put_role_policy(RoleName=role, PolicyName="groups", PolicyDocument=_document(_POLICY))
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    keys = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="i-0control0plane0000")["Credentials"]
    return cloud.client_as("elbv2", keys)


def _document(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
