"""Mistakes in `clusters` and `vpc`. Over 120 lines because the messages are a table."""

import json
from typing import Any

import pytest

from infra.config import Place, options_for
from infra.options import ConfigError
from tests.infra.registrations import CLUSTERS, VPC

HERE = Place(account="111122223333", region="eu-west-1")
WAYS = "exactly one of kubeconfig_secret, kubeconfig_parameter, eks, management_cluster"
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod-AbCdEf"
PARAMETER_ARN = "arn:aws:ssm:eu-west-1:111122223333:parameter/prod"
SECRET = {"kubeconfig_secret": "prod"}
BEHIND = {"management_cluster": "prod", "namespace": "clusters"}
NAMES = "at most 100 letters, digits, dots, hyphens and underscores"
OBJECT = 'an object, {"key": value, …}'


def clusters(**registrations: object) -> dict[str, Any]:
    return {"defaults": {"clusters": registrations}}


def vpc(**changed: object) -> dict[str, Any]:
    return {"defaults": {"clusters": CLUSTERS, "vpc": VPC | changed}}


# What cdk.json holds | where, below defaults | what was given (and may have been meant) | what is allowed
CLUSTER_ROWS = [
    ({"defaults": {"clusters": []}}, "clusters", "[] was given", OBJECT),
    (clusters(a="prod"), "clusters.a", '"prod" was given', OBJECT),
    (
        clusters(a={"kubeconfig_secert": "prod"}),
        "clusters.a",
        '"kubeconfig_secert" was given (did you mean "kubeconfig_secret"?)',
        "the keys kubeconfig_secret, kubeconfig_parameter, eks, management_cluster, namespace, cluster_id, kms_key",
    ),
    (clusters(a={}), "clusters.a", "{} was given", WAYS),
    (clusters(a={"cluster_id": "b"}), "clusters.a", '{"cluster_id": "b"} was given', WAYS),
    (clusters(a=SECRET | {"eks": "a"}), "clusters.a", '["kubeconfig_secret", "eks"] was given', WAYS),
    (
        clusters(a={"kubeconfig_secret": ""}),
        "clusters.a.kubeconfig_secret",
        '"" was given',
        "text that is not empty",
    ),
    (
        clusters(a={"kubeconfig_secret": ARN}),
        "clusters.a.kubeconfig_secret",
        f'"{ARN}" was given',
        'the name of a secret of this account and region, such as "pitcrew/clusters/prod", not its ARN',
    ),
    (
        clusters(a={"kubeconfig_parameter": PARAMETER_ARN}),
        "clusters.a.kubeconfig_parameter",
        f'"{PARAMETER_ARN}" was given',
        'such as "/pitcrew/clusters/dev", not its ARN',
    ),
    (
        clusters(a={"kubeconfig_parameter": "pitcrew/dev"}),
        "clusters.a.kubeconfig_parameter",
        '"pitcrew/dev" was given',
        'such as "/pitcrew/clusters/dev"',
    ),
    (
        clusters(a={"eks": "arn:aws:eks:eu-west-1:111122223333:cluster/a"}),
        "clusters.a.eks",
        '"arn:aws:eks:eu-west-1:111122223333:cluster/a" was given',
        "the name of an EKS cluster of this account and region, not its ARN",
    ),
    (
        clusters(a={"eks": "a", "kms_key": "x"}),
        "clusters.a",
        '"kms_key" was given',
        "the keys eks, cluster_id",
    ),
    (
        clusters(a=SECRET | {"namespace": "x"}),
        "clusters.a",
        '"namespace" was given',
        "the keys kubeconfig_secret, cluster_id, kms_key",
    ),
    (
        clusters(a=SECRET | {"kms_key": "alias/own"}),
        "clusters.a.kms_key",
        '"alias/own" was given',
        "the ARN of a key, arn:<partition>:kms:<region>:<account>:key/<id>, and not of an alias",
    ),
    (
        clusters(a=SECRET | {"cluster_id": "a b"}),
        "clusters.a.cluster_id",
        '"a b" was given',
        f"the <id> of AWS's tags kubernetes.io/cluster/<id>: {NAMES}",
    ),
    (clusters(**{"a/b": SECRET}), "clusters", '"a/b" was given', NAMES),
    (
        clusters(**{"team-*": SECRET}),
        "clusters",
        '"team-*" was given',
        f"{NAMES}; with management_cluster also the wildcards * and ?",
    ),
    (clusters(prod=SECRET, **{"team-[ab]": BEHIND}), "clusters", '"team-[ab]" was given', NAMES),
    (
        clusters(prod=SECRET, **{"team-*": BEHIND | {"cluster_id": "x"}}),
        "clusters.team-*.cluster_id",
        '"x" was given',
        "nothing: team-* stands for many clusters, and each one's name is its id",
    ),
    (
        clusters(prod=SECRET, shop={"management_cluster": "prod"}),
        "clusters.shop",
        '{"management_cluster": "prod"} was given',
        "with management_cluster also namespace, where its Cluster objects are",
    ),
    (
        clusters(prod=SECRET, shop=BEHIND | {"namespace": "Clusters"}),
        "clusters.shop.namespace",
        '"Clusters" was given',
        "a namespace: at most 63 lower-case letters, digits and inner hyphens",
    ),
    (
        clusters(prod=SECRET, shop=BEHIND | {"management_cluster": "prd"}),
        "clusters.shop.management_cluster",
        '"prd" was given (did you mean "prod"?)',
        "the name of a cluster that is registered beside it by kubeconfig_secret, kubeconfig_parameter, eks",
    ),
    (
        clusters(prod=SECRET, shop=BEHIND, deep=BEHIND | {"management_cluster": "shop"}),
        "clusters.deep.management_cluster",
        '"shop" was given',
        "the name of a cluster that is registered beside it by kubeconfig_secret, kubeconfig_parameter, eks",
    ),
    (
        clusters(prod=SECRET, copy={"eks": "copy", "cluster_id": "prod"}),
        "clusters.copy.cluster_id",
        '"prod" was given',
        "an id of its own; prod has this one",
    ),
]

