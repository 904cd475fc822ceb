"""Events on a Service, which `kubectl describe` shows to its owner: what was done with its target group, and why."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from functions.proxy_protocol.decision import Facts, Verdict
from functions.proxy_protocol.decision.rules import NOTE_TEXTS
from functions.proxy_protocol.outcome import Outcome

MOST_CHARACTERS = 1024
"""The API server refuses a longer message:
https://github.com/kubernetes/kubernetes/blob/v1.37.2/pkg/apis/core/validation/events.go"""

HEADED_FOR_TROUBLE = {Verdict.ENABLE_UNHEALTHY, Verdict.UNVERIFIED}
"""Verdicts of which a person is warned even where the attributes were written."""


def service_events(outcome: Outcome, *, now: datetime) -> Iterator[dict[str, Any]]:
    """Yield an Event for the verdict where there is something to say of it, and one for each note."""
    verdict, facts = outcome.verdict, outcome.facts
    if verdict.acts or verdict.is_warning:
        warns = outcome.written is None or verdict in HEADED_FOR_TROUBLE
        yield _event(facts, reason=verdict, message=_message(outcome), warns=warns, now=now)
    for note in outcome.notes:
        yield _event(facts, reason=note, message=f"{NOTE_TEXTS[note]} ({facts.arn})", warns=True, now=now)


def _message(outcome: Outcome) -> str:
    said = [outcome.why, outcome.remedy]
    if outcome.written:
        applied = ", ".join(f"{key}={value}" for key, value in sorted(outcome.wish.attributes.items()))
        said = [f"{applied} is set", *(said if outcome.verdict in HEADED_FOR_TROUBLE else [])]
    return f"{'; '.join(filter(None, said))} ({outcome.facts.arn})"


def _event(facts: Facts, *, reason: str, message: str, warns: bool, now: datetime) -> dict[str, Any]:
    """Make an Event of core/v1; the same said again has the same name, so that the API server refuses it."""
    namespace, service = facts.service_name or ("", "")
    uid = facts.service.uid if facts.service else ""
    same = hashlib.sha256(f"{uid}\n{reason}\n{message}".encode()).hexdigest()[:16]
    written = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = {"apiVersion": "v1", "kind": "Service", "namespace": namespace, "name": service, "uid": uid}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": namespace, "name": f"{service}.{same}"},
        "involvedObject": about,
        "reason": reason,
        "message": message[:MOST_CHARACTERS],
        "type": "Warning" if warns else "Normal",
        "source": {"component": "pitcrew"},
        "firstTimestamp": written,
        "lastTimestamp": written,
        "count": 1,
    }
