"""The decision table: the first row that applies wins. docs/proxy-protocol.md shows it, generated from here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from functions.proxy_protocol.decision.facts import APPLIED_TAG, ATTRIBUTE, OPT_TAG, Facts, Section
from functions.proxy_protocol.decision.wish import Policy, Source, is_opted_out, needs_listeners, wish

TAGS, GROUP, SERVICE, LISTENERS, ATTRIBUTES, HEALTH = Section


class Verdict(StrEnum):
    """The one word for what is decided, the same in logs, metrics, docs and tests."""

    NOT_OURS = "NotOurs"
    GONE = "Gone"
    NOT_KUBERNETES = "NotKubernetes"
    OTHER_CONTROLLER = "OtherController"
    UNSUPPORTED_PROTOCOL = "UnsupportedProtocol"
    UNSUPPORTED_TARGET_TYPE = "UnsupportedTargetType"
    UNATTACHED = "Unattached"
    AMBIGUOUS_CLUSTER = "AmbiguousCluster"
    CLUSTER_NOT_ALLOWED = "ClusterNotAllowed"
    OPTED_OUT = "OptedOut"
    NOT_ASKED_FOR = "NotAskedFor"
    UNSUPPORTED_ATTRIBUTE = "UnsupportedAttribute"
    ALREADY_SET = "AlreadySet"
    CONTESTED = "Contested"
    IN_SERVICE = "InService"
    HEALTH_CHECK_BLOCKS = "HealthCheckBlocks"
    ENABLE_UNHEALTHY = "EnableUnhealthy"
    ENABLE = "Enable"
    REFUSED = "Refused"
    UNVERIFIED = "Unverified"

    @property
    def acts(self) -> bool:
        """Whether the attributes are to be written."""
        return self in {Verdict.ENABLE, Verdict.ENABLE_UNHEALTHY}

    @property
    def is_held_back(self) -> bool:
        """Whether somebody asks, and only an operator who names the group may go on."""
        return self in {Verdict.CONTESTED, Verdict.IN_SERVICE, Verdict.HEALTH_CHECK_BLOCKS}

    @property
    def is_warning(self) -> bool:
        """Whether a person should look."""
        return self.is_held_back or self in {
            Verdict.AMBIGUOUS_CLUSTER,
            Verdict.ENABLE_UNHEALTHY,
            Verdict.REFUSED,
            Verdict.UNVERIFIED,
        }


class Note(StrEnum):
    """A warning that stands beside a verdict."""

    HEALTH_CHECK_FAILS = "HealthCheckFails"
    GROUPS_DISAGREE = "GroupsDisagree"
    UNKNOWN_TAG_VALUE = "UnknownTagValue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row: it can be judged once what it needs has been read (or is not needed for this group)."""

    verdict: Verdict
    needs: frozenset[Section]
    holds: Callable[[Facts, Policy], bool]
    when: str
    effect: str
    remedy: str = ""
    """What a person can do about it."""


OTHER_CONTROLLERS = (
    "elbv2.k8s.aws/cluster",
    "eks:eks-cluster-name",
    "service.k8s.aws/*",
    "ingress.k8s.aws/*",
    "gateway.k8s.aws.*/*",
    "service.eks.amazonaws.com/*",
    "ingress.eks.amazonaws.com/*",
)
"""Tags of AWS Load Balancer Controller and EKS Auto Mode, which revert what anybody else writes."""


def _is_other_controllers(facts: Facts, _: Policy) -> bool:
    tags = facts.tags or {}
    return any(fnmatchcase(key, pattern) for key in tags for pattern in OTHER_CONTROLLERS) or any(
        key.endswith("/role") and value == "apiserver" for key, value in tags.items()
    )


def _is_unsupported_protocol(facts: Facts, policy: Policy) -> bool:
    allowed = {"TCP", "TLS"} if policy.allow_tls else {"TCP"}
    return facts.shape is not None and facts.shape.protocol not in allowed


def _is_unsupported_target_type(facts: Facts, _: Policy) -> bool:
    return facts.shape is not None and facts.shape.target_type not in {"instance", "ip"}


def _is_unattached(facts: Facts, _: Policy) -> bool:
    return not facts.by_event and facts.group is not None and not facts.group.load_balancer_arns


