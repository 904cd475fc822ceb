"""What each automation may do: a file an automation, in which ALLOWED says it."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from infra.automation import discover


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What the functions of one automation may do."""

    functions: Mapping[str, AbstractSet[str]]
    """All actions where no cluster is registered, by entry point."""

    with_clusters: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    """What registered clusters add, beside the way to them; by entry point."""

    used: Callable[[], Mapping[str, AbstractSet[str]]]
    """Plays each entry point, and returns the actions that it was seen to use itself."""

    reading: AbstractSet[str]
    """Entry points that may change nothing but their log."""

    unnamed: AbstractSet[str]
    """Actions on all resources, since AWS knows none that could be named."""

    bound_by: Sequence[Mapping[str, Any]]
    """Conditions, one of which each change of what is not this stack's own is under."""


def _found() -> dict[str, Allowed]:
    modules = {module.name: importlib.import_module(f"{__name__}.{module.name}") for module in _files()}
    return {name: module.ALLOWED for name, module in modules.items()}


def _files() -> list[pkgutil.ModuleInfo]:
    return list(pkgutil.iter_modules(__path__))


ALLOWED = _found()
"""By automation."""

FUNCTIONS = {
    f"{name}.{entry_point}": actions for name, one in ALLOWED.items() for entry_point, actions in one.functions.items()
}
"""All actions of each function, as `<automation>.<entry point>`."""

WITH_CLUSTERS = {
    name: ALLOWED[automation].with_clusters.get(entry_point, set())
    for name in FUNCTIONS
    for automation, entry_point in [name.split(".")]
}
"""What registered clusters add to each function, beside the way to them."""

REACHING = [name for name in FUNCTIONS if "kubernetes" in discover()[name.partition(".")[0]].LAYERS]
"""Functions that reach registered clusters."""
