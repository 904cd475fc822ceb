"""One target group: gather facts until there is a verdict, then act on it. Every entry point comes through here."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, assert_never

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from functions.proxy_protocol.decision import Facts, Policy, Section, Verdict, decide
from functions.proxy_protocol.decision.rules import notes
from functions.proxy_protocol.decision.wish import Wish, wish
from functions.proxy_protocol.elbv2_calls import RefusedError, TargetGroupGoneError
from functions.proxy_protocol.outcome import Outcome
from functions.proxy_protocol.service_events import service_events
from functions.proxy_protocol.services import Services
from functions.proxy_protocol.target_groups import TargetGroups
from pitcrew.deadline import Deadline
from pitcrew.metrics import count
from pitcrew.mode import Mode, ModeParameter

logger = Logger(child=True)


class Reconciler:
    """Judges target groups, sets their attributes, and tells their Services."""

    def __init__(self, groups: TargetGroups, services: Services, policy: Policy, mode: ModeParameter) -> None:
        self.groups = groups
        self.policy = policy
        self.mode = mode
        self.services = services

    def judge(self, facts: Facts, *, mode: Mode, deadline: Deadline) -> Outcome:
        """Read what the decision asks for, until it says a verdict. Raises DeadlineExceededError and AWS's errors."""
        while isinstance(answer := decide(facts, self.policy), Section):
            deadline.check()
            facts = self.ask(facts, answer, deadline)
        asked = wish(facts, self.policy)
        return Outcome(facts=facts, verdict=answer, mode=mode, wish=asked, notes=notes(facts))

    def ask(self, facts: Facts, section: Section, deadline: Deadline) -> Facts:
        """Answer one question about the group, or learn that it is gone."""
        try:
            return replace(facts, **self._answer(facts, section, deadline))
        except TargetGroupGoneError:
            return replace(facts, is_gone=True)

    def _answer(self, facts: Facts, section: Section, deadline: Deadline) -> dict[str, Any]:
        arn, answer = facts.arn, dict[str, Any]()
        match section:
            case Section.TAGS:
                answer["tags"] = self.groups.tags(arn)[arn]
            case Section.GROUP:
                answer["shape"], answer["group"] = self.groups.group(arn)
            case Section.SERVICE:
                answer["service"] = self.services.says(facts, deadline)
            case Section.LISTENERS:
                load_balancers = facts.group.load_balancer_arns if facts.group else ()
                answer["listener_ports"] = self.groups.listener_ports(arn, load_balancers)
            case Section.ATTRIBUTES:
                answer["attributes"] = self.groups.attributes(arn)
            case Section.BACKEND:
                answer["backend"] = self.services.backend(facts, deadline)
            case Section.HEALTH:
                answer["is_in_service"] = self.groups.is_in_service(arn)
            case _:
                assert_never(section)
        return answer

    def follow(self, outcome: Outcome, *, acts_in: frozenset[Mode], deadline: Deadline) -> Outcome:
        """Do what the verdict asks for: act, or tell the Service's owner why not, or nothing."""
        if outcome.verdict.acts:
            return self.act(outcome, acts_in=acts_in, deadline=deadline)
        if outcome.is_for_its_owner and self.mode.read() in acts_in:
            self._tell(outcome, deadline)
        return outcome

    def act(self, outcome: Outcome, *, acts_in: frozenset[Mode], deadline: Deadline) -> Outcome:
        """Write the wish where the mode of this very moment is one of *acts_in*; the write's own outcome wins."""
        outcome = replace(outcome, mode=self.mode.read())
        if outcome.mode not in acts_in:
            return outcome
        outcome = self._write(outcome, deadline)
        self._tell(outcome, deadline)
        return outcome

    def _write(self, outcome: Outcome, deadline: Deadline) -> Outcome:
        arn, wished = outcome.facts.arn, outcome.wish.differing(outcome.facts.attributes or {})
        try:
            written = self.groups.set_attributes(arn, wished)
        except TargetGroupGoneError:
            return replace(outcome, verdict=Verdict.GONE)
        except RefusedError as error:
            return self._refused(outcome, error, deadline)
        outcome = replace(outcome, written=written)
        if outcome.wish.differing(written.attributes):
            return replace(outcome, verdict=Verdict.UNVERIFIED)
        self._remember(arn, outcome.wish)
        return replace(outcome, notes=notes(replace(outcome.facts, attributes=written.attributes)))

    def _refused(self, outcome: Outcome, error: RefusedError, deadline: Deadline) -> Outcome:
        """Tell a refusal from a deletion: a deleted group has no tags, and so IAM's condition on them denies."""
        if self.ask(outcome.facts, Section.TAGS, deadline).is_gone:
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

    def _tell(self, outcome: Outcome, deadline: Deadline) -> None:
        for event in service_events(outcome, now=datetime.now(UTC)) if outcome.is_for_its_owner else ():
            self.services.tell(outcome.facts, event, deadline)