def _lacks_attribute(facts: Facts, policy: Policy) -> bool:
    return not wish(facts, policy).attributes.keys() <= (facts.attributes or {}).keys()


def _is_set(facts: Facts, policy: Policy) -> bool:
    return not wish(facts, policy).differing(facts.attributes or {})


def _is_contested(facts: Facts, policy: Policy) -> bool:
    return (facts.tags or {}).get(APPLIED_TAG) == wish(facts, policy).hash


def _is_in_service(facts: Facts, policy: Policy) -> bool:
    return needs_health(facts, policy) and bool(facts.is_in_service)


def _blocks(facts: Facts, policy: Policy) -> bool:
    return _check_fails(facts) and (policy.refuses_unhealthy_check or not wish(facts, policy).is_addressed_to_us)


def _check_fails(facts: Facts) -> bool:
    return facts.group is not None and facts.group.check_cannot_parse_the_header


CHECK_REMEDY = (
    "annotate the Service `aws-load-balancer-healthcheck-protocol: TCP` and `…-healthcheck-port: traffic-port` "
    "(the provider then re-creates the group once). Until then every target fails its check: the NLB fails open to "
    "all registered nodes, and policy Local drops what reaches a node without a pod"
)

NOTHING: frozenset[Section] = frozenset()
ASKED = frozenset({TAGS, GROUP, SERVICE, LISTENERS})
COMPARED = ASKED | {ATTRIBUTES}
EVERYTHING = COMPARED | {HEALTH}

RULES: tuple[Rule, ...] = (
    Rule(
        verdict=Verdict.NOT_OURS,
        needs=NOTHING,
        holds=lambda facts, policy: not facts.arn.startswith(policy.home),
        when="an event of another account or region, or that names no target group",
        effect="none; success",
    ),
    Rule(
        verdict=Verdict.GONE,
        needs=NOTHING,
        holds=lambda facts, _: facts.is_gone,
        when="any read or write says `TargetGroupNotFound`",
        effect="none; success",
    ),
    Rule(
        verdict=Verdict.NOT_KUBERNETES,
        needs=frozenset({TAGS}),
        holds=lambda facts, _: facts.service_name is None,
        when="no tag `kubernetes.io/service-name` = namespace/name. A cluster tag alone is not enough: "
        "the API server's groups of kOps and Cluster API carry it",
        effect="none",
    ),
    Rule(
        verdict=Verdict.OTHER_CONTROLLER,
        needs=frozenset({TAGS}),
        holds=_is_other_controllers,
        when="any tag of AWS Load Balancer Controller or EKS Auto Mode ("
        + ", ".join(f"`{pattern}`" for pattern in OTHER_CONTROLLERS)
        + ") or `…/role=apiserver` of Cluster API",
        effect="none",
        remedy='that controller reads the annotation `aws-load-balancer-proxy-protocol: "*"` itself',
    ),
    Rule(
        verdict=Verdict.UNSUPPORTED_PROTOCOL,
        needs=NOTHING,
        holds=_is_unsupported_protocol,
        when="not TCP (TLS only with `allow_tls`): UDP, TCP_UDP, QUIC, TCP_QUIC, HTTP(S), GENEVE",
        effect="none",
    ),
    Rule(
        verdict=Verdict.UNSUPPORTED_TARGET_TYPE,
        needs=NOTHING,
        holds=_is_unsupported_target_type,
        when="not `instance` or `ip`",
        effect="none",
    ),
    Rule(
        verdict=Verdict.UNATTACHED,
        needs=frozenset({GROUP}),
        holds=_is_unattached,
        when="a sweep or an operator's run finds the group in no load balancer",
        effect="none; listed",
    ),
    Rule(
        verdict=Verdict.AMBIGUOUS_CLUSTER,
        needs=frozenset({TAGS}),
        holds=lambda facts, _: facts.cluster is None,
        when="no tag `kubernetes.io/cluster/<id>` = `owned`, several, or `shared`",
        effect="none; warning",
    ),
    Rule(
        verdict=Verdict.CLUSTER_NOT_ALLOWED,
        needs=frozenset({TAGS}),
        holds=lambda facts, policy: bool(policy.cluster_ids) and facts.cluster not in policy.cluster_ids,
        when="`cluster_ids` is given, and the cluster is not in it",
        effect="none",
    ),
    Rule(
        verdict=Verdict.OPTED_OUT,
        needs=frozenset({TAGS}),
        holds=lambda facts, _: is_opted_out(facts),
        when=f"the tag `{OPT_TAG}` = `disabled`",
        effect="none",
    ),
    Rule(
        verdict=Verdict.NOT_ASKED_FOR,
        needs=ASKED,
        holds=lambda facts, policy: wish(facts, policy).source is None,
        when="no source asks",
        effect="none",
    ),
    Rule(
        verdict=Verdict.UNSUPPORTED_ATTRIBUTE,
        needs=COMPARED,
        holds=_lacks_attribute,
        when="a wished key is not among the returned attributes",
        effect="none",
    ),
    Rule(
        verdict=Verdict.ALREADY_SET,
        needs=COMPARED,
        holds=_is_set,
        when="every wished attribute has its wished value",
        effect="none",
    ),
    Rule(
        verdict=Verdict.CONTESTED,
        needs=COMPARED,
        holds=_is_contested,
        when=f"the tag `{APPLIED_TAG}` remembers this very wish, and an attribute differs: somebody set it back",
        effect="none; warning. Never fight; an operator's apply of a plan for exactly this group may",
    ),
    Rule(
        verdict=Verdict.IN_SERVICE,
        needs=EVERYTHING,
        holds=_is_in_service,
        when="targets are in service, the wish is not addressed to us (a wildcard), and the group is not newborn",
        effect="none; in the plan: a working site may hang on it",
    ),
    Rule(
        verdict=Verdict.HEALTH_CHECK_BLOCKS,
        needs=EVERYTHING,
        holds=_blocks,
        when="the health check is HTTP(S) on another port than the traffic, which cannot parse the header, "
        "and the wish is a wildcard or `unhealthy_check` is `refuse`",
        effect="none; in the plan, with the remedy",
        remedy=CHECK_REMEDY,
    ),
    Rule(
        verdict=Verdict.ENABLE_UNHEALTHY,
        needs=EVERYTHING,
        holds=lambda facts, _: _check_fails(facts),
        when="the same with any other wish",
        effect="**apply**, and a warning with the remedy",
        remedy=CHECK_REMEDY,
    ),
    Rule(
        verdict=Verdict.ENABLE,
        needs=EVERYTHING,
        holds=lambda _facts, _policy: True,
        when="otherwise",
        effect="**apply**",
    ),
)

