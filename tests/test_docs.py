"""The docs say what the code does, and their links lead somewhere."""

import re
from pathlib import Path

import pytest

from kube.kubeconfig import INSTEAD
from local.environment import ROOT
from local.reference import pages

MARKDOWN = sorted(path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CLUSTERS_PAGE = ROOT / "docs" / "kubernetes-access.md"
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)(?:#([^)]+))?\)")


def test_generated_parts_are_those_that_make_docs_writes() -> None:
    written = {page.name: (page.read_text(encoding="utf-8"), text) for page, text in pages()}

    assert "proxy-protocol.md" in written
    assert [name for name, (is_now, should_be) in written.items() if is_now != should_be] == []


def test_decision_table_in_the_docs_has_a_row_for_each_verdict() -> None:
    from functions.proxy_protocol.decision.rules import Verdict  # noqa: PLC0415 (the docs of one automation)

    text = (ROOT / "docs" / "proxy-protocol.md").read_text(encoding="utf-8")

    assert [verdict for verdict in Verdict if f"| `{verdict}` |" not in text] == []


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


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
