"""A Kubernetes cluster beside the stand-in: a real control plane, as its administrator sees it."""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar

from local.controlplane.binaries import NoBinariesError
from local.controlplane.component import ControlPlaneDidNotStartError
from local.controlplane.plane import ControlPlane
from local.story import StoryError, expect

API_SERVER = "kube-apiserver"
A_DAY = 24 * 60 * 60

Object = Mapping[str, Any]
T = TypeVar("T")


class Cluster:
    """etcd, kube-apiserver, controllers and a scheduler, with nothing in them until something is created.

    One thread starts and stops them: no Ctrl-C comes between, and the kernel ties the processes to their thread.
    """

    def __init__(self, plane: ControlPlane, keeper: ThreadPoolExecutor) -> None:
        self.plane = plane
        self._keeper = keeper
        self._beside = contextlib.ExitStack()

    def start(self) -> None:
        """Start it, and wait until it is ready. Raises StoryError."""
        self._do(self.plane.__enter__)

    def join(self, actor: contextlib.AbstractContextManager[T]) -> T:
        """Let an actor play beside the control plane, until the cluster ends."""
        return self._beside.enter_context(actor)

    def end(self) -> None:
        """End it where it runs, with all that play beside it, and remove its files."""
        self._beside.close()
        self._do(self.plane.__exit__)

    def create(self, wanted: Object) -> dict[str, Any]:
        """Create an object, as `kubectl create`, and return what the API server made of it. Raises StoryError."""
        status, made = self.plane.api.post(_collection(wanted), dict(wanted))
        expect(status == HTTPStatus.CREATED, f"the API server refused a {wanted['kind']}: {status} {made}")
        return made

    def events(self, namespace: str, service: str) -> list[dict[str, Any]]:
        """Return the Events that `kubectl describe service` shows."""
        about = f"involvedObject.kind=Service,involvedObject.name={service}"
        status, found = self.plane.api.get(f"/api/v1/namespaces/{namespace}/events?fieldSelector={about}")
        if status != HTTPStatus.OK:
            raise StoryError(f"the API server does not say the Events of {namespace}/{service}: {status} {found}")
        events: list[dict[str, Any]] = found["items"]
        return events

    def kubeconfig_of(self, namespace: str, service_account: str) -> str:
        """Return a kubeconfig with a token of this ServiceAccount, in JSON; it lasts as long as a kept demo may."""
        made = self.plane.token_kubeconfig(namespace=namespace, service_account=service_account, seconds=A_DAY)
        return json.dumps(made)

    def write_kubeconfig(self, path: Path) -> None:
        """Write the administrator's kubeconfig, for kubectl."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.plane.admin), encoding="utf-8")

    @contextlib.contextmanager
    def outage(self) -> Iterator[None]:
        """Let nobody answer at the API server's address while the block lasts."""
        self._do(self.plane.stop, API_SERVER)
        try:
            yield
        finally:
            self._do(self.plane.start, API_SERVER)

    def _do(self, task: Callable[..., object], *arguments: str) -> None:
        try:
            self._keeper.submit(task, *arguments).result()
        except (ControlPlaneDidNotStartError, NoBinariesError) as error:
            raise StoryError(str(error)) from error


@contextlib.contextmanager
def ended_cluster() -> Iterator[Cluster]:
    """Yield a cluster that can be started; it has ended, with all its files, when the block ends."""
    with ThreadPoolExecutor(max_workers=1) as keeper:
        cluster = Cluster(ControlPlane(scheduler=True), keeper)
        try:
            yield cluster
        finally:
            cluster.end()


def _collection(wanted: Object) -> str:
    """Return where objects of its kind are, by the plural that English gives it."""
    version, namespace = wanted["apiVersion"], wanted["metadata"].get("namespace")
    group = f"/api/{version}" if version == "v1" else f"/apis/{version}"
    return f"{group}{f'/namespaces/{namespace}' if namespace else ''}/{_plural(wanted['kind'].lower())}"


def _plural(kind: str) -> str:
    return f"{kind.removesuffix('y')}ies" if kind.endswith("y") else f"{kind}s"
