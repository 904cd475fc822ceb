"""What was decided of one target group, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.proxy_protocol.decision import Facts, Verdict
from functions.proxy_protocol.decision.rules import WRITE_OUTCOMES, Note, rule_of
from functions.proxy_protocol.decision.service import Standing
from functions.proxy_protocol.decision.wish import Wish
from functions.proxy_protocol.elbv2_calls import RefusedError
from functions.proxy_protocol.target_groups import Written
from pitcrew.mode import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A verdict with everything that led to it and that it led to."""

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

    @property
    def is_for_its_owner(self) -> bool:
        """Whether the Service can be told, and there is something to tell."""
        can_be_told = self.facts.service is not None and self.facts.service.standing is Standing.FOUND
        return can_be_told and (self.verdict.acts or self.verdict.is_warning or bool(self.notes))

    @property
    def why(self) -> str:
        """What made this verdict: of this very group where the row alone does not say it all."""
        rule = rule_of(self.verdict)
        return (rule.detail(self.facts) or rule.when) if rule else WRITE_OUTCOMES[self.verdict][0]

    @property
    def remedy(self) -> str:
        """What a person can do about it; empty where nothing needs doing."""
        rule = rule_of(self.verdict)
        return rule.remedy if rule else ""
