"""The sweep of one cluster: finds what no event told, and starts an execution for each instance that needs one."""

from collections import Counter
from dataclasses import dataclass

from aws_lambda_powertools import Logger

import kube
from functions.orphaned_attachments.decision import Decision, Memory, Verdict, decide
from functions.orphaned_attachments.decision.acts import Kind
from functions.orphaned_attachments.evidence import Evidence, View
from functions.orphaned_attachments.executions import Executions
from functions.orphaned_attachments.proofs import prove_look
from functions.orphaned_attachments.suspects import marked, suspects
from functions.orphaned_attachments.telling import Teller, held_back
from functions.orphaned_attachments.travel import Run
from functions.orphaned_attachments.volumes import OF_ANY_CLUSTER
from pitcrew import proof
from pitcrew.deadline import Deadline
from pitcrew.metrics import count
from pitcrew.mode import Mode, ModeParameter

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """Sweeps clusters."""

    evidence: Evidence
    executions: Executions
    mode: ModeParameter
    teller: Teller

    def sweep(self, name: str, deadline: Deadline) -> dict[str, int]:
        """Look at every suspect of a cluster. Returns how many had each verdict.

        Raises AWS's errors and DeadlineExceededError; a cluster that does not answer is counted, and asked again by the
        next sweep.
        """
        mode = self.mode.read()
        try:
            view = self.evidence.view(name)
            judged = self._judged(view, mode, deadline)
        except kube.KubeError as error:
            verdict = (
                Verdict.WRONG_CLUSTER if isinstance(error, kube.WrongClusterError) else Verdict.CLUSTER_UNREACHABLE
            )
            fields = {"cluster": name, "why": str(error)}
            proof.write("cluster not swept", verdict=verdict, mode=mode, warns=True, fields=fields)
            return {verdict.value: 1}
        started = self._start(view, judged, mode)
        self._tell(view, judged, mode)
        counts = Counter(decision.verdict.value for decision in judged)
        logger.info("cluster swept", cluster=name, counts=dict(counts), started=started)
        return dict(counts)

    def _judged(self, view: View, mode: Mode, deadline: Deadline) -> list[Decision]:
        """Judge the suspects; where the mode is off, those alone that bear our marks."""
        taken = view.census
        if mode is Mode.OFF:
            found = sorted(set(marked(taken)) - {""})
        else:
            tags = (f"kubernetes.io/cluster/{self.evidence.registered.id_of(view.name)}", OF_ANY_CLUSTER)
            found = suspects(taken, self.evidence.volumes.attached(tags), now=self.evidence.clock())
        decisions = []
        for instance in found:
            deadline.check()
            facts = self.evidence.within(view, instance, memory=Memory(), policy=self.evidence.policy)
            decisions.append(decide(facts))
        return decisions

    def _start(self, view: View, judged: list[Decision], mode: Mode) -> int:
        """Start an execution where something is to be done or to be waited for, and none is under way."""
        due = [one for one in judged if _is_due(one, mode)]
        running = self.executions.running() if due else set()
        minute = f"{self.evidence.clock():%Y%m%dT%H%M}"
        started = [one.facts.instance.id for one in due if one.facts.instance.id not in running]
        for instance in started:
            self.executions.start(
                f"{instance}-sweep-{minute}", {"target": instance, "apply": "sweep", "cluster": view.name}
            )
        if started:
            count("FoundBySweep", len(started))
        return len(started)

    def _tell(self, view: View, judged: list[Decision], mode: Mode) -> None:
        """Prove what ends here, and tell a person what waits for one: one message a verdict, at most hourly."""
        ended = [one for one in judged if not _is_due(one, mode)]
        for one in ended:
            run = Run(instance=one.facts.instance.id, cluster=view.name, cause="sweep")
            prove_look(one, run, mode=mode, would=one.act, is_final=True)
        if mode is not Mode.OFF:
            for message in held_back(view.name, [one for one in ended if one.verdict.needs_a_person]):
                self.teller.tell(view.cluster, message)


def _is_due(decision: Decision, mode: Mode) -> bool:
    """Whether an execution would do or await something; where the mode forbids it, our own marks alone count."""
    act = decision.act
    if mode is Mode.OFF or (act and act.kind.is_release and mode is not Mode.ENFORCE):
        return act is not None and act.kind in {Kind.UNHOLD, Kind.UNTAINT}
    return act is not None or decision.pause is not None
