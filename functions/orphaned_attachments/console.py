"""An operator's plan: every suspect, or what one target names, judged; nothing is changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

import kube
from functions.orphaned_attachments.decision import Decision, Memory, decide
from functions.orphaned_attachments.events import INSTANCE
from functions.orphaned_attachments.evidence import Evidence, View
from functions.orphaned_attachments.proofs import prove_look
from functions.orphaned_attachments.run import MARKS_OFF
from functions.orphaned_attachments.suspects import holders, marked, suspects
from functions.orphaned_attachments.table import rank, row, summary
from functions.orphaned_attachments.travel import Run
from functions.orphaned_attachments.volumes import OF_ANY_CLUSTER
from pitcrew.deadline import Deadline
from pitcrew.mode import Mode
from pitcrew.plan import shown

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Makes plans for the clusters of one account and region."""

    evidence: Evidence
    members: Callable[[str], list[str]]
    """The clusters that a registered name stands for."""

    mode: Mode
    deadline: Deadline

    def plan(self, target: str, *, plan_id: str) -> dict[str, Any]:
        """Judge what *target* names, in every cluster that may know it; empty: every suspect.

        A plan is made in every mode, `off` too: it only reads, and a person asked for it.
        """
        silent: list[str] = []
        rows = []
        for view in self._views(target, silent):
            cluster_id = self.evidence.registered.id_of(view.name)
            for decision in self._judged(view, target):
                run = Run(instance=decision.facts.instance.id, cluster=view.name, cause=plan_id)
                prove_look(decision, run, mode=self.mode, would=decision.act, is_final=True)
                rows.append(row(decision, cluster_id=cluster_id, target=target))
        rows.sort(key=rank)
        acts = sum("act" in row.details for row in rows)
        return shown(rows, plan_id=plan_id, summary=summary(rows, silent, target=target, mode=self.mode), acts=acts)

    def _views(self, target: str, silent: list[str]) -> Iterator[View]:
        """Read the clusters one by one; what one does not answer goes to *silent*."""
        for name in self._names(silent):
            ids = {name, self.evidence.registered.id_of(name)}
            is_another = target in self._all_ids() and target not in ids
            if is_another or not self.evidence.is_allowed(name):
                continue
            self.deadline.check()
            try:
                yield self.evidence.view(name)
            except kube.KubeError as error:
                silent.append(f"{name} did not answer: {error}")

    def _names(self, silent: list[str]) -> Iterator[str]:
        for name in self.evidence.registered.names():
            try:
                yield from self.members(name)
            except kube.KubeError as error:
                silent.append(f"{name} did not answer: {error}")

    def _all_ids(self) -> set[str]:
        registered = self.evidence.registered
        return {one for name in registered.names() for one in (name, registered.id_of(name))}

    def _judged(self, view: View, target: str) -> Iterator[Decision]:
        for instance in self._meant(view, target):
            self.deadline.check()
            facts = self.evidence.within(view, instance, memory=Memory(), policy=self.evidence.policy)
            yield decide(facts)

    def _meant(self, view: View, target: str) -> list[str]:
        """Return the instances of a cluster that *target* names."""
        taken, ids = view.census, {"", view.name, self.evidence.registered.id_of(view.name)}
        if target == MARKS_OFF:
            return sorted({*marked(taken)} - {""})
        if INSTANCE.fullmatch(target):
            return [target] if target in taken.instances | {*marked(taken)} or self._is_its(target, view) else []
        tags = (f"kubernetes.io/cluster/{self.evidence.registered.id_of(view.name)}", OF_ANY_CLUSTER)
        attached = self.evidence.volumes.attached(tags)
        if target in ids:
            return suspects(taken, attached, now=self.evidence.clock())
        volumes = [pv.volume for pv in taken.pvs.values() if target in {pv.name, pv.volume, "/".join(pv.claim)}]
        by_node = {one.instance for one in taken.attachments if one.node_name == target}
        named = {taken.nodes[target].instance} if target in taken.nodes else set()
        return sorted((holders(taken, attached, volumes) | by_node | named) - {""})

    def _is_its(self, instance_id: str, view: View) -> bool:
        """Whether an instance that the cluster no longer names bears its mark."""
        return self.evidence.cluster_of(self.evidence.instances.read(instance_id))[0] == view.name
