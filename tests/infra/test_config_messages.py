import re
from typing import Any

import pytest

from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.config import Place, options_for
from infra.options import ConfigError

ACCOUNT = "111122223333"
HERE = Place(account=ACCOUNT, region="eu-west-1")

KEYS = "the keys sweep_every, services, allow_tls, unhealthy_check, reads_per_second, writes_per_second, mode"
DURATION = 'a whole number of minutes, hours or days, such as "15 minutes"'
SERVICE = "<cluster>/<namespace>/<service>"
ENVIRONMENT = "<account>, <account>/<region> or <account>/<region>/<copy>"
COPY = "at most 32 lower-case letters, digits and inner hyphens"
OBJECT = 'an object, {"key": value, …}'


def block(**values: object) -> dict[str, Any]:
    return {"defaults": {"proxy_protocol": values}}


def environment(key: str, **values: object) -> dict[str, Any]:
    return {"environments": {key: values}}


BLOCK = ".defaults.proxy_protocol"
KEY = ".environments"

# What cdk.json holds | where | what was given (and may have been meant) | what is allowed
ROWS = [
    ({"default": {}}, "", '"default" was given (did you mean "defaults"?)', "the keys defaults, environments"),
    ({"defaults": {"proxy": {}}}, ".defaults", '"proxy" was given', "vpc, notify, proxy_protocol"),
    (block(sweep_evry="1 hour"), BLOCK, '"sweep_evry" was given (did you mean "sweep_every"?)', KEYS),
    (block(cluster_ids=[]), BLOCK, '"cluster_ids" was given', KEYS),
    (
        environment(ACCOUNT, proxy_protocol={"alow_tls": True}),
        f".environments.{ACCOUNT}.proxy_protocol",
        '"alow_tls" was given (did you mean "allow_tls"?)',
        KEYS,
    ),
    (
        block(mode="enforced"),
        f"{BLOCK}.mode",
        '"enforced" was given (did you mean "enforce"?)',
        "observe, enforce, off",
    ),
    (block(mode=True), f"{BLOCK}.mode", "true was given", "observe, enforce, off"),
    (
        block(unhealthy_check="Refuse"),
        f"{BLOCK}.unhealthy_check",
        '"Refuse" was given (did you mean "refuse"?)',
        "apply, refuse",
    ),
    (block(sweep_every=15), f"{BLOCK}.sweep_every", "15 was given", DURATION),
    (block(sweep_every="90 seconds"), f"{BLOCK}.sweep_every", '"90 seconds" was given', DURATION),
    (block(sweep_every="0 minutes"), f"{BLOCK}.sweep_every", '"0 minutes" was given', DURATION),
    (block(sweep_every="4 minutes"), f"{BLOCK}.sweep_every", '"4 minutes" was given', 'from "5 minutes" to "1 day"'),
    (block(sweep_every="25 hours"), f"{BLOCK}.sweep_every", '"25 hours" was given', 'from "5 minutes" to "1 day"'),
    (block(reads_per_second=0), f"{BLOCK}.reads_per_second", "0 was given", "from 0.1 to 100"),
    (block(writes_per_second=-1.5), f"{BLOCK}.writes_per_second", "-1.5 was given", "from 0.1 to 100"),
    (block(writes_per_second=True), f"{BLOCK}.writes_per_second", "true was given", "a number"),
    (block(allow_tls="yes"), f"{BLOCK}.allow_tls", '"yes" was given', "true or false"),
    (block(services="prod/web/in"), f"{BLOCK}.services", '"prod/web/in" was given', "a list, […]"),
    (block(services=["*/*/*", ""]), f"{BLOCK}.services[1]", '"" was given', "text that is not empty"),
    (block(services=["prod/[w]/in"]), f"{BLOCK}.services[0]", '"prod/[w]/in" was given', SERVICE),
    (block(services=["prod/web"]), f"{BLOCK}.services[0]", '"prod/web" was given', SERVICE),
    (block(services=["prod/web/in:80,70000"]), f"{BLOCK}.services[0]", '"prod/web/in:80,70000" was given', SERVICE),
    ({"defaults": {"cluster_ids": [7]}}, ".defaults.cluster_ids[0]", "7 was given", "text that is not empty"),
    ({"defaults": {"proxy_protocol": []}}, BLOCK, "[] was given", OBJECT),
    ({"environments": "all"}, KEY, '"all" was given', OBJECT),
    ([], "", "[] was given", OBJECT),
    (
        environment("11112222333"),
        KEY,
        f'"11112222333" was given (did you mean "{ACCOUNT}"?)',
        f"{ENVIRONMENT}; an account has 12 digits",
    ),
    (
        environment(f"{ACCOUNT}/eu-wst-1"),
        KEY,
        f'"{ACCOUNT}/eu-wst-1" was given (did you mean "{ACCOUNT}/eu-west-1"?)',
        f"{ENVIRONMENT}; eu-wst-1 is not a region of AWS",
    ),
    (
        environment(f"{ACCOUNT}/eu-west-1/Payments"),
        KEY,
        f'"{ACCOUNT}/eu-west-1/Payments" was given',
        f"{ENVIRONMENT}; a copy is {COPY}",
    ),
]


@pytest.mark.parametrize(("config", "path", "given", "allowed"), ROWS, ids=[f"{row[1]}: {row[2]}" for row in ROWS])
def test_what_cannot_be_is_refused_with_where_what_and_what_is_allowed(
    config: object, path: str, given: str, allowed: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        options_for(HERE, config, {"proxy_protocol": ProxyProtocolOptions})

    message = str(refused.value)
    assert message.startswith(f"cdk.json: pitcrew{path}: {given}; allowed: ")
    assert allowed in message
    assert "\n" not in message


def test_a_mistake_in_another_environment_is_refused_too() -> None:
    config = environment("444455556666", proxy_protocol={"mode": "on"})

    with pytest.raises(ConfigError, match="444455556666"):
        options_for(HERE, config, {"proxy_protocol": ProxyProtocolOptions})


def test_a_copy_that_cannot_be_part_of_names_is_refused() -> None:
    place = Place(account=ACCOUNT, region="eu-west-1", copy="Payments VPC")

    with pytest.raises(ConfigError, match=re.escape(f'-c copy: "Payments VPC" was given; allowed: {COPY}')):
        options_for(place, {}, {"proxy_protocol": ProxyProtocolOptions})
