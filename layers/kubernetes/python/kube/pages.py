"""A list, page by page, as long as the server remembers it."""

from collections.abc import Callable, Iterator
from typing import Any

from kube.errors import ClusterUnreachableError, ListExpiredError

PAGE = 250
"""Objects asked for at once: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks"""

MOST_RESTARTS = 3
"""Of one list: etcd forgets what is older than five minutes, and nobody here has so long."""


def objects(ask: Callable[..., dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, each once; *ask* gets the query of a page. Raises KubeError."""
    seen: set[str] = set()
    token, restarts = "", 0
    while True:
        try:
            items, token = _page(ask(limit=str(PAGE), **({"continue": token} if token else {})))
        except ListExpiredError:
            restarts += 1
            if not token or restarts > MOST_RESTARTS:
                raise
            token = ""
            continue
        yield from (item for uid, item in items.items() if uid not in seen)
        seen.update(items)
        if not token:
            return


def _page(page: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], str]:
    """Return the objects of a page by uid, and what asks for the next one."""
    try:
        return {item["metadata"]["uid"]: item for item in page["items"] or []}, page["metadata"].get("continue", "")
    except (AttributeError, KeyError, TypeError):
        raise ClusterUnreachableError("the answer is no list of objects") from None
