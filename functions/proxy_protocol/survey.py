"""Many target groups at once: what a sweep and an operator's plan look at, at a pace the account can bear."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from functions.proxy_protocol.decision import Facts, Section, Verdict
from functions.proxy_protocol.elbv2_calls import RefusedError
from functions.proxy_protocol.outcome import Outcome
from functions.proxy_protocol.reconcile import Reconciler
from pitcrew.deadline import Deadline, DeadlineExceededError
from pitcrew.mode import Mode

WORKERS = 16
"""Calls in flight; the limiters set the pace, so that this only bridges slow answers."""

TAGS_AT_ONCE = 20
"""As many groups as one DescribeTags takes; its API reference says so."""

PORTION = 100
"""Groups judged before those of them that need it are mended: what a sweep cannot finish, it has not begun."""

logger = Logger(child=True)


class Survey:
    """Judges and mends groups, several at a time, until the deadline."""

    def __init__(self, reconciler: Reconciler, *, mode: Mode, deadline: Deadline) -> None:
        self._reconciler = reconciler
        self._mode = mode
        self._deadline = deadline
        self.undone: list[str] = []
        """ARNs of the groups that were not judged, or not mended, for want of time or of an answer."""

    def judge(self, candidates: Sequence[Facts]) -> list[Outcome]:
        """Judge every candidate and change nothing."""
        with ThreadPoolExecutor(WORKERS) as pool:
            return _done(pool.map(self._judge, candidates))

    def mend(self, candidates: Sequence[Facts], *, prove: Callable[[Outcome], None]) -> tuple[list[Outcome], ...]:
        """Judge every candidate and do what the verdicts ask for: return what was only judged, and the rest.

        Tags are read again 20 at a time, and soon used. *prove* is called at once for each act, from several threads.
        """
        judged: list[Outcome] = []
        waiting: list[Outcome] = []
        acts: list[Future[Outcome | None]] = []
        with ThreadPoolExecutor(WORKERS) as pool:
            for start in range(0, len(candidates), PORTION):
                for outcome in _done(pool.map(self._judge, candidates[start : start + PORTION])):
                    if outcome.is_for_its_owner and not outcome.verdict.acts:
                        acts.append(pool.submit(self._act, outcome, prove))
                    else:
                        (waiting if outcome.verdict.acts else judged).append(outcome)
                is_last = start + PORTION >= len(candidates)
                while len(waiting) >= TAGS_AT_ONCE or (waiting and is_last):
                    now, waiting = waiting[:TAGS_AT_ONCE], waiting[TAGS_AT_ONCE:]
                    wait(acts[:-WORKERS])
                    acts += [pool.submit(self._act, outcome, prove) for outcome in self._with_fresh_tags(now)]
            return judged, _done(act.result() for act in acts)

    def _judge(self, facts: Facts) -> Outcome | None:
        """Judge one; where nobody asks, read the attributes all the same: the Service's groups may disagree."""

        def work() -> Outcome:
            outcome = self._judged(facts)
            if outcome.verdict in {Verdict.NOT_ASKED_FOR, Verdict.OPTED_OUT}:
                return self._judged(self._reconciler.ask(outcome.facts, Section.ATTRIBUTES, self._deadline))
            return outcome

        return self.attempt(facts.arn, work)

    def _judged(self, facts: Facts) -> Outcome:
        return self._reconciler.judge(facts, mode=self._mode, deadline=self._deadline)

    def _act(self, outcome: Outcome, prove: Callable[[Outcome], None]) -> Outcome | None:
        def work() -> Outcome:
            again = self._judged(outcome.facts)
            self._deadline.check()
            done = self._reconciler.follow(again, acts_in=frozenset({Mode.ENFORCE}), deadline=self._deadline)
            prove(done)
            return done

        return self.attempt(outcome.facts.arn, work)

    def attempt(self, arn: str, work: Callable[[], Outcome]) -> Outcome | None:
        """Do *work* on one group; what time or AWS does not allow is in `undone`, and the next group's turn comes."""
        try:
            self._deadline.check()
            return work()
        except (ClientError, BotoCoreError, RefusedError, DeadlineExceededError) as error:
            logger.warning("target group left undone", group=arn, error=str(error))
            self.undone.append(arn)
            return None

    def _with_fresh_tags(self, outcomes: list[Outcome]) -> list[Outcome]:
        """Read tags and, when judged again, Services just before writing: a list may be late, a wish withdrawn."""
        if self._deadline.is_over:
            return outcomes
        try:
            tags = self._reconciler.groups.tags_of_living(*(outcome.facts.arn for outcome in outcomes))
        except (ClientError, BotoCoreError, RefusedError) as error:
            logger.warning("tags cannot be read again: target groups left undone", error=str(error))
            self.undone += [outcome.facts.arn for outcome in outcomes]
            return []
        return [replace(outcome, facts=_refreshed(outcome.facts, tags.get(outcome.facts.arn))) for outcome in outcomes]


def _refreshed(facts: Facts, tags: Mapping[str, str] | None) -> Facts:
    return replace(facts, tags=tags, is_gone=tags is None, service=None, backend=None)


def _done(outcomes: Iterable[Outcome | None]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome]
