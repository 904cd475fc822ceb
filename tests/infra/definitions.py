"""The state machines, read as a person sees them: those in a Map are states too."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from infra import ROOT

FILES = sorted((ROOT / "infra").rglob("*.asl.json"))

Definition = Mapping[str, Any]


def load(name: str) -> Definition:
    """Read the definition of the machine `<stack>-<name>`."""
    (path,) = (path for path in FILES if path.name == f"{name}.asl.json")
    loaded: Definition = json.loads(path.read_text())
    return loaded


def states_of(definition: Definition) -> Iterator[tuple[str, Definition]]:
    """Yield every state and its name, those of a Map after it."""
    for name, state in definition["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])


def ways_into(definition: Definition, names: set[str]) -> list[str]:
    """Return the condition of each way into the states *names*; `always` where there is none."""
    ways = [
        (way.get("Next"), way.get("Condition", "always"))
        for _, state in states_of(definition)
        for way in [state, {"Next": state.get("Default")}, *state.get("Choices", []), *state.get("Catch", [])]
    ]
    return [condition for target, condition in ways if target in names]
