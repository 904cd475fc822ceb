"""Registered clusters for the tests: one of each kind, in a VPC."""

from itertools import product
from typing import Any

from infra.config import Place
from tests.infra.template import ACCOUNT

CLUSTERS: dict[str, dict[str, str]] = {
    "prod": {"kubeconfig_secret": "pitcrew/clusters/prod", "cluster_id": "prod.example.com"},
    "dev": {"kubeconfig_parameter": "/pitcrew/clusters/dev"},
    "shop": {"eks": "shop"},
    "team-*": {"management_cluster": "prod", "namespace": "clusters"},
}
VPC = {
    "vpc_id": "vpc-0123456789abcdef0",
    "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "security_group_ids": ["sg-0123456789abcdef0"],
}
COPY = "payments-vpc"
CLUSTERS_OF_COPY = {"payments": {"kubeconfig_secret": "pitcrew/clusters/payments"}}
VPC_OF_COPY = {"vpc_id": "vpc-aaaa1111", "subnet_ids": ["subnet-bbbb2222"], "security_group_ids": ["sg-cccc3333"]}

PARTITIONS = {"eu-west-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}
PLACES = [Place(account=ACCOUNT, region=region, copy=copy) for region, copy in product(PARTITIONS, [None, COPY])]


def key_of(region: str) -> str:
    return f"arn:{PARTITIONS[region]}:kms:{region}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def environments() -> dict[str, dict[str, Any]]:
    """Return the block `environments` for PLACES: clusters of one kind each, and of a copy in another VPC."""
    found: dict[str, dict[str, Any]] = {}
    for region in PARTITIONS:
        own_key = {name: CLUSTERS[name] | {"kms_key": key_of(region)} for name in ("prod", "dev")}
        found[f"{ACCOUNT}/{region}"] = {"clusters": CLUSTERS | own_key, "vpc": VPC}
        found[f"{ACCOUNT}/{region}/{COPY}"] = {"clusters": CLUSTERS_OF_COPY, "vpc": VPC_OF_COPY}
    return found
