"""The page about the Kubernetes API says what was measured, and which goal was missed."""

from collections.abc import Mapping

import pytest

from bench import report_clients
from bench.clients import KUBE, NOBODY, URLLIB3, Clients, Listing
from bench.figures import Sample
from bench.layer import Weight

WEIGHT = Weight(zipped_mib=0.5, compiled=0, own_lines=601)


def _listing(*seconds: float, mib: float) -> Listing:
    return Listing(seconds=Sample(seconds), peak_mib=Sample((mib,) * len(seconds)))


@pytest.fixture
def clients() -> Clients:
    few: Mapping[str, Listing] = {
        NOBODY.name: _listing(0.100, 0.200, 0.150, mib=40),
        KUBE: _listing(0.120, 0.230, 0.175, mib=45.5),
        URLLIB3.name: _listing(0.110, 0.210, 0.160, mib=44),
    }
    many = {name: _listing(seconds, mib=60) for name, seconds in zip(few, (0.1, 0.95, 0.6), strict=True)}
    return Clients(server="a played API server", few=few, many=many)


def test_what_a_client_takes_is_told_pair_by_pair(clients: Clients) -> None:
    goals = {goal.name: goal.cells[1:] for goal in report_clients.goals(clients, WEIGHT)}

    assert goals["`kube`, import to the first 100 Nodes, on top of boto3"] == ("25 ms", "30 ms", "met")
    assert goals["the same, memory"] == ("5.5 MiB", "8.0 MiB", "met")
    assert goals["`kube`, 5,000 Nodes, on top of boto3"] == ("0.85 s", "0.80 s", "**missed**")
    assert goals["Own lines of code in it"] == ("601", "600", "**missed**")


def test_every_client_has_its_row(clients: Clients) -> None:
    few, many = [part for part in report_clients.about(clients, WEIGHT) if part.startswith("|")]

    assert few.splitlines()[2:] == [
        f"| {NOBODY.name} | 150 (100 to 200) |  |  |  |",
        f"| {KUBE} | 175 (120 to 230) | 25 (20 to 30) | 2.5 | 5.5 (5.5 to 5.5) |",
        f"| {URLLIB3.name} | 160 (110 to 210) | 10 (10 to 10) | 1.0 | 4.0 (4.0 to 4.0) |",
    ]
    assert f"| {KUBE} | 0.95 (0.95 to 0.95) | 0.85 (0.85 to 0.85) | 1.7 | 60 |" in many.splitlines()


def test_the_page_says_whose_nodes_they_were(clients: Clients) -> None:
    assert any("a played API server, 15 turns" in part for part in report_clients.about(clients, WEIGHT))
