"""The Kubernetes API for functions: small, bounded in time, with preconditions, and silent about secrets.

cluster = kube.connect("prod", owns=…)    by the registrations in the environment variable CLUSTERS
cluster.get(…), .list(…), .patch(…), .delete(…), .create(…), .allowed(…)
"""

import gc
import os
from functools import cache

from kube.aws import Aws
from kube.cluster import Cluster as Cluster
from kube.cluster import PatchKind
from kube.errors import BadKubeconfigError as BadKubeconfigError
from kube.errors import ClusterUnreachableError as ClusterUnreachableError
from kube.errors import ConflictError as ConflictError
from kube.errors import ForbiddenError as ForbiddenError
from kube.errors import InvalidError as InvalidError
from kube.errors import KubeError as KubeError
from kube.errors import NotFoundError as NotFoundError
from kube.errors import OutcomeUnknownError as OutcomeUnknownError
from kube.errors import UnauthorizedError as UnauthorizedError
from kube.errors import UnknownClusterError as UnknownClusterError
from kube.errors import WrongClusterError as WrongClusterError
from kube.identity import Owns as Owns
from kube.registry import Clusters

JSON_PATCH, STRATEGIC, MERGE, APPLY = PatchKind


def connect(name: str, *, owns: Owns, seconds: float = 30.0) -> Cluster:
    """Return the cluster registered as *name*; everything asked of it ends within *seconds*.

    *owns* says whether any of some instance ids is an instance of this account and region: so a cluster proves, at
    first contact, to be the one that is meant. Connections last as long as the function's environment. Raises
    UnknownClusterError; what a pattern covers is known only at the first request.
    """
    return _clusters().connect(name, owns=owns, seconds=seconds)


def registered(cluster_id: str) -> str | None:
    """Return the name to connect by, for the id in the tag `kubernetes.io/cluster/<id>`; None: not registered."""
    return _clusters().registered(cluster_id)


def names() -> list[str]:
    """Return what is registered: names of clusters, and patterns of such names."""
    return _clusters().names()


def id_of(name: str) -> str:
    """Return the id in the tag `kubernetes.io/cluster/<id>` of the cluster that is reached as *name*."""
    return _clusters().id_of(name)


def members(name: str, *, owns: Owns, seconds: float = 30.0) -> list[str]:
    """Return the clusters that a registered name stands for: itself, or those of Cluster API that it matches.

    Raises KubeError.
    """
    return _clusters().members(name, owns=owns, seconds=seconds)


@cache
def _clusters() -> Clusters:
    # What is imported and wired by now stays: a collection while a list is read would walk all of boto3, 15 ms each.
    gc.freeze()
    return Clusters.from_json(os.environ.get("CLUSTERS", "{}"), aws=Aws())
