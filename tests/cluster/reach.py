"""Reaches a cluster as the functions do: registered by a kubeconfig secret."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import kube
from kube.access import Access
from kube.aws import Aws
from kube.registration import Registration
from kube.registry import Clusters

INSTANCE = "i-0123456789abcdef0"
"""What the Node of the session's control plane says it runs on."""


class Secrets(Aws):
    """Secrets Manager with these secrets, counting how often each is read."""

    def __init__(self, secrets: Mapping[str, dict[str, Any] | str]) -> None:
        super().__init__()
        self.secrets = dict(secrets)
        self.reads: list[str] = []

    def secret(self, name: str) -> str:
        self.reads.append(name)
        content = self.secrets[name]
        return content if isinstance(content, str) else json.dumps(content)

    def eks(self, cluster: str) -> Access:
        raise AssertionError(cluster)


def ours(instance_ids: Sequence[str]) -> bool:
    """Say that the control plane's one instance is ours."""
    return INSTANCE in instance_ids


def registered(kubeconfig: dict[str, Any] | str, **more: Registration) -> Clusters:
    """Register `prod` by this kubeconfig, and what else is given."""
    secrets = Secrets({"prod": kubeconfig})
    return Clusters({"prod": Registration(kubeconfig_secret="prod"), **more}, aws=secrets)


def reach(kubeconfig: dict[str, Any] | str, *, seconds: float = 20) -> kube.Cluster:
    """Return the cluster of a kubeconfig."""
    return registered(kubeconfig).connect("prod", owns=ours, seconds=seconds)
