"""The rows of a plan: which groups a target names, what is said of each, and in which order."""

from collections.abc import Callable

from functions.proxy_protocol.decision import Facts
from functions.proxy_protocol.decision.facts import ATTRIBUTE
from functions.proxy_protocol.outcome import Outcome
from pitcrew.plan import Row


def matcher(target: str, registered: Callable[[str], str | None]) -> Callable[[Facts], bool]:
    """Return the test for what *target* names: a VPC, a namespace/service, a cluster, or (empty) everything.

    A cluster is named by the id in the tags, or as it is *registered*.
    """
    if target.startswith("vpc-"):
        return lambda facts: facts.shape is not None and facts.shape.vpc_id == target
    if "/" in target:
        namespace, _, service = target.partition("/")
        return lambda facts: facts.service_name == (namespace, service)
    return lambda facts: target in {"", facts.cluster, registered(facts.cluster or "")}


def rank(outcome: Outcome) -> tuple[bool, bool, bool, str, str]:
    """Order rows: acts, what is held back, what else a person should see, the rest."""
    verdict = outcome.verdict
    return not verdict.acts, not verdict.is_held_back, not verdict.is_warning, verdict.value, outcome.facts.arn


def row(outcome: Outcome) -> Row:
    """Say of one group what an operator needs to decide."""
    details = {
        "service": "/".join(outcome.facts.service_name or ()),
        "cluster": outcome.facts.cluster,
        "enabled": outcome.attributes.get(ATTRIBUTE),
        "why": outcome.why,
        "remedy": outcome.remedy,
        "notes": [note.value for note in outcome.notes],
    }
    return Row(
        subject=outcome.facts.arn,
        verdict=outcome.verdict,
        details={name: value for name, value in details.items() if value},
    )
