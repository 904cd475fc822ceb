"""Clusters in memory, as the functions ask them: held to a real API server in tests/cluster/test_services.py."""

import json
from dataclasses import dataclass, field
from typing import Any

import kube
from kube.exchange import Request

SERVICE = "/api/v1/namespaces/shop/services/web"
PODS = "/api/v1/namespaces/shop/pods"
CONFIG_MAP = "/api/v1/namespaces/shop/configmaps/nginx"
EVENTS = "/api/v1/namespaces/shop/events"

Object = dict[str, Any]


@dataclass
class FakeApiServer:
    """One cluster's API server: objects and lists by path, and what goes wrong where."""

    objects: dict[str, Object] = field(default_factory=dict)
    troubles: dict[str, kube.KubeError] = field(default_factory=dict)
    """What is raised for a path."""

    calls: list[str] = field(default_factory=list)
    events: dict[str, Object] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    """How long each request might take."""

    def clock(self) -> float:
        return 0.0

    def request(self, request: Request, *, end: float) -> Object:
        self.calls.append(str(request))
        self.seconds.append(end)
        if request.path in self.troubles:
            raise self.troubles[request.path]
        if request.method == "POST":
            return self._create(json.loads(request.body or b""))
        if "limit" in request.query:
            return self.objects.get(request.path, {"metadata": {}, "items": []})
        if request.path not in self.objects:
            raise kube.NotFoundError(f"{request}: not found")
        return self.objects[request.path]

    def _create(self, event: Object) -> Object:
        name = event["metadata"]["name"]
        if name in self.events:
            raise kube.ConflictError(f"{name} exists")
        self.events[name] = event
        return event

    def has_service(self, annotations: dict[str, str] | None = None, *, policy: str = "Cluster") -> None:
        """Have the Service shop/web, with a selector."""
        self.objects[SERVICE] = {
            "metadata": {"uid": "0b9b4f6e", "annotations": {"kubectl.example/x": "y", **(annotations or {})}},
            "spec": {"externalTrafficPolicy": policy, "selector": {"app": "web"}},
        }

    def has_nginx(self, *, use_proxy_protocol: str | None, arguments: tuple[str, ...] = ()) -> None:
        """Have a pod of ingress-nginx behind it, and its ConfigMap."""
        named = arguments or ("/nginx-ingress-controller", "--configmap=$(POD_NAMESPACE)/nginx")
        pod = {"metadata": {"uid": "1", "namespace": "shop"}, "spec": {"containers": [{"args": list(named)}]}}
        self.objects[PODS] = {"metadata": {}, "items": [pod]}
        data = {} if use_proxy_protocol is None else {"use-proxy-protocol": use_proxy_protocol}
        self.objects[CONFIG_MAP] = {"data": data}

    @property
    def said(self) -> list[tuple[str, str]]:
        """Type and reason of each Event, in order."""
        return [(event["type"], event["reason"]) for event in self.events.values()]


@dataclass
class FakeClusters:
    """The registered clusters, by name; here a name is also the id in the tags."""

    servers: dict[str, FakeApiServer] = field(default_factory=dict)
    troubles: dict[str, kube.KubeError] = field(default_factory=dict)
    """What connecting to a cluster raises."""

    ids: dict[str, str] = field(default_factory=dict)
    """Names by id, where they differ."""

    def connect(self, name: str, *, seconds: float) -> kube.Cluster:
        if name in self.troubles:
            raise self.troubles[name]
        return kube.Cluster(self.servers[name], seconds=seconds)

    def registered(self, cluster_id: str) -> str | None:
        name = self.ids.get(cluster_id, cluster_id)
        return name if name in self.servers or name in self.troubles else None
