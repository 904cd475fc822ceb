"""Looks and acts as lines of the log."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.orphaned_attachments.decision import Decision, Verdict, decide
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.proofs import blocks, evidence, outcome, prove_look
from functions.orphaned_attachments.travel import Run
from pitcrew.mode import Mode
from tests.functions.orphaned_attachments.cloud import Cloud
from tests.functions.orphaned_attachments.raw_objects import DEAD, NODE, VOLUME

Lines = list[dict[str, Any]]
Metrics = Callable[[], list[dict[str, Any]]]
RUN = Run(instance=DEAD, cluster="prod")


@pytest.fixture
def decision() -> Decision:
    cloud = Cloud()
    return decide(cloud.evidence.of(DEAD, cluster="prod", memory=Memory(), policy=cloud.policy))


def test_a_proof_has_the_evidence_with_its_times_and_each_rule(
    decision: Decision, log_lines: Lines, metrics: Metrics
) -> None:
    prove_look(decision, RUN, mode=Mode.ENFORCE, would=None, is_final=True)

    (line,) = log_lines
    assert line.items() >= {"instance": DEAD, "cluster": "prod", "cause": "event", "verdict": "Releasing"}.items()
    assert line["evidence"]["now"] == "2026-01-02T03:04:05+00:00"
    assert line["evidence"]["node"]["lease_renewed_at"] == "2026-01-02T03:03:05+00:00"
    assert line["rules"]["Releasing"] is True
    assert not any(applied for rule, applied in line["rules"].items() if rule != "Releasing")
    assert [one["verdict"] for one in metrics() if "Verdicts" in one] == ["Releasing"]


def test_only_the_last_look_of_a_run_is_counted(decision: Decision, metrics: Metrics) -> None:
    prove_look(decision, RUN, mode=Mode.ENFORCE, would=None, is_final=False)

    assert metrics() == []


@pytest.mark.parametrize(("verdict", "level"), [(Verdict.STUCK, "WARNING"), (Verdict.RELEASED, "INFO")])
def test_what_a_person_should_see_is_a_warning(
    decision: Decision, log_lines: Lines, verdict: Verdict, level: str
) -> None:
    prove_look(replace(decision, verdict=verdict), RUN, mode=Mode.ENFORCE, would=None, is_final=True)

    assert [line["level"] for line in log_lines] == [level]


def test_in_mode_off_no_verdict_is_told_or_counted(decision: Decision, log_lines: Lines, metrics: Metrics) -> None:
    prove_look(decision, RUN, mode=Mode.OFF, would=decision.act, is_final=True)

    (line,) = log_lines
    assert "verdict" not in line
    assert line["would"] == f"taint: {NODE}"
    assert metrics() == []


def test_what_is_empty_is_left_out_of_the_evidence(decision: Decision) -> None:
    found = evidence(decision.facts)

    assert "policy" not in found
    assert "waiting" not in found
    assert found["volumes"][0]["id"] == VOLUME


def test_only_a_stuck_run_names_what_blocks(decision: Decision) -> None:
    ends = {
        verdict: outcome(replace(decision, verdict=verdict), is_changed=False, mode=Mode.ENFORCE, would=None)
        for verdict in (Verdict.STUCK, Verdict.RELEASED)
    }

    assert ends[Verdict.STUCK]["blocks"] == blocks(decision.facts) != []
    assert ends[Verdict.RELEASED]["blocks"] == []
