"""The page about orphaned attachments says what was measured, and which goal was missed."""

import pytest

from bench.figures import Sample
from bench.orphaned_attachments import report
from bench.orphaned_attachments.cases import ALONE, NEVER, WITH_PITCREW, Played, usual
from bench.orphaned_attachments.sweep import QuietSweep

SWEEP = QuietSweep(
    seconds=Sample((2.0, 1.0, 3.0)),
    idle_mib=40,
    peak_mib=120,
    calls={"DescribeVolumes": 10, "DescribeInstances": 16},
    requests={"/api/v1/nodes": 60, "/version": 1},
)


def _played(case: str, *seconds: float) -> list[Played]:
    """The states of the first one are the fewest."""
    return [
        Played(
            case=case,
            seconds=one,
            verdict="Released",
            acts=["hold", "taint"],
            states={"Look at the evidence": 30 + number, "Wait for a while": 10},
            calls={"DescribeVolumes": number},
            requests={"list nodes": 2 * number, "patch nodes": 2},
        )
        for number, one in enumerate(seconds)
    ]


@pytest.fixture
def outages() -> list[Played]:
    return [
        *_played("terminated", 3.0, 10.1, 4.0),
        *_played("stopped", 3.0, 10.0),
        *_played("told-late", 20.0),
        *_played("stopped-late", 20.0),
        *_played("node-gone", 60.0, NEVER),
        *(Played(case=case.name, seconds=NEVER if case.way == "stop" else 440.0) for case in ALONE),
    ]


def test_the_slowest_is_held_against_its_goal(outages: list[Played]) -> None:
    goals = [goal.cells[1:] for goal in report.goals_of_outages(outages)]

    assert goals == [
        ("10.1 s", "10.0 s", "**missed**"),
        ("10.0 s", "10.0 s", "met"),
        ("20.0 s", "30.0 s", "met"),
        ("20.0 s", "30.0 s", "met"),
        ("inf s", "75.0 s", "**missed**"),
    ]


def test_pitcrew_and_kubernetes_alone_stand_in_one_table(outages: list[Played]) -> None:
    table = next(part for part in report.about_outages(outages) if part.startswith("| the machine is"))

    assert [line.split(" | ")[1:] for line in table.splitlines()[2:]] == [
        ["Pitcrew", "4.0 (3.0 to 10.1)", "3 |"],
        ["Pitcrew", "6.5 (3.0 to 10.0)", "2 |"],
        ["Pitcrew", "20.0 (20.0 to 20.0)", "1 |"],
        ["Pitcrew", "20.0 (20.0 to 20.0)", "1 |"],
        ["Pitcrew", "not in 150 s, 1 of 2", "2 |"],
        ["Kubernetes alone", "440.0 (440.0 to 440.0)", "1 |"],
        ["Kubernetes alone", "440.0 (440.0 to 440.0)", "1 |"],
        ["Kubernetes alone", "not in 120 s, 1 of 1", "1 |"],
    ]


def test_a_release_is_told_by_the_turn_in_the_middle(outages: list[Played]) -> None:
    table = next(part for part in report.about_outages(outages) if "state transitions" in part and part.startswith("|"))

    assert usual(WITH_PITCREW[0], outages).seconds == 10.1
    assert table.splitlines()[2:] == [
        "| acts | hold, taint | hold, taint |",
        "| **state transitions** | 41 | 40 |",
        "| $ for 1,000 releases | 1.02 | 1.00 |",
        "| `Look at the evidence` | 31 | 30 |",
        "| `Wait for a while` | 10 | 10 |",
        "| **calls to AWS** | 1 | 0 |",
        "| `DescribeVolumes` | 1 | 0 |",
        "| **calls to the Kubernetes API** | 4 | 2 |",
        "| `list nodes` | 2 | 0 |",
        "| `patch nodes` | 2 | 2 |",
    ]


def test_without_a_control_plane_the_page_says_so() -> None:
    assert list(report.goals_of_outages([])) == []
    assert any("no control plane at hand" in part for part in report.about_outages([]))


def test_a_sweep_is_held_against_its_goals() -> None:
    goals = [goal.cells[1:] for goal in report.goals_of_sweep(SWEEP)]

    assert goals == [("60", "60", "met"), ("26", "25", "**missed**"), ("126 MB", "120 MB", "**missed**")]


def test_of_a_sweep_every_call_is_told() -> None:
    *_, table = report.about_sweep(SWEEP)

    assert table.splitlines()[2:] == [
        "| seconds | 2.00 (1.00 to 3.00) |",
        "| MiB, idle | 40 |",
        "| MiB, at most | 120 |",
        "| AWS: `DescribeVolumes` | 10 |",
        "| AWS: `DescribeInstances` | 16 |",
        "| Kubernetes: `/api/v1/nodes` | 60 |",
        "| Kubernetes: `/version` | 1 |",
    ]
