"""Whose wish is it: the sources, their order, and the entries of the configuration.

Over 120 lines because every source has its table.
"""

from dataclasses import replace

import pytest

from functions.proxy_protocol.decision import Facts, Policy
from functions.proxy_protocol.decision.facts import APPLIED_TAG, OPT_TAG
from functions.proxy_protocol.decision.rules import Note, notes
from functions.proxy_protocol.decision.service_pattern import ServicePattern
from functions.proxy_protocol.decision.wish import Source, Wish, is_opted_out, needs_listeners, wish
from tests.functions.proxy_protocol.account import PROXY_PROTOCOL
from tests.functions.proxy_protocol.cloud import policy
from tests.functions.proxy_protocol.facts import (
    ASKED,
    HTTP_CHECK,
    NOBODY_ASKS,
    OFF,
    ON,
    OUR_LIST,
    OURS,
    PROVIDERS,
    PROVIDERS_LIST,
    facts,
    group,
    service,
)

QUIET = facts(tags=NOBODY_ASKS)
ASKS = "proxy_protocol_v2.enabled=true"
EXACT, WILDCARD, WITH_PORTS = "prod/shop/web", "*/shop/*", "prod/shop/web:80,443"

SOURCES: list[tuple[str, Facts, Policy, Source | None]] = [
    ("the tag", facts(), policy(), Source.GROUP_TAG),
    ("the tag before an exact entry", facts(), policy(EXACT), Source.GROUP_TAG),
    ("the tag before a wildcard", facts(), policy(WILDCARD), Source.GROUP_TAG),
    ("an exact entry", QUIET, policy(EXACT), Source.EXACT_ENTRY),
    ("an exact entry before a wildcard, whatever their order", QUIET, policy(WILDCARD, EXACT), Source.EXACT_ENTRY),
    ("an exact entry with the listener's port", QUIET, policy(WITH_PORTS), Source.EXACT_ENTRY),
    ("a wildcard", QUIET, policy(WILDCARD), Source.WILDCARD_ENTRY),
    ("a wildcard in the cluster", QUIET, policy("pro?/shop/web"), Source.WILDCARD_ENTRY),
    ("a wildcard with the listener's port", QUIET, policy("*/shop/*:80"), Source.WILDCARD_ENTRY),
    ("another cluster's entry", QUIET, policy("dev/shop/web"), None),
    ("another namespace's entry", QUIET, policy("prod/shops/web"), None),
    ("another Service's entry", QUIET, policy("prod/shop/web2"), None),
    ("an entry in capitals", QUIET, policy("prod/Shop/web"), None),
    ("an entry of other ports", QUIET, policy("prod/shop/web:443"), None),
    ("no listener yet", replace(QUIET, listener_ports=frozenset()), policy(WITH_PORTS), None),
    (
        "a second listener outside the list",
        replace(QUIET, listener_ports=frozenset({80, 22})),
        policy(WITH_PORTS),
        None,
    ),
    (
        "two listeners in the list",
        replace(QUIET, listener_ports=frozenset({80, 443})),
        policy(WITH_PORTS),
        Source.EXACT_ENTRY,
    ),
    (
        "another port is left to the wildcard",
        replace(QUIET, listener_ports=frozenset({22})),
        policy(WITH_PORTS, WILDCARD),
        Source.WILDCARD_ENTRY,
    ),
    ("our switch before the tag", facts(service=service({OURS: "enabled"})), policy(EXACT), Source.SERVICE_ANNOTATION),
    ("our list", replace(QUIET, service=service({OUR_LIST: ASKS})), policy(), Source.SERVICE_ANNOTATION),
    ("the tag before the provider's switch", facts(service=service({PROVIDERS: "*"})), policy(), Source.GROUP_TAG),
    ("an exact entry before it", replace(QUIET, service=service({PROVIDERS: "*"})), policy(EXACT), Source.EXACT_ENTRY),
    (
        "it before a wildcard",
        replace(QUIET, service=service({PROVIDERS: "*"})),
        policy(WILDCARD),
        Source.PROVIDERS_ANNOTATION,
    ),
    (
        "the provider's list",
        replace(QUIET, service=service({PROVIDERS_LIST: ASKS})),
        policy(),
        Source.PROVIDERS_ANNOTATION,
    ),
    (
        "an entry by the registered name",
        replace(QUIET, service=service(cluster="main")),
        policy("main/shop/web"),
        Source.EXACT_ENTRY,
    ),
    ("an entry by the tag's id", replace(QUIET, service=service(cluster="main")), policy(EXACT), Source.EXACT_ENTRY),
    (
        "an entry of a name that is not its",
        replace(QUIET, service=service(cluster="main")),
        policy("other/shop/web"),
        None,
    ),
    ("a tag that says neither", facts(tags=NOBODY_ASKS | {OPT_TAG: "true"}), policy(), None),
    ("tags not read", replace(QUIET, tags=None), policy("*/*/*"), None),
    ("no single cluster", facts(tags={"kubernetes.io/service-name": "shop/web"}), policy("*/*/*"), None),
]


