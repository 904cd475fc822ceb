"""The components' command lines. Everything they name is a file that files.py writes."""

from collections.abc import Sequence

from local.controlplane.files import Files
from local.controlplane.ports import LOOPBACK, Ports

ISSUER = "https://kubernetes.default.svc"


def etcd(files: Files, ports: Ports) -> Sequence[str]:
    """Keep the data in memory's cache: what survives the machine is of no use here."""
    clients, peers = f"http://{LOOPBACK}:{ports.etcd}", f"http://{LOOPBACK}:{ports.etcd_peers}"
    return (
        f"--data-dir={files.folder / 'etcd'}",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        "--unsafe-no-fsync",
    )


def kube_apiserver(files: Files, ports: Ports, *, webhook: bool) -> Sequence[str]:
    """RBAC and the nodes' own rules are on, as in a real cluster."""
    return (
        f"--etcd-servers=http://{LOOPBACK}:{ports.etcd}",
        f"--bind-address={LOOPBACK}",
        f"--advertise-address={LOOPBACK}",
        f"--secure-port={ports.kube_apiserver}",
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--client-ca-file={files.ca}",
        f"--service-account-issuer={ISSUER}",
        f"--service-account-key-file={files.tokens_proof}",
        f"--service-account-signing-key-file={files.tokens_key}",
        *_serving(files),
        *([f"--authentication-token-webhook-config-file={files.webhook}"] if webhook else []),
        *(["--authentication-token-webhook-version=v1"] if webhook else []),
    )


def controller_manager(files: Files, ports: Ports) -> Sequence[str]:
    """All controllers, at their defaults."""
    return (
        *_follower("kube-controller-manager", files),
        f"--secure-port={ports.controller_manager}",
        "--use-service-account-credentials",
        f"--service-account-private-key-file={files.tokens_key}",
        f"--root-ca-file={files.ca}",
    )


def scheduler(files: Files, ports: Ports) -> Sequence[str]:
    """The default profile."""
    return (*_follower("kube-scheduler", files), f"--secure-port={ports.scheduler}")


def _serving(files: Files) -> Sequence[str]:
    return (f"--tls-cert-file={files.server_certificate}", f"--tls-private-key-file={files.server_key}")


def _follower(name: str, files: Files) -> Sequence[str]:
    """Return what a component that only talks to kube-apiserver is told; its metrics are open to who reaches it."""
    return (
        f"--kubeconfig={files.kubeconfig(name)}",
        "--leader-elect=false",
        f"--bind-address={LOOPBACK}",
        "--authorization-always-allow-paths=/healthz,/readyz,/livez,/metrics",
        *_serving(files),
    )
