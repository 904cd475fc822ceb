"""A request in, a page of the list of Nodes out, as the API server writes it: `limit`, `continue`, gzip.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
"""

import gzip
import json
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from bench.cluster.nodes import Node

PATH = "/api/v1/nodes"
PAGE = 250


class NodeList:
    """Nodes, each page of them written once: what a client waits for is its own work and not ours."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = [json.dumps(node, separators=(",", ":")) for node in nodes]
        self._written: dict[tuple[str, bool], bytes] = {}

    def warm(self) -> None:
        """Write the pages of a list by PAGE, plain and packed."""
        for start in range(0, len(self._nodes), PAGE):
            for is_packed in (False, True):
                self.answer(f"{PATH}?limit={PAGE}&continue={start or ''}", is_packed=is_packed)

    def answer(self, target: str, *, is_packed: bool) -> bytes | None:
        """Return the body that answers *target*; None where there is nothing."""
        asked = urlsplit(target)
        if asked.path != PATH:
            return None
        query = parse_qs(asked.query)
        start = int(query.get("continue", ["0"])[0])
        size = int(query.get("limit", ["0"])[0]) or len(self._nodes)
        key = f"{start} {size}", is_packed
        if key not in self._written:
            page = self._page(start, size)
            self._written[key] = gzip.compress(page, compresslevel=1) if is_packed else page
        return self._written[key]

    def _page(self, start: int, size: int) -> bytes:
        left = max(len(self._nodes) - start - size, 0)
        more = {"continue": str(start + size), "remainingItemCount": left} if left else {}
        metadata = json.dumps({"resourceVersion": "1"} | more)
        items = ",".join(self._nodes[start : start + size])
        return f'{{"kind":"NodeList","apiVersion":"v1","metadata":{metadata},"items":[{items}]}}'.encode()
