"""Gathers the evidence about an instance: of its cluster first, and of EC2 last, just before it is decided.

Over 120 lines because the order of the reads is the point, and stands in one place.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

import kube
from functions.orphaned_attachments import census
from functions.orphaned_attachments.census import Census
from functions.orphaned_attachments.decision.blast import neighbour
from functions.orphaned_attachments.decision.facts import Cluster, Facts, Standing
from functions.orphaned_attachments.decision.holdings import Attachment
from functions.orphaned_attachments.decision.instance import Instance, State
from functions.orphaned_attachments.decision.memory import Memory
from functions.orphaned_attachments.decision.policy import Policy
from functions.orphaned_attachments.instances import Instances, cluster_ids
from functions.orphaned_attachments.volumes import Volumes

ANSWER_SECONDS = 30.0
"""For all that is asked of a cluster at once; lists of 5,000 objects take less than a second each."""


class Connect(Protocol):
    """How a cluster is reached, as `kube.connect` does."""

    def __call__(self, name: str, *, seconds: float) -> kube.Cluster:
        """Return the cluster registered as *name*, good for *seconds*."""


class Registered(Protocol):
    """What is registered, as the layer `kube` tells it."""

    def names(self) -> list[str]:
        """Return the registered names and patterns."""

    def registered(self, cluster_id: str) -> str | None:
        """Return the name to connect by for an id in AWS's tags."""

    def id_of(self, name: str) -> str:
        """Return the id in AWS's tags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One cluster as it was read, and the handle to ask it further."""

    name: str
    cluster: kube.Cluster
    census: Census
    around: Cluster


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Reads facts."""

    instances: Instances
    volumes: Volumes
    connect: Connect
    registered: Registered
    policy: Policy
    allowed: tuple[str, ...] = ()
    """The setting `cluster_ids`."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def of(self, instance_id: str, *, cluster: str, memory: Memory, policy: Policy) -> Facts:
        """Return the facts of one instance; *cluster* is the name it is reached by, empty where its tags must tell."""
        instance = Instance(id=instance_id, state=State.UNKNOWN)
        if not cluster:
            instance = self._instance(instance_id)
            cluster, why = self.cluster_of(instance)
            if not cluster:
                return self._without(instance, memory, policy, standing=Standing.NONE, why=why)
        try:
            return self.within(self.view(cluster), instance_id, memory=memory, policy=policy)
        except kube.KubeError as error:
            is_wrong = isinstance(error, kube.WrongClusterError)
            standing = Standing.WRONG if is_wrong else Standing.UNREACHABLE
            return self._without(instance, memory, policy, standing=standing, why=str(error), cluster=cluster)
        except (ClientError, BotoCoreError) as error:
            unknown = Instance(id=instance_id, state=State.UNKNOWN)
            answered = Standing.ANSWERED
            return self._without(unknown, memory, policy, standing=answered, why=str(error), cluster=cluster)

    def cluster_of(self, instance: Instance) -> tuple[str, str]:
        """Return the name of an instance's cluster, or an empty one and what its marks would need."""
        marks = cluster_ids(instance.tags)
        for one in marks:
            name = self.registered.registered(one)
            if name and self.is_allowed(name):
                return name, ""
        return "", f"not registered or not allowed: {', '.join(marks)}" if marks else "it has no mark of a cluster"

    def is_allowed(self, name: str) -> bool:
        """Whether the setting `cluster_ids` lets us look at a cluster."""
        return not self.allowed or self.registered.id_of(name) in self.allowed

    def view(self, name: str) -> View:
        """Read a cluster, and of EC2 which of its machines are down. Raises KubeError and AWS's errors."""
        cluster = self.connect(name, seconds=ANSWER_SECONDS)
        taken = census.take(cluster)
        down = {one.id: one for one in self.instances.down(taken.instances)}
        healthy = [one for one in taken.nodes.values() if one.ready == "True" and one.instance not in down]
        around = Cluster(
            name=name,
            nodes=len(taken.nodes),
            healthy=len(healthy),
            down=tuple(neighbour(one, taken.node_of(one.id, "")) for one in down.values() if taken.of_instance(one.id)),
            minor=taken.minor,
        )
        return View(name=name, cluster=cluster, census=taken, around=around)

    def within(self, view: View, instance_id: str, *, memory: Memory, policy: Policy) -> Facts:
        """Return the facts of an instance of the cluster in *view*. Raises KubeError and AWS's errors."""
        taken, attachments = view.census, view.census.of_instance(instance_id)
        name = taken.node_name_of(instance_id, memory.node_name)
        pods = tuple(census.pods_on(view.cluster, name, taken.pvs.values()))
        found = taken.node_of(instance_id, memory.node_name)
        waiting = _waiting(taken, instance_id, memory)
        volumes = self.volumes.held(instance_id, taken.pvs, (*attachments, *waiting), tag=self._tag(view.name))
        instance = self.instances.read(instance_id)
        is_ours = instance.tags.get(self._tag(view.name)) == "owned"
        return Facts(
            now=self.clock(),
            instance=instance,
            memory=memory,
            policy=policy,
            node=census.with_lease(view.cluster, found) if found else None,
            attachments=attachments,
            pods=pods,
            volumes=tuple(replace(one, may_detach=one.may_detach and is_ours) for one in volumes),
            waiting=waiting,
            other_drivers=taken.other_drivers.get(name, ()),
            migrated=name not in taken.unmigrated,
            cluster=view.around,
        )

    def state_of(self, instance_id: str) -> State:
        """Return an instance's state now; unknown where EC2 does not answer."""
        return self._instance(instance_id).state

    def _tag(self, name: str) -> str:
        """Return the tag's key on what may be detached; IAM cannot say it of clusters that a pattern registers."""
        return f"kubernetes.io/cluster/{self.registered.id_of(name)}" if name in self.registered.names() else ""

    def _instance(self, instance_id: str) -> Instance:
        try:
            return self.instances.read(instance_id)
        except (ClientError, BotoCoreError):
            return Instance(id=instance_id, state=State.UNKNOWN)

    def _without(
        self, instance: Instance, memory: Memory, policy: Policy, *, standing: Standing, why: str, cluster: str = ""
    ) -> Facts:
        return Facts(
            now=self.clock(),
            instance=instance,
            memory=memory,
            policy=policy,
            standing=standing,
            why=why,
            cluster=Cluster(name=cluster),
        )


def _waiting(taken: Census, instance_id: str, memory: Memory) -> tuple[Attachment, ...]:
    """Return what waits for a volume that we have had detached; EC2 must show it off before its next node is told."""
    return tuple(one for one in taken.attachments if one.instance != instance_id and one.volume in memory.detached)
