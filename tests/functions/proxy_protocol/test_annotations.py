"""What the annotations of a Service ask for, and the message for each mistake."""

import pytest

from functions.proxy_protocol.decision.annotations import (
    ALLOWED,
    asks_the_provider,
    asks_us,
    attributes,
    mistakes,
    opts_out,
    pairs,
)
from tests.functions.proxy_protocol.facts import OUR_LIST, OURS, PROVIDERS, PROVIDERS_LIST

ON, OFF = "proxy_protocol_v2.enabled=true", "proxy_protocol_v2.enabled=false"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ""),
        ({OURS: "enabled"}, "us"),
        ({OURS: "disabled"}, "out"),
        ({OURS: "Enabled"}, ""),
        ({OUR_LIST: ON}, "us"),
        ({OUR_LIST: f" stickiness.enabled=true , {ON} "}, "us"),
        ({OUR_LIST: "proxy_protocol_v2.enabled = true"}, "us"),
        ({OUR_LIST: OFF}, "out"),
        ({PROVIDERS: "*"}, "provider"),
        ({PROVIDERS: "true"}, ""),
        ({PROVIDERS_LIST: ON}, "provider"),
        ({PROVIDERS_LIST: OFF}, "out"),
        ({PROVIDERS_LIST: OFF, OURS: "enabled"}, "us out"),
        ({PROVIDERS_LIST: f"{ON},{OFF}"}, "provider out"),
    ],
)
def test_each_annotation_is_a_word_to_somebody(given: dict[str, str], words: str) -> None:
    said = {"us": asks_us(given), "provider": asks_the_provider(given), "out": opts_out(given)}

    assert " ".join(word for word, is_said in said.items() if is_said) == words


def test_our_list_wins_over_the_providers_key_by_key() -> None:
    given = {
        PROVIDERS_LIST: f"{ON},preserve_client_ip.enabled=true,stickiness.enabled=true",
        OUR_LIST: "preserve_client_ip.enabled=false,deregistration_delay.timeout_seconds=30",
    }

    assert attributes(given) == {
        "proxy_protocol_v2.enabled": "true",
        "preserve_client_ip.enabled": "false",
        "stickiness.enabled": "true",
        "deregistration_delay.timeout_seconds": "30",
    }


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("proxy_protocol_v2.enabled", ["true", "false"], ["", "True", "1", "on", "yes"]),
        ("preserve_client_ip.enabled", ["true", "false"], ["maybe"]),
        ("deregistration_delay.timeout_seconds", ["0", "300", "3600"], ["3601", "-1", "1.5", "", "٣", "9" * 5000]),
        ("deregistration_delay.connection_termination.enabled", ["true", "false"], ["x"]),
        ("stickiness.enabled", ["true", "false"], ["x"]),
        ("stickiness.type", ["source_ip"], ["lb_cookie", ""]),
        ("target_health_state.unhealthy.connection_termination.enabled", ["true", "false"], ["x"]),
        ("target_health_state.unhealthy.draining_interval_seconds", ["0", "360000"], ["360001", "x"]),
    ],
)
def test_an_attribute_has_its_allowed_values(key: str, good: list[str], bad: list[str]) -> None:
    assert [mistakes({OUR_LIST: f"{key}={value}"}) for value in good] == [[]] * len(good)
    for value in bad:
        [said] = mistakes({PROVIDERS_LIST: f"{key}={value}"})
        assert said == f"{PROVIDERS_LIST}: {key} is {value!r}; allowed: {ALLOWED[key][1]}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({OURS: "true"}, "pitcrew/proxy-protocol: 'true' is neither enabled nor disabled"),
        ({OURS: ""}, "pitcrew/proxy-protocol: '' is neither enabled nor disabled"),
        ({OUR_LIST: "x=1"}, "'x' is not one of proxy_protocol_v2.enabled, preserve_client_ip.enabled, "),
        ({OUR_LIST: "stickiness.enabled"}, "stickiness.enabled is ''; allowed: true or false"),
        ({OUR_LIST: "=true"}, "'' is not one of "),
        ({PROVIDERS_LIST: f"{ON},{OFF}"}, "proxy_protocol_v2.enabled has several values: false, true"),
    ],
)
def test_a_mistake_names_the_annotation_what_was_given_and_what_is_allowed(given: dict[str, str], said: str) -> None:
    [mistake] = mistakes(given)

    assert said in mistake
    assert mistake.startswith(next(iter(given)))


def test_every_mistake_is_told() -> None:
    assert len(mistakes({OURS: "x", OUR_LIST: "a=1,stickiness.type=b", PROVIDERS_LIST: "c=1"})) == 4


@pytest.mark.parametrize("given", [{}, {OURS: "enabled"}, {OUR_LIST: ""}, {OUR_LIST: f"{ON},{ON},"}, {PROVIDERS: "x"}])
def test_what_says_nothing_wrong_is_no_mistake(given: dict[str, str]) -> None:
    assert mistakes(given) == []


def test_pairs_are_read_as_the_provider_reads_them() -> None:
    assert pairs(" a=1 ,b = 2,,c=x=y") == [("a", "1"), ("b", "2"), ("c", "x=y")]
