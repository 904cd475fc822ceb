"""Every way to break a good event in one place."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

WRONG: list[Any] = [None, 5, 1.5, "x", "", [], {}, True, [[]], [None], {"x": 1}]
"""One of each type, in place of whatever a good event has there."""


def ways_to_break(event: Mapping[str, Any]) -> Iterator[str]:
    """Remove each key, and put each wrong type in each place; as JSON."""
    for *outer, last in _paths(event):
        for wrong in ("removed", *WRONG):
            broken = deepcopy(event)
            place: Any = broken
            for key in outer:
                place = place[key]
            if wrong == "removed":
                del place[last]
            else:
                place[last] = wrong
            yield json.dumps(broken)


def _paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every place in *value*, from the outside in."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from _paths(one, (*path, key))
