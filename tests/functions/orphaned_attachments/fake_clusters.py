"""Clusters in memory, as the layer `kube` asks them; what is written is kept as it was sent, and not played.

Over 120 lines because an API server and the registry before it are one story.
"""

import json
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http import HTTPStatus

import kube
from kube.exchange import Request
from tests.functions.orphaned_attachments.raw_objects import STORAGE, Object

LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
EVENTS = "/api/v1/namespaces/default/events"
WHERE = {"nodes": "/api/v1/nodes", "persistentvolumes": "/api/v1/persistentvolumes", "leases": LEASES}
WHERE |= {kind: f"{STORAGE}/{kind}" for kind in ("csinodes", "volumeattachments")}


@dataclass
class FakeApiServer:
    """One cluster's API server."""

    objects: dict[str, Object] = field(default_factory=dict)
    """By path."""

    version: str = "31"
    troubles: dict[str, kube.KubeError] = field(default_factory=dict)
    """What is raised for a verb and a path, such as `GET /version`."""

    requests: list[Request] = field(default_factory=list)

    def has(self, kind: str, *found: Object) -> None:
        """Have objects of a kind, by its plural."""
        for one in found:
            name, namespace = one["metadata"]["name"], one["metadata"].get("namespace")
            self.objects[f"{WHERE.get(kind, f'/api/v1/namespaces/{namespace}/{kind}')}/{name}"] = one

    def clock(self) -> float:
        return 0.0

    def request(self, request: Request, *, end: float) -> Object:
        assert end > 0
        self.requests.append(request)
        if str(request) in self.troubles:
            raise self.troubles[str(request)]
        if request.path == "/version":
            return {"major": "1", "minor": self.version}
        if "limit" in request.query:
            return self._page(request)
        if request.method == "POST":
            return self._create(f"{request.path}/{sent(request)['metadata']['name']}", sent(request))
        path = request.path.removesuffix("/status")
        if path not in self.objects:
            raise kube.NotFoundError(f"{request}: HTTP {HTTPStatus.NOT_FOUND}")
        if request.method == "DELETE":
            return self.objects.pop(path)
        return {**self.objects[path], "metadata": {**self.objects[path]["metadata"], "resourceVersion": "8"}}

    def _page(self, request: Request) -> Object:
        kind = request.path.rpartition("/")[2]
        found = [one for path, one in self.objects.items() if path.split("/")[-2] == kind]
        if "fieldSelector" in request.query:
            node_name = request.query["fieldSelector"].removeprefix("spec.nodeName=")
            found = [one for one in found if one["spec"].get("nodeName") == node_name]
        start, size = int(request.query.get("continue", "0")), int(request.query["limit"])
        more = {"continue": str(start + size)} if start + size < len(found) else {}
        return {"metadata": more, "items": found[start : start + size]}

    def _create(self, path: str, body: Object) -> Object:
        if path in self.objects:
            raise kube.ConflictError(f"{path} exists")
        self.objects[path] = body
        return body

    @property
    def writes(self) -> list[Request]:
        return [request for request in self.requests if request.is_mutation]

    @property
    def events(self) -> list[Object]:
        return [one for path, one in self.objects.items() if path.startswith(EVENTS)]


def sent(request: Request) -> Object:
    """Return the body of a request."""
    body: Object = json.loads(request.body or b"null")
    return body


@dataclass
class FakeClusters:
    """The registered clusters, as the layer `kube` tells of them."""

    servers: dict[str, FakeApiServer] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    """Ids by name, where they differ."""

    patterns: tuple[str, ...] = ()
    """Registered beside the servers that no pattern matches."""

    troubles: dict[str, kube.KubeError] = field(default_factory=dict)
    """What is raised for a name, by `connect` and `members`."""

    def connect(self, name: str, *, seconds: float, owns: object = None) -> kube.Cluster:  # noqa: ARG002 (the layer's)
        if name in self.troubles:
            raise self.troubles[name]
        return kube.Cluster(self.servers[name], seconds=seconds)

    def names(self) -> list[str]:
        return [name for name in self.servers if not self._is_covered(name)] + list(self.patterns)

    def registered(self, cluster_id: str) -> str | None:
        by_id = {self.id_of(name): name for name in self.servers}
        return by_id.get(cluster_id)

    def id_of(self, name: str) -> str:
        return self.ids.get(name, name)

    def members(self, name: str, *, seconds: float = 0, owns: object = None) -> list[str]:  # noqa: ARG002 (the layer's)
        if name in self.troubles:
            raise self.troubles[name]
        return [one for one in self.servers if fnmatchcase(one, name)] if name in self.patterns else [name]

    def _is_covered(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.patterns)
