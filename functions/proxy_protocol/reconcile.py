"""One target group: gather facts until there is a verdict, then act on it. Every entry point comes through here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from functions.proxy_protocol.decision import Facts, Policy, Section, Verdict, decide
from functions.proxy_protocol.decision.rules import Note, notes
from functions.proxy_protocol.decision.wish import Wish, wish
from functions.proxy_protocol.elbv2_calls import RefusedError, TargetGroupGoneError
from functions.proxy_protocol.services import Services
from functions.proxy_protocol.target_groups import TargetGroups, Written
from pitcrew.deadline import Deadline
from pitcrew.metrics import count
from pitcrew.mode import Mode, ModeParameter

logger = Logger(child=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was decided of one target group, and what came of it."""

    facts: Facts
    verdict: Verdict
    mode: Mode
    wish: Wish
    notes: tuple[Note, ...] = ()
    written: Written | None = None
    refusal: RefusedError | None = None
    """What AWS said where it refused the write."""

    @property
    def attributes(self) -> Mapping[str, str]:
        """The attributes as they are now, as far as they were read."""
        return self.written.attributes if self.written else self.facts.attributes or {}


class Reconciler:
    """Judges target groups and sets their attributes."""

    def __init__(self, groups: TargetGroups, services: Services, policy: Policy, mode: ModeParameter) -> None:
        self.groups = groups
        self.policy = policy
        self.mode = mode
        self._services = services

    def judge(self, facts: Facts, *, mode: Mode, deadline: Deadline) -> Outcome:
        """Read what the decision asks for, until it says a verdict. Raises DeadlineExceededError and AWS's errors."""
        while isinstance(answer := decide(facts, self.policy), Section):
            deadline.check()
            facts = self.ask(facts, answer)
        asked = wish(facts, self.policy)
        return Outcome(facts=facts, verdict=answer, mode=mode, wish=asked, notes=notes(facts))

    def ask(self, facts: Facts, section: Section) -> Facts:
        """Answer one question about the group, or learn that it is gone."""
        try:
            return self._answer(facts, section)
        except TargetGroupGoneError:
            return replace(facts, is_gone=True)

    def _answer(self, facts: Facts, section: Section) -> Facts:
        arn = facts.arn
        match section:
            case Section.TAGS:
                return replace(facts, tags=self.groups.tags(arn)[arn])
            case Section.GROUP:
                shape, group = self.groups.group(arn)
                return replace(facts, shape=shape, group=group)
            case Section.SERVICE:
                return replace(facts, service=self._services.says(facts))
            case Section.LISTENERS:
                load_balancers = facts.group.load_balancer_arns if facts.group else ()
                return replace(facts, listener_ports=self.groups.listener_ports(arn, load_balancers))
            case Section.ATTRIBUTES:
                return replace(facts, attributes=self.groups.attributes(arn))
            case Section.HEALTH:
                return replace(facts, is_in_service=self.groups.is_in_service(arn))
        assert_never(section)

    def act(self, outcome: Outcome, *, acts_in: frozenset[Mode]) -> Outcome:
        """Write the wish where the mode of this very moment is one of *acts_in*; the write's own outcome wins."""
        outcome = replace(outcome, mode=self.mode.read())
        if outcome.mode not in acts_in:
            return outcome
        arn, wished = outcome.facts.arn, outcome.wish.differing(outcome.facts.attributes or {})
        try:
            written = self.groups.set_attributes(arn, wished)
        except TargetGroupGoneError:
            return replace(outcome, verdict=Verdict.GONE)
        except RefusedError as error:
            return self._refused(outcome, error)
        outcome = replace(outcome, written=written)
        if outcome.wish.differing(written.attributes):
            return replace(outcome, verdict=Verdict.UNVERIFIED)
        self._remember(arn, outcome.wish)
        return replace(outcome, notes=notes(replace(outcome.facts, attributes=written.attributes)))

    def _refused(self, outcome: Outcome, error: RefusedError) -> Outcome:
        """Tell a refusal from a deletion: a deleted group has no tags, and so IAM's condition on them denies."""
        if self.ask(outcome.facts, Section.TAGS).is_gone:
            return replace(outcome, verdict=Verdict.GONE)
        error.count()
        return replace(outcome, verdict=Verdict.REFUSED, refusal=error)

    def _remember(self, arn: str, asked: Wish) -> None:
        try:
            self.groups.remember(arn, asked.hash)
        except (TargetGroupGoneError, RefusedError, ClientError, BotoCoreError) as error:
            if isinstance(error, RefusedError):
                error.count()
            logger.warning("the wish could not be remembered on the group", group=arn, error=str(error))
            count("TagNotWritten")
