"""etcd, kube-apiserver and, as wished, kube-controller-manager and kube-scheduler: one cluster without machines.

Over 120 lines because it is all that a test, a bench or the demo sees of the control plane.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import urllib3

from local.controlplane import binaries, kubeconfigs
from local.controlplane.certificates import Authority
from local.controlplane.client import Client
from local.controlplane.component import Component, ControlPlaneDidNotStartError, PortTakenError
from local.controlplane.files import ADMINISTRATOR, Files
from local.controlplane.ports import LOOPBACK, Ports, draw
from local.controlplane.startup import Wishes, components, is_ready

TRIES = 2
"""A port that was free when drawn may be taken when it is used."""


class ControlPlane:
    """Runs while its block does; nothing of it outlives the block, nor the thread that entered it.

    The controllers work about 5 s after the start: until then a namespace has no ServiceAccount.
    *flags* are further ones by component, *environment* further variables of all; its files are in a folder *within*
    the one given, else the machine's. Entering raises ControlPlaneDidNotStartError, NoBinariesError.
    """

    url: str
    ca: str
    folder: Path
    api: Client
    admin: dict[str, Any]
    components: Mapping[str, Component]

    def __init__(
        self,
        *,
        controller_manager: bool = True,
        scheduler: bool = False,
        authentication_webhook: str = "",
        flags: Mapping[str, Sequence[str]] | None = None,
        environment: Mapping[str, str] | None = None,
        within: Path | None = None,
        draw_ports: Callable[[], Ports] = draw,
    ) -> None:
        self._wishes = Wishes(
            controller_manager=controller_manager,
            scheduler=scheduler,
            authentication_webhook=authentication_webhook,
            flags=flags or {},
            environment=environment or {},
        )
        self._within, self._draw_ports = within, draw_ports
        self._authority = Authority()
        self._ending = contextlib.ExitStack()

    def __enter__(self) -> Self:
        for _ in range(TRIES - 1):
            with contextlib.suppress(PortTakenError):
                return self._entered()
        return self._entered()

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def kubeconfig(self, *, user: str, groups: Sequence[str] = ()) -> dict[str, Any]:
        """Return the kubeconfig of *user* by a client certificate."""
        pair = self._authority.client(user, groups)
        return kubeconfigs.kubeconfig(self.url, kubeconfigs.certified(pair), ca=self.ca)

    def token_kubeconfig(self, *, namespace: str, service_account: str, seconds: int = 3600) -> dict[str, Any]:
        """Return the kubeconfig of a ServiceAccount, made where it is not there, by a token of *seconds* (≥ 600)."""
        accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
        self.api.post(accounts, {"metadata": {"name": service_account}})
        status, body = self.api.post(f"{accounts}/{service_account}/token", {"spec": {"expirationSeconds": seconds}})
        if "status" not in body or "token" not in body["status"]:
            raise ValueError(f"no token for {namespace}/{service_account}: {status} {body}")
        return kubeconfigs.kubeconfig(self.url, {"token": body["status"]["token"]}, ca=self.ca)

    def client(self, *, user: str, groups: Sequence[str] = ()) -> Client:
        """Return a client that is *user*; whoever asked for it closes it."""
        certificate, key = self._files.client(user, groups)
        return Client(self.url, ca=self._files.ca, certificate=certificate, key=key)

    def joined_by(self, binary: Path, flags: Sequence[str], *, environment: Mapping[str, str]) -> Component:
        """Return a further component, not started: its log is kept like the others', and it ends with them."""
        component = Component(binary, flags, folder=self.folder, environment=environment)
        self._ending.callback(component.stop)
        return component

    def stop(self, name: str) -> None:
        """Kill a component by its binary's name; its data, its flags and its port stay its own."""
        self.components[name].stop()
        self.api.forget()

    def start(self, name: str) -> None:
        """Start a component that was stopped, and wait until it is ready."""
        component = self.components[name]
        component.start()
        component.wait_until(lambda: is_ready(name, self._ports, self._files))

    def forget_history(self, revision: int) -> None:
        """Let etcd compact what is older than *revision*, as it does by itself every five minutes."""
        url = f"http://{LOOPBACK}:{self._ports.etcd}/v3/kv/compaction"
        answer = urllib3.request("POST", url, json={"revision": str(revision), "physical": True}, retries=False)
        if answer.status != 200:  # noqa: PLR2004 (HTTP's own)
            raise ValueError(f"etcd did not compact: {answer.status} {answer.data.decode()}")

    def keep_logs(self, folder: Path) -> Path:
        """Copy the components' logs into *folder*, which is made, and return it."""
        return Path(shutil.copytree(self.folder / "logs", folder, dirs_exist_ok=True))

    def _entered(self) -> Self:
        temporary = tempfile.TemporaryDirectory(prefix="pitcrew-control-plane-", dir=self._within)
        self.folder = Path(self._ending.enter_context(temporary))
        self._ports, self._files = self._draw_ports(), Files(self.folder, self._authority)
        self.url, self.ca = f"https://localhost:{self._ports.kube_apiserver}", self._authority.pem
        try:
            self._start_all(binaries.found())
        except BaseException as problem:
            if isinstance(problem, ControlPlaneDidNotStartError) and not isinstance(problem, PortTakenError):
                problem.add_note(f"all logs: {self.keep_logs(Path(tempfile.mkdtemp(prefix='pitcrew-logs-')))}")
            self._ending.close()
            raise
        return self

    def _start_all(self, folder: Path) -> None:
        self._files.write_kubeconfigs(self.url)
        self.components = components(folder, self._ports, self._files, self._wishes)
        self.admin = self.kubeconfig(user=ADMINISTRATOR[0], groups=ADMINISTRATOR[1:])
        self.api = self._ending.enter_context(self.client(user=ADMINISTRATOR[0], groups=ADMINISTRATOR[1:]))
        for name, component in self.components.items():
            self._ending.callback(component.stop)
            self.start(name)
