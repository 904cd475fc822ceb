"""Whose wish is it: the sources that may ask for a group, in their order."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from functions.proxy_protocol.decision import annotations
from functions.proxy_protocol.decision.facts import ATTRIBUTE, OPT_TAG, Facts
from functions.proxy_protocol.decision.service_pattern import ServicePattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the configuration says about every group."""

    home: str
    """What the ARN of each target group of this account and region starts with."""

    services: tuple[ServicePattern, ...] = ()
    cluster_ids: tuple[str, ...] = ()
    allow_tls: bool = False
    refuses_unhealthy_check: bool = False


class Source(IntEnum):
    """Who asks; the numbers are those of the table in docs/proxy-protocol.md."""

    SERVICE_ANNOTATION = 2
    GROUP_TAG = 3
    EXACT_ENTRY = 4
    PROVIDERS_ANNOTATION = 5
    WILDCARD_ENTRY = 6

    @property
    def is_addressed_to_us(self) -> bool:
        """Whether somebody named this Service to Pitcrew: a wildcard, or a word to the cloud provider, did not."""
        return self in {Source.SERVICE_ANNOTATION, Source.GROUP_TAG, Source.EXACT_ENTRY}


@dataclass(frozen=True, slots=True)
class Wish:
    """The attributes that somebody asks for; none where nobody does."""

    source: Source | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """What the tag on a group remembers of the wish that was applied."""
        text = "\n".join(f"{key}={value}" for key, value in sorted(self.attributes.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def differing(self, attributes: Mapping[str, str]) -> dict[str, str]:
        """Return the wished attributes that have another value among *attributes*."""
        return {key: value for key, value in self.attributes.items() if attributes.get(key) != value}


def is_opted_out(facts: Facts) -> bool:
    """Source 1, which beats everything."""
    return (facts.tags or {}).get(OPT_TAG) == "disabled" or annotations.opts_out(_annotations(facts))


def wish(facts: Facts, policy: Policy) -> Wish:
    """Return the wish of the first source that asks, with what else the Service's annotations list."""
    source = _source(facts, policy)
    return Wish(source, annotations.attributes(_annotations(facts)) | {ATTRIBUTE: "true"}) if source else Wish()


def needs_listeners(facts: Facts, policy: Policy) -> bool:
    """Whether only the listeners can tell who asks: entries with ports speak of a group by its listener's port."""
    if annotations.asks_us(_annotations(facts)) or _asks_by_tag(facts):
        return False
    entries = _entries(facts, policy)
    return any(entry.ports for entry in entries) and not any(
        not entry.ports and not entry.is_wildcard for entry in entries
    )


def _source(facts: Facts, policy: Policy) -> Source | None:
    ports = facts.listener_ports or frozenset()
    speaking = [entry for entry in _entries(facts, policy) if not entry.ports or (ports and ports <= entry.ports)]
    asks = {
        Source.SERVICE_ANNOTATION: annotations.asks_us(_annotations(facts)),
        Source.GROUP_TAG: _asks_by_tag(facts),
        Source.EXACT_ENTRY: any(not entry.is_wildcard for entry in speaking),
        Source.PROVIDERS_ANNOTATION: annotations.asks_the_provider(_annotations(facts)),
        Source.WILDCARD_ENTRY: bool(speaking),
    }
    return next((source for source in Source if asks[source]), None)


def _annotations(facts: Facts) -> Mapping[str, str]:
    return facts.service.annotations if facts.service else {}


def _asks_by_tag(facts: Facts) -> bool:
    return (facts.tags or {}).get(OPT_TAG) == "enabled"


def _entries(facts: Facts, policy: Policy) -> list[ServicePattern]:
    if not facts.service_name or not facts.cluster:
        return []
    namespace, service = facts.service_name
    names = {facts.cluster, facts.service.cluster if facts.service and facts.service.cluster else facts.cluster}
    return [
        entry
        for entry in policy.services
        if any(entry.matches(cluster=name, namespace=namespace, service=service) for name in names)
    ]