VPC_ROWS = [
    (
        vpc(subnets=[]),
        "vpc",
        '"subnets" was given (did you mean "subnet_ids"?)',
        "the keys vpc_id, subnet_ids, security_group_ids",
    ),
    ({"defaults": {"vpc": "vpc-1"}}, "vpc", '"vpc-1" was given', OBJECT),
    (
        {"defaults": {"clusters": CLUSTERS, "vpc": {"subnet_ids": []}}},
        "vpc",
        '["subnet_ids"] was given',
        "all of vpc_id, subnet_ids, security_group_ids, or none",
    ),
    (vpc(subnet_ids=[]), "vpc.subnet_ids", "[] was given", "a list of 1 to 16"),
    (vpc(subnet_ids="subnet-0123abcd"), "vpc.subnet_ids", '"subnet-0123abcd" was given', "a list, […]"),
    (
        vpc(subnet_ids=["sg-0123abcd"]),
        "vpc.subnet_ids",
        '"sg-0123abcd" was given',
        "subnet- and 8 or 17 digits or letters from a to f",
    ),
    (vpc(vpc_id="vpc-x"), "vpc.vpc_id", '"vpc-x" was given', "vpc- and 8 or 17 digits or letters from a to f"),
    (
        vpc(security_group_ids=["sg-0123abcd"] * 6),
        "vpc.security_group_ids",
        f"{json.dumps(['sg-0123abcd'] * 6)} was given",
        "a list of 1 to 5",
    ),
]
ROWS = CLUSTER_ROWS + VPC_ROWS


@pytest.mark.parametrize(("config", "path", "given", "allowed"), ROWS, ids=[f"{row[1]}: {row[2]}" for row in ROWS])
def test_what_cannot_be_is_refused_with_where_what_and_what_is_allowed(
    config: object, path: str, given: str, allowed: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        options_for(HERE, config, {})

    message = str(refused.value)
    assert message.startswith(f"cdk.json: pitcrew.defaults.{path}: {given}; allowed: ")
    assert allowed in message
    assert "\n" not in message


def test_a_vpc_without_clusters_is_refused_where_it_is_written() -> None:
    config: dict[str, Any] = {
        "defaults": {"clusters": {}},
        "environments": {"111122223333": {"vpc": VPC}, "111122223333/eu-west-1": {"cluster_ids": []}},
    }

    with pytest.raises(ConfigError) as refused:
        options_for(HERE, config, {})

    assert str(refused.value) == (
        'cdk.json: pitcrew.environments.111122223333.vpc: "vpc-0123456789abcdef0" was given; allowed: a VPC only where '
        "clusters are registered: functions stand in it to reach them"
    )


def test_a_mistake_in_another_environment_is_refused_too() -> None:
    config: dict[str, Any] = {"environments": {"444455556666": {"clusters": {"a": {}}}}}

    with pytest.raises(ConfigError, match=r"environments\.444455556666\.clusters\.a"):
        options_for(HERE, config, {})