WRITE_OUTCOMES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.REFUSED: (
        "AWS refused the write (AccessDenied, InvalidConfigurationRequest)",
        "done for the queue; warning; the sweep tries again",
    ),
    Verdict.UNVERIFIED: (
        "the answer to the write is not what was written",
        "done for the queue; warning; the sweep tries again",
    ),
}
"""Verdicts that only a write can bring, each with when and effect; `Gone` can come of one too."""


def needs_health(facts: Facts, policy: Policy) -> bool:
    """Whether live traffic matters: only a wildcard asks, and the group was not born just now."""
    return wish(facts, policy).source is Source.WILDCARD_ENTRY and not facts.is_newborn


def rule_of(verdict: Verdict) -> Rule | None:
    """Return the row of a verdict; the outcomes of a write have none."""
    return next((rule for rule in RULES if rule.verdict is verdict), None)


def notes(facts: Facts) -> tuple[Note, ...]:
    """Return what to warn of whatever the verdict."""
    found = []
    if (facts.attributes or {}).get(ATTRIBUTE) == "true" and _check_fails(facts):
        found.append(Note.HEALTH_CHECK_FAILS)
    if (facts.tags or {}).get(OPT_TAG, "enabled") not in {"enabled", "disabled"}:
        found.append(Note.UNKNOWN_TAG_VALUE)
    return tuple(found)


def unneeded(facts: Facts, policy: Policy) -> frozenset[Section]:
    """Return the sections that no row needs for this group; sound once its tags are read."""
    return frozenset(
        section
        for section, is_needed in ((LISTENERS, needs_listeners), (HEALTH, needs_health))
        if not is_needed(facts, policy)
    )
