"""What the annotations of a Service ask for, and what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from functions.proxy_protocol.decision.facts import ATTRIBUTE

SWITCH = "pitcrew/proxy-protocol"
ATTRIBUTES = "pitcrew/target-group-attributes"
PROVIDERS_SWITCH = "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"
PROVIDERS_ATTRIBUTES = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"

Allowed = tuple[Callable[[str], bool], str]


def _one_of(*values: str) -> Allowed:
    return (lambda value: value in values), " or ".join(values)


def _from_0_to(most: int) -> Allowed:
    digits = len(str(most))
    return (
        lambda value: value.isascii() and value.isdigit() and len(value) <= digits and int(value) <= most
    ), f"0 to {most}"


ALLOWED: Mapping[str, Allowed] = {
    ATTRIBUTE: _one_of("true", "false"),
    "preserve_client_ip.enabled": _one_of("true", "false"),
    "deregistration_delay.timeout_seconds": _from_0_to(3600),
    "deregistration_delay.connection_termination.enabled": _one_of("true", "false"),
    "stickiness.enabled": _one_of("true", "false"),
    "stickiness.type": _one_of("source_ip"),
    "target_health_state.unhealthy.connection_termination.enabled": _one_of("true", "false"),
    "target_health_state.unhealthy.draining_interval_seconds": _from_0_to(360_000),
}
"""Attributes of a Network Load Balancer's group that an annotation may ask for, each with its test and its wording.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html"""


def pairs(text: str) -> list[tuple[str, str]]:
    """Read `key=value,…` as the cloud provider does, blanks around either allowed."""
    split = (pair.partition("=") for pair in text.split(",") if pair.strip())
    return [(key.strip(), value.strip()) for key, _, value in split]


def opts_out(annotations: Mapping[str, str]) -> bool:
    """Whether any annotation says no."""
    return annotations.get(SWITCH) == "disabled" or any(
        (ATTRIBUTE, "false") in pairs(annotations.get(name, "")) for name in (ATTRIBUTES, PROVIDERS_ATTRIBUTES)
    )


def asks_us(annotations: Mapping[str, str]) -> bool:
    """Whether one of our own annotations says yes."""
    return annotations.get(SWITCH) == "enabled" or (ATTRIBUTE, "true") in pairs(annotations.get(ATTRIBUTES, ""))


def asks_the_provider(annotations: Mapping[str, str]) -> bool:
    """Whether an annotation that the cloud provider ignores, or may fail to follow, says yes."""
    is_listed = (ATTRIBUTE, "true") in pairs(annotations.get(PROVIDERS_ATTRIBUTES, ""))
    return annotations.get(PROVIDERS_SWITCH) == "*" or is_listed


def attributes(annotations: Mapping[str, str]) -> dict[str, str]:
    """Return every attribute that the two lists name; ours wins over the provider's."""
    return dict(pairs(annotations.get(PROVIDERS_ATTRIBUTES, "")) + pairs(annotations.get(ATTRIBUTES, "")))


def mistakes(annotations: Mapping[str, str]) -> list[str]:
    """Say of each mistake where it is, what was given and what is allowed."""
    switch = annotations.get(SWITCH, "enabled")
    wrong = [] if switch in {"enabled", "disabled"} else [f"{SWITCH}: {switch!r} is neither enabled nor disabled"]
    for name in (ATTRIBUTES, PROVIDERS_ATTRIBUTES):
        wrong += [f"{name}: {mistake}" for mistake in _mistakes(pairs(annotations.get(name, "")))]
    return wrong


def _mistakes(given: list[tuple[str, str]]) -> Iterator[str]:
    for key, same in groupby(sorted(given), key=lambda pair: pair[0]):
        values = sorted({value for _, value in same})
        if key not in ALLOWED:
            yield f"{key!r} is not one of {', '.join(ALLOWED)}"
        elif len(values) > 1:
            yield f"{key} has several values: {', '.join(values)}"
        elif not ALLOWED[key][0](values[0]):
            yield f"{key} is {values[0]!r}; allowed: {ALLOWED[key][1]}"
