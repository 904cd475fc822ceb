"""Every sample of tests/events through the queue's entry point, in the account that it comes from."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.functions.proxy_protocol.cloud import Cloud, policy

SAMPLES = {path.stem for path in (Path(__file__).parents[2] / "events").glob("elb*.json")}

# Everybody of ingress-nginx asks, by exact entries; the groups are as the events say.
VERDICTS = {
    "elb-classic-add-tags.synthetic": "NotOurs",
    "elbv2-add-tags.recorded": "NotOurs",
    "elbv2-create-listener.standin": "EnableUnhealthy",
    "elbv2-create-listener.synthetic": "Enable",
    "elbv2-create-target-group-failed.synthetic": "NotOurs",
    "elbv2-create-target-group.local.standin": "EnableUnhealthy",
    "elbv2-create-target-group.opted-in-again.standin": "Enable",
    "elbv2-create-target-group.opted-in.standin": "Enable",
    "elbv2-create-target-group.recorded": "NotKubernetes",
    "elbv2-delete-target-group.standin": "NotOurs",
    "elbv2-modify-listener.moved-to-new-group.standin": "Enable",
    "elbv2-modify-target-group-attributes.by-hand.standin": "NotOurs",
    "elbv2-modify-target-group-attributes.cpa-sets-false.standin": "NotOurs",
    "elbv2-modify-target-group.every-reconcile.standin": "NotOurs",
    "elbv2-register-targets-failed.standin": "NotOurs",
}
SERVICES = ("demo/ingress-nginx/web", "demo/ingress-nginx/stuck")


def _arns(value: object) -> Iterator[str]:
    """Find every ARN of a target group, wherever the sample has it."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _arns(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _arns(inner)
    elif isinstance(value, str) and ":targetgroup/" in value:
        yield value


def _account_of(event: dict[str, Any]) -> Cloud:
    region, account = event["region"], event["account"]
    home = f"arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/"
    cloud = Cloud(policy(*SERVICES, home=home))
    for arn in set(_arns(event)):
        name = arn.split("/")[1]
        cloud.account.add(
            arn=arn,
            service="ingress-nginx/web" if name.startswith("k8s-") else None,
            cluster="demo" if name.startswith("k8s-") else None,
            check=("HTTP", "32487") if name == "k8s-ingressn-web-41208014b3" else ("TCP", "traffic-port"),
            is_attached=False,
        )
    return cloud


def test_every_sample_has_its_verdict() -> None:
    assert VERDICTS.keys() == SAMPLES


@pytest.mark.parametrize(("sample", "verdict"), VERDICTS.items(), ids=VERDICTS)
def test_a_sample_is_judged_and_only_what_asks_is_written(
    load_event: Callable[[str], dict[str, Any]], log_lines: list[dict[str, Any]], sample: str, verdict: str
) -> None:
    event = load_event(sample)
    cloud = _account_of(event)
    written = set(_arns(event)) if verdict.startswith("Enable") else set()

    failed = cloud.on_event(json.dumps(event))

    assert failed == []
    assert [line["verdict"] for line in log_lines if "verdict" in line] == [verdict]
    assert cloud.account.switched_on == written
    assert len(cloud.calls.mutations) == 2 * len(written)


@pytest.mark.parametrize("sample", VERDICTS)
def test_a_sample_of_another_account_costs_no_call(
    load_event: Callable[[str], dict[str, Any]], log_lines: list[dict[str, Any]], sample: str
) -> None:
    cloud = Cloud(policy("*/*/*"))

    failed = cloud.on_event(json.dumps(load_event(sample)))

    assert failed == []
    assert [line["verdict"] for line in log_lines if "verdict" in line] == ["NotOurs"]
    assert cloud.calls.count("elbv2").total() == 0
