"""What an operator asks for: the input of a state machine's execution."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

_KEYS = ("target", "apply")
_EXAMPLES = '{} or {"target": "…"} to plan, {"apply": "<plan id>"} to apply a plan'


class BadInputError(ValueError):
    """The operator's input is not understood; the message names the key and gives an example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an operator typed; at most one of the two is not empty."""

    target: str = ""
    apply: str = ""

    @classmethod
    def parse(cls, given: object) -> "Request":
        """Read the input of an execution. Raises BadInputError."""
        if not isinstance(given, dict):
            raise BadInputError(f"the input is {json.dumps(given)[:100]}, and must be an object: {_EXAMPLES}")
        asked = {key: value for key, value in given.items() if key != "Comment"}
        for key, value in asked.items():
            _check(key, value)
        if len(asked) > 1:
            raise BadInputError(f"'target' and 'apply' do not go together: a plan knows its target. Give {_EXAMPLES}")
        return cls(**asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """The execution that calls a function, and what was asked of it."""

    arn: str
    name: str
    request: Request

    @classmethod
    def parse(cls, event: Mapping[str, Any]) -> "Execution":
        """Read what the state machine sends. Raises BadInputError, of an operator's mistake or of a call by hand."""
        execution = event.get("execution")
        if not isinstance(execution, dict) or not {"id", "name"} <= execution.keys():
            raise BadInputError("this function is called by its state machine: start that one instead")
        return cls(arn=execution["id"], name=execution["name"], request=Request.parse(event.get("input")))


def _check(key: str, value: object) -> None:
    if key not in _KEYS:
        nearest = get_close_matches(key, _KEYS, n=1, cutoff=0)[0]
        raise BadInputError(f"the key {key!r} is unknown; the nearest is {nearest!r}. Give {_EXAMPLES}")
    if not isinstance(value, str) or not value.strip():
        raise BadInputError(f"{key!r} is {json.dumps(value)}, and must be a text that is not empty. Give {_EXAMPLES}")
