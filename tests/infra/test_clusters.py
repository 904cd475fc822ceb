import json
from typing import Any

import pytest

from infra.clusters import ClusterOptions, Clusters
from infra.config import CommonOptions, Place, options_for
from infra.vpc import Vpc
from kube.registration import Registration
from tests.infra.registrations import CLUSTERS, VPC, key_of

ACCOUNT = "111122223333"
IN_VPC = Vpc(
    vpc_id="vpc-0123456789abcdef0",
    subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
    security_group_ids=("sg-0123456789abcdef0",),
)


def read(block: object, place: Place | None = None) -> CommonOptions:
    return options_for(place or Place(account=ACCOUNT, region="eu-west-1"), block, {}).common


def clusters(**registrations: object) -> dict[str, Any]:
    return {"defaults": {"clusters": registrations}}


def test_every_kind_of_registration_is_read_in_the_order_of_cdk_json() -> None:
    found = read(clusters(**CLUSTERS)).clusters

    assert list(found.items()) == [
        ("prod", ClusterOptions(kubeconfig_secret="pitcrew/clusters/prod", cluster_id="prod.example.com")),
        ("dev", ClusterOptions(kubeconfig_parameter="/pitcrew/clusters/dev")),
        ("shop", ClusterOptions(eks="shop")),
        ("team-*", ClusterOptions(management_cluster="prod", namespace="clusters")),
    ]


def test_without_a_block_there_are_no_clusters_and_no_vpc() -> None:
    assert read({}) == CommonOptions(clusters=Clusters(), vpc=Vpc())


@pytest.mark.parametrize(
    ("name", "registration"),
    [
        ("prod.example.com", {"eks": "Prod_1"}),
        ("a", {"kubeconfig_secret": "A/b_+=.@-", "kms_key": key_of("cn-north-1")}),
        ("b", {"kubeconfig_parameter": "/" + "/".join("abcdefghijklmno")}),
    ],
)
def test_names_are_as_free_as_aws_has_them(name: str, registration: dict[str, str]) -> None:
    assert read(clusters(**{name: registration})).clusters == {name: ClusterOptions(**registration)}


def test_a_cluster_of_cluster_api_may_be_named_and_have_an_id_or_be_one_of_all() -> None:
    block = {
        "mgmt": {"eks": "mgmt"},
        "shop": {"management_cluster": "mgmt", "namespace": "a", "cluster_id": "shop.example.com"},
        "*": {"management_cluster": "mgmt", "namespace": "b"},
        "team-?": {"management_cluster": "mgmt", "namespace": "c"},
    }

    assert list(read(clusters(**block)).clusters) == ["mgmt", "shop", "*", "team-?"]


LAYERED = {
    "defaults": {"clusters": {"lab": {"eks": "lab"}}},
    "environments": {
        f"{ACCOUNT}/eu-west-1": {"clusters": {"prod": CLUSTERS["prod"]}, "vpc": VPC},
        f"{ACCOUNT}/eu-west-1/elsewhere": {"clusters": {"dev": CLUSTERS["dev"]}},
        f"{ACCOUNT}/eu-west-1/outside": {"vpc": {}},
        f"{ACCOUNT}/eu-west-1/blind": {"clusters": {}, "vpc": {}},
    },
}


@pytest.mark.parametrize(
    ("place", "names", "vpc"),
    [
        (Place(), ["lab"], Vpc()),
        (Place(account=ACCOUNT, region="us-east-1"), ["lab"], Vpc()),
        (Place(account=ACCOUNT, region="eu-west-1"), ["prod"], IN_VPC),
        (Place(account=ACCOUNT, region="eu-west-1", copy="elsewhere"), ["dev"], IN_VPC),
        (Place(account=ACCOUNT, region="eu-west-1", copy="outside"), ["prod"], Vpc()),
        (Place(account=ACCOUNT, region="eu-west-1", copy="blind"), [], Vpc()),
    ],
)
def test_the_most_specific_clusters_and_vpc_win_each_as_a_whole(place: Place, names: list[str], vpc: Vpc) -> None:
    common = read(LAYERED, place)

    assert (list(common.clusters), common.vpc) == (names, vpc)


def test_functions_read_what_stands_in_cdk_json_but_for_keys_that_are_aws_matter() -> None:
    own_key = {"prod": CLUSTERS["prod"] | {"kms_key": key_of("eu-west-1")}}
    text = read(clusters(**(CLUSTERS | own_key))).clusters.to_json()

    assert json.loads(text) == CLUSTERS
    assert {name: Registration(**one) for name, one in json.loads(text).items()}.keys() == CLUSTERS.keys()
    assert ": " not in text


def test_no_cluster_is_an_empty_object_to_functions() -> None:
    assert Clusters().to_json() == "{}"
