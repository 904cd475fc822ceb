"""A cluster as a function uses it: the verbs of the Kubernetes API, until a deadline."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from kube.errors import InvalidError
from kube.exchange import Request
from kube.pages import objects

PATH = re.compile(r"(/(?!\.{1,2}(/|$))[\w.:~-]+)+", re.ASCII)
"""A name in a path may come from a tag that anybody wrote: it must not lead to another object."""

MANAGER = "pitcrew"
"""Who changed a field, as `metadata.managedFields` and audit logs show it."""

Object = dict[str, Any]


class PatchKind(StrEnum):
    """How a patch is meant; the values are content types."""

    JSON_PATCH = "application/json-patch+json"
    STRATEGIC = "application/strategic-merge-patch+json"
    MERGE = "application/merge-patch+json"
    APPLY = "application/apply-patch+yaml"


class Connected(Protocol):
    """What a cluster is asked through."""

    def clock(self) -> float:
        """Return seconds of a clock that only goes forward."""

    def request(self, request: Request, *, end: float) -> Object:
        """Return the answer to *request*, asked until the moment *end*. Raises KubeError."""


class Cluster:
    """One cluster, good for *seconds* from now. Any call raises KubeError; paths begin with `/api` or `/apis`."""

    def __init__(self, connection: Connected, *, seconds: float) -> None:
        self._connection = connection
        self._end = connection.clock() + seconds

    def get(self, path: str, **query: str) -> Object:
        """Return the object at *path*."""
        return self._ask(Request(method="GET", path=path, query=query))

    def list(self, path: str, *, label: str = "", field: str = "") -> Iterator[Object]:
        """Yield the objects at *path* that the selectors match, a page at a time and each once.

        A list that goes on for longer than the server remembers begins anew; what was there before may be seen again.
        """
        selectors = {"labelSelector": label, "fieldSelector": field}
        chosen = {name: value for name, value in selectors.items() if value}
        return objects(lambda **page: self.get(path, **chosen, **page))

    def create(self, path: str, body: Mapping[str, Any]) -> Object:
        """Create *body* in the collection at *path*."""
        return self._send("POST", path, body, query={"fieldManager": MANAGER})

    def patch(self, path: str, body: Mapping[str, Any] | Sequence[Any], *, kind: PatchKind) -> Object:
        """Change the object at *path* as *body* says; APPLY yields to another owner of a field (ConflictError)."""
        return self._send("PATCH", path, body, query={"fieldManager": MANAGER}, content_type=kind)

    def delete(
        self,
        path: str,
        *,
        uid: str | None = None,
        resource_version: str | None = None,
        grace_period: int | None = None,
    ) -> Object:
        """Delete the object at *path* if it still is the one meant (else ConflictError); *grace_period* in seconds."""
        wanted = {"uid": uid, "resourceVersion": resource_version}
        conditions = {name: value for name, value in wanted.items() if value is not None}
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions"}
        if conditions:
            options["preconditions"] = conditions
        if grace_period is not None:
            options["gracePeriodSeconds"] = grace_period
        return self._send("DELETE", path, options)

    def allowed(self, verb: str, resource: str, *, group: str = "", namespace: str = "", name: str = "") -> bool:
        """Whether we may *verb* the *resource* (`pods`, `pods/eviction`); no namespace: in all of them."""
        kind, _, subresource = resource.partition("/")
        asked = {"verb": verb, "resource": kind, "subresource": subresource}
        asked |= {"group": group, "namespace": namespace, "name": name}
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": asked},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        return bool(self._send("POST", path, review, is_question=True)["status"]["allowed"])

    def _send(self, method: str, path: str, body: object, **details: Any) -> Object:  # noqa: ANN401 (fields of Request)
        return self._ask(Request(method=method, path=path, body=json.dumps(body).encode(), **details))

    def _ask(self, request: Request) -> Object:
        if not PATH.fullmatch(request.path):
            raise InvalidError(f"{request.method}: the path is none of the Kubernetes API")
        return self._connection.request(request, end=self._end)
