"""What a look found and what an act did, as lines of the log: everything a reader needs to follow the decision."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from functions.orphaned_attachments.decision import RULES, Decision, Verdict
from functions.orphaned_attachments.decision.acts import Act
from functions.orphaned_attachments.decision.facts import Facts
from functions.orphaned_attachments.decision.holdings import Place
from functions.orphaned_attachments.decision.instance import State
from functions.orphaned_attachments.travel import Run
from functions.orphaned_attachments.writes import Written
from pitcrew import proof
from pitcrew.metrics import count
from pitcrew.mode import Mode

logger = Logger(child=True)


def prove_look(decision: Decision, run: Run, *, mode: Mode, would: Act | None, is_final: bool) -> None:
    """Write what was found; the last look of a run is counted."""
    fields = {**subject(run, decision), "would": f"{would.kind}: {would.name}" if would else None}
    if mode is Mode.OFF:
        logger.info("mode is off: nothing is decided but our own marks", **fields)
    elif is_final:
        warns = decision.verdict.needs_a_person
        proof.write("instance judged", verdict=decision.verdict, mode=mode, warns=warns, fields=fields)
    else:
        logger.info("instance looked at", verdict=decision.verdict.value, mode=mode.value, **fields)


def prove_act(decision: Decision, act: Act, written: Written, run: Run, *, mode: Mode, state_after: State) -> None:
    """Write the proof of one act: evidence, rules, call and request id, before and after."""
    logger.info(
        "act",
        act=act.kind.value,
        call=written.call,
        result=written.result,
        requestId=written.request_id or None,
        before=_plain(asdict(act.on)),
        after={"answer": written.answer, "instance": state_after.value},
        verdict=decision.verdict.value,
        mode=mode.value,
        **subject(run, decision),
    )
    count("Acts", act=act.kind.value, result=written.result)


def subject(run: Run, decision: Decision) -> dict[str, Any]:
    """Name the instance, and what its verdict rests on."""
    return {
        "instance": run.instance,
        "cluster": decision.facts.cluster.name or run.cluster,
        "cause": run.cause,
        "evidence": evidence(decision.facts),
        "rules": {verdict.value: applied for verdict, applied in decision.outcomes},
        "notes": [note.value for note in decision.notes],
    }


def evidence(facts: Facts) -> dict[str, Any]:
    """Return the facts as JSON takes them, without the policy and without what is empty."""
    found: dict[str, Any] = _plain(asdict(facts))
    del found["policy"]
    return {name: value for name, value in found.items() if value}


def outcome(decision: Decision, *, is_changed: bool, mode: Mode, would: Act | None) -> dict[str, Any]:
    """Say how far a run has come, for the report at its end: *result* is the verdict but where nothing came of it."""
    rule = next(rule for rule in RULES if rule.verdict is decision.verdict)
    return {
        "result": _result(decision.verdict, is_changed=is_changed, mode=mode, would=would),
        "why": decision.facts.why or rule.when,
        "remedy": rule.remedy,
        "would": f"{would.kind}: {would.name}" if would else "",
        "blocks": blocks(decision.facts) if decision.verdict is Verdict.STUCK else [],
        "volumes": [one.id for one in decision.facts.volumes if one.place is Place.HERE],
    }


def _result(verdict: Verdict, *, is_changed: bool, mode: Mode, would: Act | None) -> str:
    if mode is Mode.OFF:
        return "off"
    if is_changed:
        return "changed"
    if would and would.kind.is_release:
        return "observed"
    return verdict.value


def blocks(facts: Facts) -> list[str]:
    """Name what still hangs on an instance."""
    pods = [f"pod {one.namespace}/{one.name}" for one in facts.pods if one.is_to_release]
    held = [f"VolumeAttachment {one.name} of {one.volume or one.pv}" for one in facts.attachments]
    return pods + held + [f"volume {one.id} ({one.place})" for one in facts.volumes]


def _plain(value: Any) -> Any:  # noqa: ANN401 (any part of the facts)
    match value:
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case datetime():
            return value.isoformat()
        case _:
            return value
