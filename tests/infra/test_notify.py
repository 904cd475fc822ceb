"""Who is told: the addresses of cdk.json, and the functions that may publish."""

import pytest

from infra.config import Place, options_for
from infra.options import ConfigError
from tests.infra.allowed import FUNCTIONS
from tests.infra.conftest import Synthesize
from tests.infra.template import ACCOUNT, REGION, Template, actions_of

HERE = Place(account=ACCOUNT, region=REGION)
ADDRESS = 'an e-mail address alone, such as "ops@example.com"'


def subscribed(template: Template) -> list[str]:
    subscriptions = template.of_type("AWS::SNS::Subscription").values()
    (topic,) = template.of_type("AWS::SNS::Topic")
    assert all((one["Protocol"], one["TopicArn"]) == ("email", {"Ref": topic}) for one in subscriptions)
    return sorted(one["Endpoint"] for one in subscriptions)


def test_each_address_is_subscribed_to_the_topic_once(synthesize: Synthesize) -> None:
    addresses = ["ops@example.com", "on-call+k8s@ops.example.com", "ops@example.com"]

    template = synthesize(HERE, {ACCOUNT: {"notify": addresses}})

    assert subscribed(template) == ["on-call+k8s@ops.example.com", "ops@example.com"]


def test_a_more_specific_place_tells_others_or_nobody() -> None:
    block = {
        "defaults": {"notify": ["all@example.com"]},
        "environments": {f"{ACCOUNT}/{REGION}": {"notify": ["here@example.com"]}, "444455556666": {"notify": []}},
    }

    told = [options_for(Place(account=account, region=REGION), block, {}).common.notify for account in ACCOUNTS]

    assert [[address.text for address in one] for one in told] == [["here@example.com"], [], ["all@example.com"]]


ACCOUNTS = [ACCOUNT, "444455556666", "777788889999"]


def test_nobody_is_subscribed_where_no_address_is_given(template: Template) -> None:
    assert subscribed(template) == []


@pytest.mark.parametrize(
    ("notify", "path", "given", "allowed"),
    [
        ("ops@example.com", "", '"ops@example.com"', "a list, […]"),
        ([["ops@example.com"]], "[0]", '["ops@example.com"]', "text that is not empty"),
        (["ops@example.com", ""], "[1]", '""', "text that is not empty"),
        (["ops"], "[0]", '"ops"', ADDRESS),
        (["ops@localhost"], "[0]", '"ops@localhost"', ADDRESS),
        (["Ops <ops@example.com>"], "[0]", '"Ops <ops@example.com>"', ADDRESS),
        (["a@example.com, b@example.com"], "[0]", '"a@example.com, b@example.com"', ADDRESS),
        (["arn:aws:sns:eu-west-1:111122223333:ops"], "[0]", '"arn:aws:sns:eu-west-1:111122223333:ops"', ADDRESS),
    ],
)
def test_what_is_no_list_of_addresses_is_refused(notify: object, path: str, given: str, allowed: str) -> None:
    with pytest.raises(ConfigError) as refused:
        options_for(HERE, {"defaults": {"notify": notify}}, {})

    assert str(refused.value) == f"cdk.json: pitcrew.defaults.notify{path}: {given} was given; allowed: {allowed}"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_knows_the_topic_just_where_it_may_publish(template: Template, function: str) -> None:
    (topic,) = template.of_type("AWS::SNS::Topic")
    published_to = [
        s["Resource"] for s in template.statements_of_function(function) if "sns:Publish" in actions_of([s])
    ]

    variables = template.functions()[function]["Environment"]["Variables"]

    known = [variables["TOPIC_ARN"]] if "TOPIC_ARN" in variables else []
    assert published_to == known
    assert all(arn == {"Ref": topic} for arn in known)
