from datetime import timedelta
from typing import Any

import pytest

from functions.proxy_protocol.decision.service_pattern import ServicePattern
from functions.proxy_protocol.settings import UnhealthyCheck
from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.config import Place, options_for
from pitcrew.mode import Mode

ACCOUNT = "111122223333"
HERE = Place(account=ACCOUNT, region="eu-west-1")


def read(block: object, place: Place = HERE) -> ProxyProtocolOptions:
    options = options_for(place, block, {"proxy_protocol": ProxyProtocolOptions}).automations["proxy_protocol"]
    assert isinstance(options, ProxyProtocolOptions)
    return options


def defaults(**proxy_protocol: object) -> dict[str, Any]:
    return {"defaults": {"proxy_protocol": proxy_protocol}}


def environment(key: str, **block: object) -> dict[str, Any]:
    return {"environments": {key: block}}


def test_every_kind_of_value_is_read_as_its_type() -> None:
    block = defaults(
        mode="enforce",
        sweep_every="1 hour",
        services=["prod/web/ingress:80,443"],
        allow_tls=True,
        unhealthy_check="refuse",
        reads_per_second=2.5,
    )
    block["defaults"]["cluster_ids"] = ["prod.example.com"]

    assert read(block) == ProxyProtocolOptions(
        mode=Mode.ENFORCE,
        sweep_every=timedelta(hours=1),
        services=(ServicePattern("prod", "web", "ingress", frozenset({80, 443})),),
        allow_tls=True,
        unhealthy_check=UnhealthyCheck.REFUSE,
        reads_per_second=2.5,
        cluster_ids=("prod.example.com",),
    )


@pytest.mark.parametrize("block", [None, {}, {"defaults": {}}, {"environments": {}}, defaults()])
def test_nothing_is_mandatory(block: object) -> None:
    assert read(block) == ProxyProtocolOptions()


@pytest.mark.parametrize(
    ("written", "duration"),
    [
        ("5 minutes", timedelta(minutes=5)),
        ("90 minutes", timedelta(minutes=90)),
        ("1 hour", timedelta(hours=1)),
        ("1 day", timedelta(days=1)),
    ],
)
def test_a_duration_is_written_in_words(written: str, duration: timedelta) -> None:
    assert read(defaults(sweep_every=written)).sweep_every == duration


LAYERED = {
    "defaults": {"proxy_protocol": {"mode": "off", "allow_tls": True}},
    "environments": {
        ACCOUNT: {"proxy_protocol": {"mode": "observe", "reads_per_second": 1}, "cluster_ids": ["a"]},
        f"{ACCOUNT}/eu-west-1": {"proxy_protocol": {"mode": "enforce"}},
        f"{ACCOUNT}/eu-west-1/payments-vpc": {"cluster_ids": ["b"]},
        "444455556666": {"proxy_protocol": {"allow_tls": False}},
    },
}


@pytest.mark.parametrize(
    ("place", "mode", "reads_per_second", "cluster_ids"),
    [
        (Place(), Mode.OFF, 3, ()),
        (Place(region="eu-west-1"), Mode.OFF, 3, ()),
        (Place(account=ACCOUNT), Mode.OBSERVE, 1, ("a",)),
        (Place(account=ACCOUNT, region="us-east-1"), Mode.OBSERVE, 1, ("a",)),
        (Place(account=ACCOUNT, region="eu-west-1"), Mode.ENFORCE, 1, ("a",)),
        (Place(account=ACCOUNT, region="eu-west-1", copy="payments-vpc"), Mode.ENFORCE, 1, ("b",)),
        (Place(account="999999999999", region="eu-west-1"), Mode.OFF, 3, ()),
    ],
)
def test_the_most_specific_environment_wins_key_by_key(
    place: Place, mode: Mode, reads_per_second: float, cluster_ids: tuple[str, ...]
) -> None:
    options = read(LAYERED, place)

    assert (options.mode, options.reads_per_second, options.cluster_ids) == (mode, reads_per_second, cluster_ids)
    assert options.allow_tls


def test_a_region_newer_than_the_cdk_is_known_where_it_is_deployed_to() -> None:
    block = environment(f"{ACCOUNT}/mars-north-1", cluster_ids=["a"])

    assert read(block, Place(account=ACCOUNT, region="mars-north-1")).cluster_ids == ("a",)
