"""The Services behind target groups, and the pods behind those: what the registered clusters say."""

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Protocol

from aws_lambda_powertools import Logger

import kube
from functions.proxy_protocol.backend import named_config_maps, strictest
from functions.proxy_protocol.decision import Facts
from functions.proxy_protocol.decision.annotations import PROVIDERS_SWITCH, SWITCH
from functions.proxy_protocol.decision.service import Backend, Service, Standing
from pitcrew.deadline import Deadline
from pitcrew.metrics import count

ANSWER_SECONDS = 6.0
"""Time for what is asked of a cluster at once: less than a record has, so that its silence can still be told."""

MOST_PODS = 250
"""One page: enough to see what the pods of a Service name, however many there are."""

SPEAKING = (SWITCH.removesuffix("proxy-protocol"), PROVIDERS_SWITCH.removesuffix("proxy-protocol"))
"""How the names of annotations begin that may concern a target group."""

DNS_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
"""Every name of a namespace or Service: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"""

logger = Logger(child=True)


class Connect(Protocol):
    """How a cluster is reached, as `kube.connect` does."""

    def __call__(self, name: str, *, seconds: float) -> kube.Cluster:
        """Return the cluster registered as *name*, good for *seconds*."""


class Services:
    """What clusters say in one run; a cluster that did not answer is not asked again in that run."""

    def __init__(self, connect: Connect, registered: Callable[[str], str | None]) -> None:
        self._connect = connect
        self.registered = registered
        self._silent: dict[str, Service] = {}

    def says(self, facts: Facts, deadline: Deadline) -> Service:
        """Return what the Service of this group says, or why nobody can."""
        name = self.registered(facts.cluster) if facts.cluster else None
        if not name or not facts.service_name:
            return Service(standing=Standing.UNREGISTERED)
        if not all(map(DNS_NAME.fullmatch, facts.service_name)):  # a tag may say anything; it becomes part of a path
            return Service(standing=Standing.GONE, cluster=name)
        return self._silent.get(name) or self._ask(name, *facts.service_name, deadline)

    def _ask(self, name: str, namespace: str, service: str, deadline: Deadline) -> Service:
        try:
            found = self._reach(name, deadline).get(f"/api/v1/namespaces/{namespace}/services/{service}")
        except kube.UnknownClusterError:  # a pattern of names covers it, and its management cluster does not know it
            return Service(standing=Standing.UNREGISTERED)
        except kube.NotFoundError:
            return Service(standing=Standing.GONE, cluster=name)
        except kube.ForbiddenError as error:  # other namespaces may be open
            return Service(standing=Standing.UNREACHABLE, cluster=name, why=str(error))
        except kube.KubeError as error:
            return self._fell_silent(name, error)
        return _described(found, cluster=name)

    def backend(self, facts: Facts, deadline: Deadline) -> Backend:
        """Return what the pods of a Service that was found expect; where reading is forbidden, nobody knows."""
        service, (namespace, _) = facts.service, facts.service_name or ("", "")
        if service is None or not service.selector:
            return Backend()
        label = ",".join(f"{key}={value}" for key, value in sorted(service.selector.items()))
        try:
            cluster = self._reach(service.cluster, deadline)
            pods = islice(cluster.list(f"/api/v1/namespaces/{namespace}/pods", label=label), MOST_PODS)
            return strictest(cluster, {name for pod in pods for name in named_config_maps(pod)})
        except kube.ForbiddenError:
            return Backend()
        except kube.KubeError as error:
            return Backend(why_unreachable=self._fell_silent(service.cluster, error).why)

    def tell(self, facts: Facts, event: Mapping[str, Any], deadline: Deadline) -> None:
        """Put an Event on a Service that was found; one that is there was said before, and a failure is counted."""
        name = facts.service.cluster if facts.service else ""
        try:
            self._reach(name, deadline).create(f"/api/v1/namespaces/{event['metadata']['namespace']}/events", event)
        except kube.ConflictError:
            return
        except kube.KubeError as error:
            logger.warning("the Service could not be told", group=facts.arn, error=str(error))
            count("EventNotWritten")

    def _reach(self, name: str, deadline: Deadline) -> kube.Cluster:
        return self._connect(name, seconds=min(deadline.left, ANSWER_SECONDS))

    def _fell_silent(self, name: str, error: kube.KubeError) -> Service:
        is_wrong = isinstance(error, kube.WrongClusterError)
        standing = Standing.WRONG_CLUSTER if is_wrong else Standing.UNREACHABLE
        self._silent[name] = Service(standing=standing, cluster=name, why=str(error))
        return self._silent[name]


def _described(found: Mapping[str, Any], *, cluster: str) -> Service:
    metadata, spec = found["metadata"], found["spec"]
    annotations = metadata.get("annotations") or {}
    return Service(
        standing=Standing.FOUND,
        cluster=cluster,
        uid=metadata["uid"],
        annotations={key: value for key, value in annotations.items() if key.startswith(SPEAKING)},
        traffic_policy=spec.get("externalTrafficPolicy", ""),
        selector=spec.get("selector") or {},
    )
