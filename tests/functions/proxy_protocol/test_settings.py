"""Settings survive the way through a function's environment."""

import json
from datetime import timedelta

import pytest

from functions.proxy_protocol.decision import Policy
from functions.proxy_protocol.decision.service_pattern import ServicePattern
from functions.proxy_protocol.settings import Settings, UnhealthyCheck

CHOSEN = Settings(
    sweep_every=timedelta(minutes=7),
    services=(ServicePattern.parse("prod/shop/web:80,443"), ServicePattern.parse("*/edge/*")),
    allow_tls=True,
    unhealthy_check=UnhealthyCheck.REFUSE,
    reads_per_second=2.5,
    writes_per_second=0.5,
    cluster_ids=("prod", "dev"),
)
FUNCTION = "arn:{}:lambda:{}:123456789012:function:any"


@pytest.mark.parametrize("settings", [Settings(), CHOSEN])
def test_what_was_written_is_read(settings: Settings) -> None:
    assert Settings.from_env(settings.to_env()) == settings


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"sweep_evry": 5}, TypeError),
        ({"services": ["prod/shop"]}, ValueError),
        ({"unhealthy_check": "ask"}, ValueError),
        ({"sweep_every": "soon"}, TypeError),
    ],
)
def test_settings_that_were_broken_by_hand_are_an_error(change: dict[str, object], error: type[Exception]) -> None:
    values = json.loads(CHOSEN.to_env()["SETTINGS"]) | change

    with pytest.raises(error):
        Settings.from_env({"SETTINGS": json.dumps(values)})


def test_missing_settings_are_an_error() -> None:
    with pytest.raises(KeyError, match="SETTINGS"):
        Settings.from_env({})


@pytest.mark.parametrize(
    ("partition", "region"), [("aws", "eu-west-1"), ("aws-cn", "cn-north-1"), ("aws-us-gov", "us-gov-west-1")]
)
def test_the_functions_own_arn_says_which_groups_are_ours(partition: str, region: str) -> None:
    policy = CHOSEN.policy(FUNCTION.format(partition, region))

    assert policy == Policy(
        home=f"arn:{partition}:elasticloadbalancing:{region}:123456789012:targetgroup/",
        services=CHOSEN.services,
        cluster_ids=("prod", "dev"),
        allow_tls=True,
        refuses_unhealthy_check=True,
    )


def test_by_default_a_check_that_cannot_parse_the_header_is_no_reason_to_refuse() -> None:
    assert not Settings().policy(FUNCTION.format("aws", "eu-west-1")).refuses_unhealthy_check
