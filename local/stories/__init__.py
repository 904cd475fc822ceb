"""The stories that `make demo` and tests/local play, a file an automation; each names its lines in LINES."""

import importlib
import pkgutil
from collections.abc import Iterator

from local.stage import Line


def lines() -> Iterator[Line]:
    """Yield the lines of every story there is, automation by automation."""
    for module in pkgutil.iter_modules(__path__):
        yield from importlib.import_module(f"{__name__}.{module.name}").LINES
