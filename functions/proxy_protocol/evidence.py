"""Outcomes as the fields of their proofs: everything a reader needs to follow the decision."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from functions.proxy_protocol.decision.facts import ATTRIBUTE
from functions.proxy_protocol.decision.rules import WRITE_OUTCOMES, Note, rule_of
from functions.proxy_protocol.outcome import Outcome
from pitcrew import proof


def prove(outcome: Outcome, *, cause: Mapping[str, Any]) -> None:
    """Write the proof of one outcome; *cause* says who asked: an event, the sweep or an operator's plan."""
    warns = outcome.verdict.is_warning or bool(outcome.notes)
    fields = {"cause": cause, **subject(outcome), **_reasons(outcome), **_effect(outcome)}
    proof.write("target group judged", verdict=outcome.verdict, mode=outcome.mode, warns=warns, fields=fields)


def subject(outcome: Outcome) -> dict[str, Any]:
    """Name the group, its Service and its cluster."""
    service = outcome.facts.service_name
    return {
        "group": outcome.facts.arn,
        "kubernetesService": "/".join(service) if service else None,
        "cluster": outcome.facts.cluster,
    }


def _reasons(outcome: Outcome) -> dict[str, Any]:
    rule, facts = rule_of(outcome.verdict), asdict(outcome.facts)
    del facts["arn"]
    if outcome.facts.listener_ports is not None:
        facts["listener_ports"] = sorted(outcome.facts.listener_ports)
    for section in facts.keys() & {"service", "backend"}:
        facts[section] = {name: value for name, value in (facts[section] or {}).items() if value or value is False}
    return {
        "facts": {name: value for name, value in facts.items() if value not in (None, {})},
        "rule": rule.when if rule else WRITE_OUTCOMES[outcome.verdict][0],
        "why": outcome.why,
        "remedy": outcome.remedy or None,
        "wish": outcome.wish.attributes,
        "source": outcome.wish.source.name if outcome.wish.source else None,
        "notes": [note.value for note in outcome.notes],
    }


def _effect(outcome: Outcome) -> dict[str, Any]:
    if refusal := outcome.refusal:
        return {"call": refusal.action, "requestId": refusal.request_id, "error": str(refusal)}
    if outcome.written is None:
        return {"call": None}
    keys = outcome.wish.attributes.keys()
    return {
        "call": "ModifyTargetGroupAttributes",
        "requestId": outcome.written.request_id,
        "before": _only(keys, outcome.facts.attributes or {}),
        "after": _only(keys, outcome.written.attributes),
        "verification": "attribute",
    }


def _only(keys: Iterable[str], attributes: Mapping[str, str]) -> dict[str, str | None]:
    return {key: attributes.get(key) for key in keys}


def disagreements(outcomes: Iterable[Outcome]) -> dict[str, dict[str, str]]:
    """Return the groups and values, by cluster/namespace/service, of Services whose groups do not all say the same."""
    values: dict[str, dict[str, str]] = defaultdict(dict)
    for outcome in outcomes:
        if ATTRIBUTE in outcome.attributes:
            values[service_of(outcome)][outcome.facts.arn] = outcome.attributes[ATTRIBUTE]
    return {service: groups for service, groups in values.items() if len(set(groups.values())) > 1}


def with_disagreements(outcomes: list[Outcome]) -> list[Outcome]:
    """Note `GroupsDisagree` on each group of such a Service."""
    services = disagreements(outcomes).keys()
    return [
        replace(outcome, notes=(*outcome.notes, Note.GROUPS_DISAGREE)) if service_of(outcome) in services else outcome
        for outcome in outcomes
    ]


def service_of(outcome: Outcome) -> str:
    """Name the Service of a group, with its cluster, as an entry of the setting `services` does."""
    return "/".join((outcome.facts.cluster or "", *(outcome.facts.service_name or ())))
