"""Patches as the API server applies them: JSON patch, merge patch, and strategic merge of conditions."""

from collections.abc import Mapping, Sequence
from typing import Any

import kube

Object = dict[str, Any]

MERGED_BY_TYPE = "conditions"
"""The one list in what is patched here that strategic merge knows a key of."""


def patched(found: Object, patch: Any, kind: str) -> Object:  # noqa: ANN401 (any JSON)
    """Return *found* as *patch* leaves it. Raises InvalidError where a `test` fails."""
    if kind == kube.JSON_PATCH:
        for operation in patch:
            _apply(found, operation)
        return found
    merged = _merged(found, patch, is_strategic=kind == kube.STRATEGIC)
    assert isinstance(merged, dict)
    return merged


def check_identity(path: str, before: Object, after: Object) -> None:
    """Refuse a patch that is of another version (ConflictError), or of another object (InvalidError)."""
    if before["metadata"]["resourceVersion"] != after["metadata"]["resourceVersion"]:
        raise kube.ConflictError(f"{path}: the object has been modified")
    if before["metadata"]["uid"] != after["metadata"]["uid"]:
        raise kube.InvalidError(f"{path}: metadata.uid: field is immutable")


def _apply(found: Object, operation: Mapping[str, Any]) -> None:
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    try:
        target: Any = found
        for part in parents:
            target = target[int(part) if isinstance(target, list) else part]
        key: Any = int(last) if isinstance(target, list) and last != "-" else last
        match operation["op"]:
            case "test" if target[key] != operation["value"]:
                raise kube.InvalidError(f"the test of {operation['path']} failed")
            case "add" if isinstance(target, list):
                target.insert(len(target) if key == "-" else key, operation["value"])
            case "add":
                target[key] = operation["value"]
            case "remove":
                del target[key]
    except (KeyError, IndexError, TypeError) as error:
        raise kube.InvalidError(f"there is nothing at {operation['path']}") from error


def _merged(there: Any, new: Any, *, is_strategic: bool) -> Any:  # noqa: ANN401 (any JSON)
    if not isinstance(new, Mapping):
        return new
    merged = dict(there) if isinstance(there, Mapping) else {}
    for key, value in new.items():
        if value is None:
            merged.pop(key, None)
        elif is_strategic and key == MERGED_BY_TYPE:
            merged[key] = _by_type(merged.get(key) or [], value)
        else:
            merged[key] = _merged(merged.get(key), value, is_strategic=is_strategic)
    return merged


def _by_type(there: Sequence[Object], new: Sequence[Object]) -> list[Object]:
    return list(({one["type"]: one for one in there} | {one["type"]: one for one in new}).values())
