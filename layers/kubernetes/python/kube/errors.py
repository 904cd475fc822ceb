"""What can go wrong with a cluster: one class for each outcome that somebody treats differently.

KubeError
├── UnknownClusterError        nobody registered a cluster of this name
├── BadKubeconfigError         the kubeconfig cannot be used; names the field, never a value
├── WrongClusterError          the cluster answers and is not the one that is meant
├── ClusterUnreachableError    DNS, TCP, TLS, timeout, 5xx after retries, or no word that an API server would say
│   └── ListExpiredError       410: a list went on for longer than the server remembers (`Cluster.list` begins anew)
├── UnauthorizedError          401, after the credentials were renewed once
├── ForbiddenError             403: a role is missing; says verb and resource
├── NotFoundError              404
├── ConflictError              409: a precondition failed, or it exists; 429 of an eviction: a budget forbids it now
├── InvalidError               422 and other 4xx; also a JSON patch whose `test` failed: read again before judging
└── OutcomeUnknownError        a mutation whose answer never came or was a 5xx: read before you repeat
"""

from collections.abc import Mapping
from typing import Any


class KubeError(Exception):
    """Any error of this layer."""

    def __init__(self, message: str, *, status: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        """The API's `Status` object where there is one."""


class UnknownClusterError(KubeError):
    """No cluster is registered under this name, or its management cluster does not know it."""


class BadKubeconfigError(KubeError):
    """A kubeconfig cannot be used; the text names the field and never shows a value."""


class WrongClusterError(KubeError):
    """The cluster did not prove to be the one that is configured."""


class ClusterUnreachableError(KubeError):
    """No usable answer: DNS, TCP, TLS, timeout, 5xx after retries."""


class ListExpiredError(ClusterUnreachableError):
    """The rest of a list is gone (410)."""


class UnauthorizedError(KubeError):
    """The API server does not know us (401), with fresh credentials too."""


class ForbiddenError(KubeError):
    """The API server knows us and does not allow it (403)."""


class NotFoundError(KubeError):
    """There is no such object (404)."""


class ConflictError(KubeError):
    """A precondition failed, or the object exists already (409)."""


class InvalidError(KubeError):
    """The API server understood the request and will never accept it (422 and other 4xx)."""


class OutcomeUnknownError(KubeError):
    """A mutation may or may not have happened: read before you repeat it."""
