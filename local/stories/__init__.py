"""The stories that `make demo` and tests/local play, a file an automation; each names its lines in LINES."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from local.stage import Stage
from local.story import Row


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story: a sentence that is true once *play* has ended."""

    says: str
    play: Callable[[Stage], list[Row]]
    needs_cluster: bool = False
    """Whether it can be told only where a Kubernetes control plane runs beside the stand-in."""


def lines() -> Iterator[Line]:
    """Yield the lines of every story there is, automation by automation."""
    for module in pkgutil.iter_modules(__path__):
        yield from importlib.import_module(f"{__name__}.{module.name}").LINES
