"""How ELBv2 speaks: parameters in, XML out, refusals, pages.

Built on ministack's own helpers, so that an answer of ours cannot be told from one of its.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from ministack.services import alb

Params: TypeAlias = Mapping[str, Any]
"""A decoded query-protocol request: flat names such as `Attributes.member.1.Key`."""

Answer: TypeAlias = tuple[int, dict[str, str], bytes]
Handler: TypeAlias = Callable[[Params], Answer]

PAGE_LIMIT = 400
"""Most records of one page: botocore elbv2/2015-12-01, shape PageSize."""


class RefusedError(Exception):
    """The service refuses the call; *code* is the wire code that a client sees."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def answering(handler: Handler) -> Handler:
    """Let *handler* raise RefusedError where ministack's handlers return an error answer."""

    def answer(params: Params) -> Answer:
        try:
            return handler(params)
        except RefusedError as refusal:
            refused: Answer = alb._error(refusal.code, refusal.message)
            return refused

    return answer


def parameter(params: Params, name: str, default: str = "") -> str:
    """Read one scalar parameter."""
    value: str = alb._p(params, name, default)
    return value


def listed(params: Params, name: str) -> list[str]:
    """Read the scalars `name.member.1`, `name.member.2` and so on."""
    values: list[str] = alb._parse_member_list(params, name)
    return values


def answer(action: str, inner: str) -> Answer:
    """Wrap *inner* as the successful result of *action*."""
    success: Answer = alb._xml(200, action, inner)
    return success


def empty(action: str) -> Answer:
    """Answer a success that has no content."""
    success: Answer = alb._empty(action)
    return success


def element(name: str, value: object) -> str:
    """Write one element with its text escaped, booleans as AWS writes them."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def members(name: str, values: Iterable[str]) -> str:
    """Write a list element; *values* are XML already."""
    return f"<{name}>{''.join(f'<member>{value}</member>' for value in values)}</{name}>"


def page(params: Params, records: Mapping[str, dict[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Cut one page of *records* (by ARN) and the XML of its NextMarker.

    The marker names the last record shown, so that a record deleted between two pages shifts nothing.
    """
    size = int(parameter(params, "PageSize", str(PAGE_LIMIT)))
    if not 1 <= size <= PAGE_LIMIT:
        limit = f"Member must have value between 1 and {PAGE_LIMIT}"
        raise RefusedError("ValidationError", f"Value '{size}' at 'pageSize' failed to satisfy constraint: {limit}")
    marker = parameter(params, "Marker")
    after = _arn_of(marker) if marker else ""
    arns = sorted(arn for arn in records if arn > after)
    shown = arns[:size]
    more = element("NextMarker", urlsafe_b64encode(shown[-1].encode()).decode()) if len(arns) > size else ""
    return [records[arn] for arn in shown], more


def _arn_of(marker: str) -> str:
    try:
        return urlsafe_b64decode(marker).decode()
    except ValueError as broken:
        raise RefusedError("ValidationError", f"Invalid marker: '{marker}'") from broken