@pytest.mark.parametrize(("seen", "configured", "source"), [case[1:] for case in SOURCES], ids=[c[0] for c in SOURCES])
def test_the_first_source_that_asks_is_named(seen: Facts, configured: Policy, source: Source | None) -> None:
    asked = wish(seen, configured)

    assert asked.source is source
    assert asked.attributes == ({PROXY_PROTOCOL: "true"} if source else {})


def test_the_numbers_of_the_sources_are_those_of_the_page() -> None:
    assert {source.name: source.value for source in Source} == {
        "SERVICE_ANNOTATION": 2,
        "GROUP_TAG": 3,
        "EXACT_ENTRY": 4,
        "PROVIDERS_ANNOTATION": 5,
        "WILDCARD_ENTRY": 6,
    }


@pytest.mark.parametrize(
    ("source", "is_addressed"),
    [
        (Source.SERVICE_ANNOTATION, True),
        (Source.GROUP_TAG, True),
        (Source.EXACT_ENTRY, True),
        (Source.PROVIDERS_ANNOTATION, False),
        (Source.WILDCARD_ENTRY, False),
    ],
)
def test_a_wildcard_and_a_word_to_the_provider_are_not_addressed_to_us(source: Source, *, is_addressed: bool) -> None:
    assert source.is_addressed_to_us is is_addressed


WITH_MORE = service({PROVIDERS_LIST: "preserve_client_ip.enabled=true", OUR_LIST: "stickiness.enabled=true"})


@pytest.mark.parametrize("seen", [facts(service=WITH_MORE), facts(tags=NOBODY_ASKS, service=WITH_MORE)])
def test_attributes_that_an_annotation_lists_come_with_a_wish_and_are_none_alone(seen: Facts) -> None:
    more = {"preserve_client_ip.enabled": "true", "stickiness.enabled": "true", PROXY_PROTOCOL: "true"}

    assert wish(seen, policy()).attributes == (more if seen.tags == ASKED else {})


def test_the_wish_is_not_the_same_with_another_attribute() -> None:
    assert wish(facts(service=WITH_MORE), policy()).hash != wish(facts(), policy()).hash


@pytest.mark.parametrize(
    ("value", "is_out"), [("disabled", True), ("enabled", False), ("Disabled", False), ("", False)]
)
def test_only_the_word_disabled_opts_out(value: str, *, is_out: bool) -> None:
    assert is_opted_out(facts(tags=NOBODY_ASKS | {OPT_TAG: value})) is is_out


def test_a_group_without_the_tag_is_not_opted_out() -> None:
    assert not is_opted_out(QUIET)


