"""Which components there are, and when each is ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import urllib3

from local.controlplane import flags
from local.controlplane.component import Component
from local.controlplane.files import Files
from local.controlplane.ports import LOOPBACK, Ports

PROBE_SECONDS = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a control plane is made of."""

    controller_manager: bool
    scheduler: bool
    authentication_webhook: str
    """Where kube-apiserver asks who a token is; empty for nowhere."""
    flags: Mapping[str, Sequence[str]]
    """Further flags by the binary's name."""
    environment: Mapping[str, str]
    """Further variables."""


def components(binaries: Path, ports: Ports, files: Files, wishes: Wishes) -> Mapping[str, Component]:
    """Return the components in the order of their start, by their binaries' names."""
    if wishes.authentication_webhook:
        files.write_webhook(wishes.authentication_webhook)
    lines = {
        "etcd": flags.etcd(files, ports),
        "kube-apiserver": flags.kube_apiserver(files, ports, webhook=bool(wishes.authentication_webhook)),
    }
    if wishes.controller_manager:
        lines["kube-controller-manager"] = flags.controller_manager(files, ports)
    if wishes.scheduler:
        lines["kube-scheduler"] = flags.scheduler(files, ports)
    return {
        name: Component(
            binaries / name,
            [*line, *wishes.flags.get(name, ())],
            folder=files.folder,
            environment=wishes.environment,
        )
        for name, line in lines.items()
    }


def is_ready(name: str, ports: Ports, files: Files) -> bool:
    """Ask a component whether it is ready."""
    url = {
        "etcd": f"http://{LOOPBACK}:{ports.etcd}/readyz",
        "kube-apiserver": f"https://{LOOPBACK}:{ports.kube_apiserver}/readyz",
        "kube-controller-manager": f"https://{LOOPBACK}:{ports.controller_manager}/healthz",
        "kube-scheduler": f"https://{LOOPBACK}:{ports.scheduler}/readyz",
    }[name]
    with urllib3.PoolManager(ca_certs=str(files.ca), retries=False, timeout=PROBE_SECONDS) as pool:
        try:
            return pool.request("GET", url).status == 200  # noqa: PLR2004 - HTTP's own
        except urllib3.exceptions.HTTPError:
            return False
