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
from typing import Any, TypeAlias

from local.environment import ROOT

Definition: TypeAlias = dict[str, Any]
"""A state machine, or a part of one, in Amazon States Language."""

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
    """Return the rows of a decision in their order, and behind them what a write can make of it, where it has a say."""
    outcomes = getattr(rules, "WRITE_OUTCOMES", {})
    lines = ["| verdict | when | effect | remedy |", "|---|---|---|---|"]
    lines += [f"| `{rule.verdict}` | {rule.when} | {rule.effect} | {rule.remedy} |" for rule in rules.RULES]
    lines += [f"| `{verdict}` | {when} | {effect} | |" for verdict, (when, effect) in outcomes.items()]
    return "\n".join(lines) + "\n"


def mermaid(definition: Definition) -> str:
    """Return a state machine as a Mermaid flowchart; the states of a Map stand in a box of its name."""
    ids = {name: f"s{number}" for number, name in enumerate(_names(definition))}
    lines = [f"  start((start)) --> {ids[definition['StartAt']]}", *_drawn(definition, ids, end="done")]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def _names(definition: Definition) -> Iterator[str]:
    for name, state in definition["States"].items():
        yield name
        if "ItemProcessor" in state:
            yield from _names(state["ItemProcessor"])


def _drawn(definition: Definition, ids: dict[str, str], *, end: str) -> Iterator[str]:
    """Yield the lines of all states, then of all arrows; *end* is the id of where the last ones lead."""
    for name, state in definition["States"].items():
        if "ItemProcessor" in state:
            yield from _box(name, state["ItemProcessor"], ids)
        else:
            yield f"  {ids[name]}{_shape(name, state)}"
    for name, state in definition["States"].items():
        yield from (f"  {ids[name]} {arrow}" for arrow in _arrows(state, ids, end=end))


def _box(name: str, definition: Definition, ids: dict[str, str]) -> Iterator[str]:
    yield f'  subgraph {ids[name]}["{name}"]'
    yield f"    {ids[name]}each((each)) --> {ids[definition['StartAt']]}"
    yield from (f"  {line}" for line in _drawn(definition, ids, end=f"{ids[name]}done"))
    yield "  end"


def _shape(name: str, state: Definition) -> str:
    left, right = {"Choice": ("{", "}"), "Fail": ("[/", "/]"), "Wait": ("([", "])")}.get(state["Type"], ("[", "]"))
    return f'{left}"{name}"{right}'


def _arrows(state: Definition, ids: dict[str, str], *, end: str) -> Iterator[str]:
    choices = state.get("Choices", [])
    for choice in choices:
        yield f"-->|{_answer(choice) if len(choices) > 1 else 'yes'}| {ids[choice['Next']]}"
    if "Default" in state:
        yield f"-->|{'else' if len(choices) > 1 else 'no'}| {ids[state['Default']]}"
    if "Next" in state:
        yield f"--> {ids[state['Next']]}"
    for catch in state.get("Catch", []):
        yield f"-.->|{', '.join(catch['ErrorEquals'])}| {ids[catch['Next']]}"
    if state.get("End"):
        yield f"--> {end}((done))"


def _answer(choice: Definition) -> str:
    """Return what distinguishes one of several choices: the words that its condition quotes."""
    return ", ".join(re.findall(r"'([^']*)'", choice["Condition"]))


def main() -> None:
    """Write every page."""
    for page, text in pages():
        page.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{page.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
