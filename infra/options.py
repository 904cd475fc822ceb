"""Values of cdk.json as what the fields of an options dataclass are: its type hints say how each is read."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

_DURATION = re.compile(r"([1-9]\d{0,3}) (minute|hour|day)s?")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}

Reader = Callable[[Any, object, str], object]
"""Reads a value as a type, or raises ConfigError for the path."""


class ConfigError(ValueError):
    """What is configured cannot be: where, what was given, what is allowed, and what may have been meant."""

    def __init__(self, path: str, given: object, allowed: str, *, known: Iterable[str] = ()) -> None:
        meant = get_close_matches(str(given), list(known), n=1)
        hint = f" (did you mean {_shown(meant[0])}?)" if meant else ""
        super().__init__(f"{path}: {_shown(given)} was given{hint}; allowed: {allowed}")


def read_object(value: object, path: str, *, known: Iterable[str] | None = None) -> Mapping[str, Any]:
    """Return *value* if it is an object with no other keys than those *known* (None: any)."""
    if not isinstance(value, Mapping):
        raise ConfigError(path, value, 'an object, {"key": value, …}')
    names = list(value if known is None else known)
    for key in value:
        if key not in names:
            raise ConfigError(path, key, f"the keys {', '.join(names)}", known=names)
    return value


def read_block(kind: type[Any], block: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Read the values of *block*, whose keys are fields of the dataclass *kind*.

    Its `LIMITS`, where it has any, are the least and the most of a field, as they would be written in cdk.json.
    """
    hints = get_type_hints(kind)
    limits = getattr(kind, "LIMITS", {})
    return {key: _read(hints[key], value, f"{path}.{key}", limits.get(key)) for key, value in block.items()}


def _read(kind: type[Any], value: object, path: str, limits: tuple[Any, Any] | None) -> object:
    if hasattr(kind, "read"):  # a class that takes other JSON than text
        return kind.read(value, path)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ConfigError(path, value, "a list, […]")
        return tuple(_read_one(get_args(kind)[0], item, f"{path}[{index}]") for index, item in enumerate(value))
    result: Any = _read_one(kind, value, path)
    if limits:
        least, most = limits
        if not _read_one(kind, least, path) <= result <= _read_one(kind, most, path):
            raise ConfigError(path, value, f"from {_shown(least)} to {_shown(most)}")
    return result


def _read_one(kind: type[Any], value: object, path: str) -> Any:  # noqa: ANN401 (an instance of *kind*)
    """Read a value that is no list; a class that is in no row of `_READERS` has a classmethod `parse`."""
    reader = next((reader for base, reader in _READERS if issubclass(kind, base)), _parsed)
    return reader(kind, value, path)


def _enum(kind: type[Enum], value: object, path: str) -> Enum:
    allowed = [str(member.value) for member in kind]
    if value not in allowed:
        raise ConfigError(path, value, ", ".join(allowed), known=allowed)
    return kind(value)


def _duration(_kind: type[timedelta], value: object, path: str) -> timedelta:
    written = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not written:
        raise ConfigError(path, value, 'a whole number of minutes, hours or days, such as "15 minutes"')
    return int(written[1]) * _UNITS[written[2]]


def _plain(types: tuple[type, ...], allowed: str) -> Reader:
    """Make the reader of a type that JSON has; by `type`, since True is an int to `isinstance`."""

    def read(_kind: type[Any], value: object, path: str) -> object:
        if type(value) not in types:
            raise ConfigError(path, value, allowed)
        return value

    return read


def _text(_kind: type[str], value: object, path: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConfigError(path, value, "text that is not empty")
    return value


def _parsed(kind: type[Any], value: object, path: str) -> object:
    text = _text(str, value, path)
    try:
        return kind.parse(text)
    except ValueError as error:
        raise ConfigError(path, value, str(error)) from error


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_READERS: tuple[tuple[type, Reader], ...] = (
    (Enum, _enum),
    (timedelta, _duration),
    (bool, _plain((bool,), "true or false")),
    (int, _plain((int,), "a whole number")),
    (float, _plain((int, float), "a number")),
    (str, _text),
)
"""First row that a type belongs to: a StrEnum is text to Python, too."""
