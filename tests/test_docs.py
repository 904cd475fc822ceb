"""The docs say what the code does, and their links lead somewhere."""

import importlib
import re
from pathlib import Path

import pytest

from kube.kubeconfig import INSTEAD
from local.environment import ROOT
from local.reference import mermaid, pages

AUTOMATIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
MARKDOWN = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CLUSTERS_PAGE = ROOT / "docs" / "kubernetes-access.md"
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#([^)]+))?\)")


def test_generated_parts_are_those_that_make_docs_writes() -> None:
    written = {page.name: (page.read_text(encoding="utf-8"), text) for page, text in pages()}

    assert "proxy-protocol.md" in written
    assert [name for name, (is_now, should_be) in written.items() if is_now != should_be] == []


@pytest.mark.parametrize("automation", AUTOMATIONS)
def test_decision_table_in_the_docs_has_a_row_for_each_verdict(automation: str) -> None:
    verdicts = importlib.import_module(f"functions.{automation}.decision").Verdict
    text = (ROOT / "docs" / f"{automation.replace('_', '-')}.md").read_text(encoding="utf-8")

    assert [verdict for verdict in verdicts if f"| `{verdict}` |" not in text] == []
    assert len(verdicts) > 1


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        file = page.parent / target
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(f"{target}#{anchor}")

    assert broken == []


def test_page_on_clusters_names_every_shipped_role() -> None:
    text = CLUSTERS_PAGE.read_text(encoding="utf-8")

    roles = [path.name for path in (ROOT / "docs" / "rbac").iterdir()]
    assert "pitcrew.yaml" in roles
    assert [name for name in roles if f"docs/rbac/{name}" not in text] == []


def test_page_on_clusters_says_what_a_kubeconfig_may_not_hold_and_what_to_write_instead() -> None:
    part = CLUSTERS_PAGE.read_text(encoding="utf-8").partition("| field | instead |")[2].partition("## ")[0]

    rows = re.findall(r"^\| (`.+`) \| (.+) \|$", part, re.MULTILINE)
    assert {field: advice for fields, advice in rows for field in re.findall(r"`([^`]+)`", fields)} == INSTEAD


def test_readme_is_one_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 100


def test_picture_of_a_machine_shows_a_map_as_a_box_of_its_own_with_the_loop_in_it() -> None:
    look = {"Type": "Task", "Next": "Is it done?"}
    done = {"Type": "Choice", "Choices": [{"Condition": "{% $x = 'no' %}", "Next": "Wait"}], "Default": "Over"}
    loop = {
        "Look": look,
        "Is it done?": done,
        "Wait": {"Type": "Wait", "Next": "Look"},
        "Over": {"End": True, "Type": "Pass"},
    }
    each = {"Type": "Map", "ItemProcessor": {"StartAt": "Look", "States": loop}, "Next": "Tell"}

    picture = mermaid({"StartAt": "Each", "States": {"Each": each, "Tell": {"Type": "Task", "End": True}}})

    assert picture.splitlines() == [
        "```mermaid",
        "flowchart TD",
        "  start((start)) --> s0",
        '  subgraph s0["Each"]',
        "    s0each((each)) --> s1",
        '    s1["Look"]',
        '    s2{"Is it done?"}',
        '    s3(["Wait"])',
        '    s4["Over"]',
        "    s1 --> s2",
        "    s2 -->|yes| s3",
        "    s2 -->|no| s4",
        "    s3 --> s1",
        "    s4 --> s0done((done))",
        "  end",
        '  s5["Tell"]',
        "  s0 --> s5",
        "  s5 --> done((done))",
        "```",
    ]


def test_picture_of_a_machine_names_what_one_of_several_choices_is_about() -> None:
    choices = [{"Condition": f"{{% $next = '{word}' %}}", "Next": "A"} for word in ("act", "wait")]
    states = {"A": {"Type": "Choice", "Choices": choices, "Default": "A"}}

    arrows = mermaid({"StartAt": "A", "States": states}).splitlines()[4:-1]

    assert arrows == ["  s0 -->|act| s0", "  s0 -->|wait| s0", "  s0 -->|else| s0"]


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
