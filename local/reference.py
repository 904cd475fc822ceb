"""`make docs`: writes into docs/ what the code knows better: decision tables, and pictures of state machines.

A docs page holds markers such as `<!-- generated: decision table -->`; what stands between one and the next
`<!-- end -->` is replaced.
"""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.environment import ROOT

_PART = re.compile(r"(<!-- generated: (?P<what>[^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> Iterator[tuple[Path, str]]:
    """Yield every docs page of an automation and what it should say."""
    for folder in sorted((ROOT / "functions").glob("*/")):
        page = ROOT / "docs" / f"{folder.name.replace('_', '-')}.md"
        if page.exists():
            yield page, render(page.read_text(encoding="utf-8"), automation=folder.name)


def render(text: str, *, automation: str) -> str:
    """Return *text* with its generated parts made anew."""
    return _PART.sub(lambda part: f"{part[1]}{_generated(part['what'], automation)}{part[3]}", text)


def _generated(what: str, automation: str) -> str:
    if what == "decision table":
        return decision_table(importlib.import_module(f"functions.{automation}.decision.rules"))
    definition = ROOT / "infra" / "automations" / automation / what
    return mermaid(json.loads(definition.read_text(encoding="utf-8")))


def decision_table(rules: Any) -> str:  # noqa: ANN401 (the rules module of any automation)
    """Return the rows of a decision in their order, and the outcomes of a write behind them."""
    lines = ["| verdict | when | effect | remedy |", "|---|---|---|---|"]
    lines += [f"| `{rule.verdict}` | {rule.when} | {rule.effect} | {rule.remedy} |" for rule in rules.RULES]
    lines += [f"| `{verdict}` | {when} | {effect} | |" for verdict, (when, effect) in rules.WRITE_OUTCOMES.items()]
    return "\n".join(lines) + "\n"


def mermaid(definition: dict[str, Any]) -> str:
    """Return a state machine as a Mermaid flowchart."""
    states = definition["States"]
    ids = {name: f"s{number}" for number, name in enumerate(states)}
    lines = ["```mermaid", "flowchart TD", f"  start((start)) --> {ids[definition['StartAt']]}"]
    lines += [f"  {ids[name]}{_shape(name, state)}" for name, state in states.items()]
    lines += [f"  {ids[name]} {arrow}" for name, state in states.items() for arrow in _arrows(state, ids)]
    return "\n".join([*lines, "```", ""])


def _shape(name: str, state: dict[str, Any]) -> str:
    left, right = {"Choice": ("{", "}"), "Fail": ("[/", "/]")}.get(state["Type"], ("[", "]"))
    return f'{left}"{name}"{right}'


def _arrows(state: dict[str, Any], ids: dict[str, str]) -> Iterator[str]:
    for choice in state.get("Choices", []):
        yield f"-->|yes| {ids[choice['Next']]}"
    if "Default" in state:
        yield f"-->|no| {ids[state['Default']]}"
    if "Next" in state:
        yield f"--> {ids[state['Next']]}"
    for catch in state.get("Catch", []):
        yield f"-.->|{', '.join(catch['ErrorEquals'])}| {ids[catch['Next']]}"
    if state.get("End"):
        yield "--> done((done))"


def main() -> None:
    """Write every page."""
    for page, text in pages():
        page.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{page.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
