"""A request in, a page of a list out, as the API server writes it: `limit`, `continue`, gzip.

Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATH = "/api/v1/nodes"
STORAGE = "/apis/storage.k8s.io/v1"
PAGE = 250
KINDS = {
    PATH: ("v1", "Node"),
    "/api/v1/persistentvolumes": ("v1", "PersistentVolume"),
    f"{STORAGE}/csinodes": ("storage.k8s.io/v1", "CSINode"),
    f"{STORAGE}/volumeattachments": ("storage.k8s.io/v1", "VolumeAttachment"),
}
"""What can be listed, as version and kind."""

VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.2"}

Object = dict[str, Any]


class Api:
    """Lists by path, each page of them written once: what a client waits for is its own work and not ours."""

    def __init__(self, lists: Mapping[str, Iterable[Object]]) -> None:
        self._lists = {path: [_written(one) for one in objects] for path, objects in lists.items()}
        self._pages: dict[tuple[str, str, bool], bytes] = {}
        self.requests: Counter[str] = Counter()
        """By path, since the last who looked has cleared them."""

    def warm(self) -> None:
        """Write the pages of every list by PAGE, plain and packed."""
        for path, objects in self._lists.items():
            for start in range(0, len(objects), PAGE):
                for is_packed in (False, True):
                    self.answer(f"{path}?limit={PAGE}&continue={start or ''}", is_packed=is_packed)
        self.requests.clear()

    def answer(self, target: str, *, is_packed: bool) -> bytes | None:
        """Return the body that answers *target*; None where there is nothing."""
        asked = urlsplit(target)
        self.requests[asked.path] += 1
        if asked.path == "/version":
            page = _written(VERSION).encode()
            return gzip.compress(page) if is_packed else page
        if asked.path not in self._lists:
            return None
        query = parse_qs(asked.query)
        start = int(query.get("continue", ["0"])[0])
        size = int(query.get("limit", ["0"])[0]) or len(self._lists[asked.path])
        key = asked.path, f"{start} {size}", is_packed
        if key not in self._pages:
            page = self._page(asked.path, start, size)
            self._pages[key] = gzip.compress(page, compresslevel=1) if is_packed else page
        return self._pages[key]

    def _page(self, path: str, start: int, size: int) -> bytes:
        version, kind = KINDS[path]
        left = max(len(self._lists[path]) - start - size, 0)
        more = {"continue": str(start + size), "remainingItemCount": left} if left else {}
        metadata = json.dumps({"resourceVersion": "1"} | more)
        items = ",".join(self._lists[path][start : start + size])
        return f'{{"kind":"{kind}List","apiVersion":"{version}","metadata":{metadata},"items":[{items}]}}'.encode()


def _written(thing: Object) -> str:
    return json.dumps(thing, separators=(",", ":"))