@pytest.mark.parametrize(
    ("tags", "entries", "is_needed"),
    [
        (NOBODY_ASKS, (WITH_PORTS,), True),
        (NOBODY_ASKS, (WITH_PORTS, WILDCARD), True),
        (NOBODY_ASKS, (WITH_PORTS, EXACT), False),
        (NOBODY_ASKS, (EXACT,), False),
        (NOBODY_ASKS, ("dev/shop/web:80",), False),
        (NOBODY_ASKS, (), False),
        (ASKED, (WITH_PORTS,), False),
    ],
)
def test_listeners_are_asked_only_where_a_port_list_decides(
    tags: dict[str, str], entries: tuple[str, ...], *, is_needed: bool
) -> None:
    assert needs_listeners(facts(tags=tags), policy(*entries)) is is_needed


def test_the_hash_is_of_what_is_asked_and_not_of_who_asks_or_in_which_order() -> None:
    one = Wish(Source.GROUP_TAG, {"a": "1", "b": "2"})
    same = Wish(Source.EXACT_ENTRY, {"b": "2", "a": "1"})

    assert one.hash == same.hash
    assert len({one.hash, Wish(None, {"a": "2", "b": "1"}).hash, Wish(None, {"a": "1"}).hash}) == 3


def test_only_what_differs_is_written() -> None:
    wished = Wish(Source.GROUP_TAG, {"a": "1", "b": "2", "c": "3"})

    assert wished.differing({"a": "1", "b": "1", "d": "4"}) == {"b": "2", "c": "3"}


GOOD_ENTRIES = ["prod/shop/web", "*/edge/*", "prod.example.com/ns-1/svc:80,443", "p?/n*/s_1:65535", "a/b/c:1"]
BAD_ENTRIES = {
    "": "form",
    "prod/shop": "form",
    "prod/shop/web/x": "form",
    "prod//web": "form",
    "/shop/web": "form",
    "prod/shop/[ab]": "form",
    "prod/shop/wéb": "form",
    "prod/shop/w b": "form",
    "prod/shop/web:": "ports",
    "prod/shop/web:0": "ports",
    "prod/shop/web:65536": "ports",
    "prod/shop/web:http": "ports",
    "prod/shop/web:80,": "ports",
    "prod/shop/web:80:443": "ports",
    "prod/shop/web:-1": "ports",
    "prod/shop/web:²": "ports",
}


@pytest.mark.parametrize("text", GOOD_ENTRIES)
def test_a_good_entry_is_written_as_it_was_read(text: str) -> None:
    assert str(ServicePattern.parse(text)) == text


def test_the_ports_of_an_entry_are_sorted_and_said_once() -> None:
    assert str(ServicePattern.parse("a/b/c:443,80,443")) == "a/b/c:80,443"


@pytest.mark.parametrize(("text", "what"), BAD_ENTRIES.items())
def test_a_bad_entry_is_refused_with_what_was_given_and_what_is_allowed(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what) as refused:
        ServicePattern.parse(text)

    assert repr(text) in str(refused.value)
    assert "<cluster>/<namespace>/<service>" in str(refused.value)


NOTES = [
    (
        "on, and the check cannot parse the header",
        facts(attributes=ON, group=group(check=HTTP_CHECK)),
        ["HealthCheckFails"],
    ),
    ("on, and the check is TCP", facts(attributes=ON), []),
    ("off, and the check cannot parse the header", facts(attributes=OFF, group=group(check=HTTP_CHECK)), []),
    ("attributes not read", facts(attributes=None, group=group(check=HTTP_CHECK)), []),
    ("a tag with another word", facts(tags=NOBODY_ASKS | {OPT_TAG: "true"}), ["UnknownTagValue"]),
    ("a tag that opts out", facts(tags=NOBODY_ASKS | {OPT_TAG: "disabled"}), []),
    ("no tag of ours", facts(tags=NOBODY_ASKS), []),
    ("our own mark", facts(tags=ASKED | {APPLIED_TAG: "x"}), []),
]


@pytest.mark.parametrize(("seen", "expected"), [case[1:] for case in NOTES], ids=[case[0] for case in NOTES])
def test_notes_stand_beside_any_verdict(seen: Facts, expected: list[str]) -> None:
    assert notes(seen) == tuple(Note(word) for word in expected)
