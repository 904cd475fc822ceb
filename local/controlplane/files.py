"""The files that the components are given: certificates, keys, kubeconfigs."""

import json
from collections.abc import Sequence
from pathlib import Path

from local.controlplane.certificates import Authority, Pair, service_account_keys
from local.controlplane.kubeconfigs import certified, kubeconfig

ADMINISTRATOR = ("pitcrew:administrator", "system:masters")
"""The user and the group that may do everything."""


class Files:
    """Everything of one control plane below *folder*."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        self.folder = folder
        self._authority = authority
        (folder / "logs").mkdir()
        self.ca = self._write("ca.crt", authority.pem)
        self.server_certificate, self.server_key = self._pair("server", authority.server())
        self.tokens_proof, self.tokens_key = self._pair("tokens", service_account_keys())
        self.webhook = folder / "webhook.kubeconfig"

    def kubeconfig(self, component: str) -> Path:
        """Where the kubeconfig of *component* is."""
        return self.folder / f"{component}.kubeconfig"

    def client(self, user: str, groups: Sequence[str]) -> tuple[Path, Path]:
        """Write the certificate and the key of *user*, and return where they are."""
        return self._pair(user, self._authority.client(user, groups))

    def write_kubeconfigs(self, url: str) -> None:
        """Let the components know kube-apiserver, each as the user whose rights RBAC has from the start."""
        for component in ("kube-controller-manager", "kube-scheduler"):
            user = certified(self._authority.client(f"system:{component}"))
            self._write(self.kubeconfig(component).name, json.dumps(kubeconfig(url, user, ca=self._authority.pem)))

    def write_webhook(self, url: str) -> None:
        """Let kube-apiserver ask *url* who a token is."""
        self._write(self.webhook.name, json.dumps(kubeconfig(url, {})))

    def _pair(self, name: str, pair: Pair) -> tuple[Path, Path]:
        return self._write(f"{name}.crt", pair.public), self._write(f"{name}.key", pair.key)

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path
