"""The clusters that are registered, each with one connection for the life of the function's environment."""

import json
import threading
from collections.abc import Callable, Mapping
from functools import partial

from kube import cluster_api, kubeconfig
from kube.access import Access
from kube.aws import Aws
from kube.cluster import Cluster
from kube.connection import Connection
from kube.errors import UnknownClusterError
from kube.identity import Owns, prove
from kube.registration import Registration, is_pattern, name_of, registration_of


class Clusters:
    """Registered clusters, by name."""

    def __init__(self, registrations: Mapping[str, Registration], *, aws: Aws) -> None:
        self._registrations = registrations
        self._aws = aws
        self._connections: dict[str, Connection] = {}
        self._lock = threading.Lock()

    @classmethod
    def from_json(cls, text: str, *, aws: Aws) -> "Clusters":
        """Read what the deployment wrote: an object, name → the fields of a Registration."""
        return cls({name: Registration(**fields) for name, fields in json.loads(text).items()}, aws=aws)

    def registered(self, cluster_id: str) -> str | None:
        """Return the name to connect by, for the id in AWS's tags; None where no registration covers it."""
        return name_of(cluster_id, self._registrations)

    def names(self) -> list[str]:
        """Return what is registered: names, and patterns of names."""
        return list(self._registrations)

    def id_of(self, name: str) -> str:
        """Return the id in AWS's tags of the cluster that is reached as *name*."""
        registration = registration_of(name, self._registrations)
        return (registration.cluster_id if registration else "") or name

    def members(self, name: str, *, owns: Owns, seconds: float) -> list[str]:
        """Return the clusters that a registered name stands for: itself, or those of Cluster API that it matches.

        Raises KubeError: of the management cluster, and UnknownClusterError.
        """
        registration = registration_of(name, self._registrations)
        if registration is None:
            raise self._unknown(name)
        if not is_pattern(name):
            return [name]
        management = self.connect(registration.management_cluster, owns=owns, seconds=seconds)
        found = sorted(cluster_api.names(management, namespace=registration.namespace))
        return [one for one in found if registration_of(one, self._registrations) is registration]

    def connect(self, name: str, *, owns: Owns, seconds: float) -> Cluster:
        """Return the cluster, good for *seconds*; the first request connects. Raises UnknownClusterError."""
        registration = registration_of(name, self._registrations)
        if registration is None:
            raise self._unknown(name)
        with self._lock:
            if name not in self._connections:
                self._connections[name] = Connection(
                    self._way(name, registration, owns),
                    partial(prove, owns=owns, needs_instances=_is_kubeconfig(registration)),
                )
        return Cluster(self._connections[name], seconds=seconds)

    def _unknown(self, name: str) -> UnknownClusterError:
        return UnknownClusterError(f"no cluster {name} is registered; registered: {', '.join(self.names()) or 'none'}")

    def _way(self, name: str, registration: Registration, owns: Owns) -> Callable[[float], Access]:
        """Return what reads the credentials, within so many seconds."""
        if registration.kubeconfig_secret:
            return lambda _seconds: kubeconfig.parse(self._aws.secret(registration.kubeconfig_secret))
        if registration.kubeconfig_parameter:
            return lambda _seconds: kubeconfig.parse(self._aws.parameter(registration.kubeconfig_parameter))
        if registration.eks:
            return lambda _seconds: self._aws.eks(registration.eks)

        def through_the_management_cluster(seconds: float) -> Access:
            management = self.connect(registration.management_cluster, owns=owns, seconds=seconds)
            return cluster_api.access(management, namespace=registration.namespace, cluster=name)

        return through_the_management_cluster


def _is_kubeconfig(registration: Registration) -> bool:
    return bool(registration.kubeconfig_secret or registration.kubeconfig_parameter)
