"""How the product reaches the API server of the simulation: `kube.Cluster` is the real one, the wire is not."""

import json
from functools import partial
from typing import Any

import kube
from kube.exchange import Request
from tests.simulation.calls import Calls
from tests.simulation.kubernetes import ATTACHMENTS, NODES, Kubernetes
from tests.simulation.ledger import Ledger
from tests.simulation.patches import check_identity, patched
from tests.simulation.requests import name_of, path_of, release_in

Object = dict[str, Any]


class Connection:
    """Answers requests, and tells the ledger of every write."""

    def __init__(self, api: Kubernetes, calls: Calls, ledger: Ledger) -> None:
        self._api = api
        self._calls = calls
        self._ledger = ledger

    def clock(self) -> float:
        return self._api.clock.seconds

    def request(self, request: Request, *, end: float) -> Object:
        assert end > self.clock(), "the cluster has still time to answer"
        effects = {"GET": self._get, "POST": self._post, "PATCH": self._patch, "DELETE": self._delete}
        return self._calls.make(name_of(request), partial(effects[request.method], request), _cut)

    def _get(self, request: Request) -> Object:
        if request.path == "/version":
            return {"minor": str(self._api.minor)}
        if "limit" in request.query:
            return self._list(request)
        found = self._api.find(request.path)
        if found is None:
            raise kube.NotFoundError(f"{request.path} not found")
        return _copy(found)

    def _list(self, request: Request) -> Object:
        field, start = request.query.get("fieldSelector", "").partition("=")[2], int(request.query.get("continue", 0))
        found = [one for one in self._api.all(request.path) if not field or one["spec"].get("nodeName") == field]
        end = start + int(request.query["limit"])
        for one in found:
            self._ledger.uids[path_of(request.path, one)] = one["metadata"]["uid"]
        return {
            "items": list(map(_copy, found[start:end])),
            "metadata": {"continue": str(end)} if end < len(found) else {},
        }

    def _post(self, request: Request) -> Object:
        body = json.loads(request.body or b"{}")
        return _copy(self._api.create(request.path, body.pop("metadata"), **body))

    def _patch(self, request: Request) -> Object:
        path = request.path.removesuffix("/status")
        body, before = json.loads(request.body or b"{}"), self._find(path)
        after = patched(_copy(before), body, request.content_type)
        check_identity(path, before, after)
        self._ledger.meets(path, before)
        self._ledger.changes(path, before, after)
        if act := release_in(path, before, after):
            self._note(
                act, path, before, is_kick=before["metadata"]["finalizers"] == after["metadata"].get("finalizers")
            )
        return _copy(self._api.update(path, after))

    def _delete(self, request: Request) -> Object:
        options = json.loads(request.body or b"{}")
        wanted, before = options.get("preconditions", {}), self._find(request.path)
        deleted = self._api.delete(
            request.path,
            uid=wanted.get("uid"),
            version=wanted.get("resourceVersion"),
            grace=options.get("gracePeriodSeconds"),
        )
        self._ledger.meets(request.path, before)
        self._note(f"the deletion of {request.path}", request.path, before)
        return _copy(deleted)

    def _note(self, act: str, path: str, found: Object, *, is_kick: bool = False) -> None:
        """Tell the ledger of a release act, and where it is about something of another machine."""
        instance = self._calls.deciding
        self._ledger.acts(act, instance)
        owner = self._owner(path, found)
        if owner not in {"", instance} and not (is_kick and path.startswith(ATTACHMENTS)):
            self._ledger.write(f"{act} for {instance}: it is of {owner}")

    def _owner(self, path: str, found: Object) -> str:
        """Return the machine behind an object: of a VolumeAttachment by its node-id, else the Node's, CSINode first."""
        if path.startswith(ATTACHMENTS):
            return str(found["metadata"]["annotations"].get("csi.alpha.kubernetes.io/node-id", ""))
        name = found["metadata"]["name"] if path.startswith(NODES) else found["spec"].get("nodeName", "")
        return self._api.instance_of(name)

    def _find(self, path: str) -> Object:
        found = self._api.find(path)
        if found is None:
            raise kube.NotFoundError(f"{path} not found")
        return found


def _copy(found: Object) -> Object:
    copied: Object = json.loads(json.dumps(found))
    return copied


def _cut(answer: Object) -> Object:
    """Cut an answer short: of a list, the rest is gone (410) and what is left is no list of objects."""
    return {"metadata": answer.get("metadata", {}), "items": [{}]} if "items" in answer else answer
