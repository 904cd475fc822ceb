"""The decision table: the first row that applies wins. docs/proxy-protocol.md shows it, generated from here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from functions.proxy_protocol.decision import annotations
from functions.proxy_protocol.decision.facts import APPLIED_TAG, ATTRIBUTE, OPT_TAG, Facts, Section
from functions.proxy_protocol.decision.service import Standing
from functions.proxy_protocol.decision.wish import Policy, Source, is_opted_out, needs_listeners, wish

TAGS, GROUP, SERVICE, LISTENERS, ATTRIBUTES, BACKEND, HEALTH = Section


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
    WRONG_CLUSTER = "WrongCluster"
    CLUSTER_UNREACHABLE = "ClusterUnreachable"
    SERVICE_GONE = "ServiceGone"
    OPTED_OUT = "OptedOut"
    INVALID_ANNOTATION = "InvalidAnnotation"
    NOT_ASKED_FOR = "NotAskedFor"
    UNSUPPORTED_ATTRIBUTE = "UnsupportedAttribute"
    ALREADY_SET = "AlreadySet"
    BACKEND_NOT_READY = "BackendNotReady"
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
            Verdict.WRONG_CLUSTER,
            Verdict.CLUSTER_UNREACHABLE,
            Verdict.INVALID_ANNOTATION,
            Verdict.BACKEND_NOT_READY,
            Verdict.ENABLE_UNHEALTHY,
            Verdict.REFUSED,
            Verdict.UNVERIFIED,
        }


class Note(StrEnum):
    """A warning that stands beside a verdict."""

    HEALTH_CHECK_FAILS = "HealthCheckFails"
    GROUPS_DISAGREE = "GroupsDisagree"
    UNKNOWN_TAG_VALUE = "UnknownTagValue"


NOTE_TEXTS: Mapping[Note, str] = {
    Note.HEALTH_CHECK_FAILS: "proxy protocol is on, and the health check cannot parse the header",
    Note.GROUPS_DISAGREE: "the Service's groups disagree: nginx expects one answer on all its ports",
    Note.UNKNOWN_TAG_VALUE: f"the tag `{OPT_TAG}` is neither `enabled` nor `disabled`",
}


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

    detail: Callable[[Facts], str] = lambda _facts: ""
    """What of this very group made the row apply, where the row itself does not say it all."""


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
    is_wildcard = wish(facts, policy).source is Source.WILDCARD_ENTRY
    return _check_fails(facts) and (policy.refuses_unhealthy_check or is_wildcard)


def _check_fails(facts: Facts) -> bool:
    return facts.group is not None and facts.group.check_cannot_parse_the_header


def _stands(facts: Facts, standing: Standing) -> bool:
    return facts.service is not None and facts.service.standing is standing


def _is_unreachable(facts: Facts, _: Policy) -> bool:
    return _stands(facts, Standing.UNREACHABLE) or bool(facts.backend and facts.backend.why_unreachable)


def _why(facts: Facts) -> str:
    return (facts.backend.why_unreachable if facts.backend else "") or (facts.service.why if facts.service else "")


def _mistakes(facts: Facts) -> list[str]:
    return annotations.mistakes(facts.service.annotations) if facts.service else []


def _is_backend_not_ready(facts: Facts, _: Policy) -> bool:
    return facts.backend is not None and facts.backend.expects_header is False


def _about_backend(facts: Facts) -> str:
    config_map = facts.backend.config_map if facts.backend else ""
    return f'ConfigMap {config_map} does not say `use-proxy-protocol: "true"`'


def _about_check(facts: Facts) -> str:
    check = facts.group.health_check if facts.group else None
    asked = f"the check asks {check.protocol} on port {check.port}" if check else ""
    policy = facts.service.traffic_policy if facts.service else ""
    return f"{asked}; externalTrafficPolicy is {policy}" if policy else asked


CHECK_REMEDY = (
    "annotate the Service `aws-load-balancer-healthcheck-protocol: TCP` and `…-healthcheck-port: traffic-port` "
    "(the provider then re-creates the group once). Until then every target fails its check: the NLB fails open to "
    "all registered nodes, and policy Local drops what reaches a node without a pod"
)

NOTHING: frozenset[Section] = frozenset()
ANSWERED = frozenset({TAGS, GROUP, SERVICE})
ASKED = ANSWERED | {LISTENERS}
COMPARED = ASKED | {ATTRIBUTES}
READY = COMPARED | {BACKEND}
EVERYTHING = READY | {HEALTH}

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
        verdict=Verdict.WRONG_CLUSTER,
        needs=frozenset({SERVICE}),
        holds=lambda facts, _: _stands(facts, Standing.WRONG_CLUSTER),
        when="the registered cluster is another one: none of its first Nodes is an instance of this account and region",
        effect="none; warning; done for the queue; the sweep carries it",
        remedy="name the right kubeconfig, EKS cluster or `cluster_id` in cdk.json",
        detail=_why,
    ),
    Rule(
        verdict=Verdict.CLUSTER_UNREACHABLE,
        needs=frozenset({SERVICE}),
        holds=_is_unreachable,
        when="the registered cluster did not answer what was asked (no connection, 5xx, 401, 403, unusable "
        "kubeconfig): its owner may have opted out, so no other source is heard",
        effect="none; warning; done for the queue; the sweep carries it",
        detail=_why,
    ),
    Rule(
        verdict=Verdict.SERVICE_GONE,
        needs=frozenset({SERVICE}),
        holds=lambda facts, _: _stands(facts, Standing.GONE),
        when="the registered cluster answers and has no such Service",
        effect="none",
    ),
    Rule(
        verdict=Verdict.OPTED_OUT,
        needs=frozenset({TAGS}),
        holds=lambda facts, _: is_opted_out(facts),
        when=f"the tag `{OPT_TAG}` = `disabled`, the Service's annotation `{annotations.SWITCH}: disabled`, or "
        f"`{ATTRIBUTE}=false` in `{annotations.ATTRIBUTES}` or in the provider's `…-target-group-attributes`",
        effect="none",
    ),
    Rule(
        verdict=Verdict.INVALID_ANNOTATION,
        needs=ANSWERED,
        holds=lambda facts, _: bool(_mistakes(facts)),
        when=f"`{annotations.SWITCH}` or one of the two `…target-group-attributes` annotations has an unknown key "
        "or a bad value",
        effect="none of it is applied; warning, and an Event that names key, value and what is allowed",
        detail=lambda facts: "; ".join(_mistakes(facts)),
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
        verdict=Verdict.BACKEND_NOT_READY,
        needs=READY,
        holds=_is_backend_not_ready,
        when="the ConfigMap that the Service's ingress-nginx pods name is readable and does not say "
        '`use-proxy-protocol: "true"`: switched on, every request would fail',
        effect="none; warning, and an Event that names the ConfigMap",
        remedy='set `use-proxy-protocol: "true"` there first',
        detail=_about_backend,
    ),
    Rule(
        verdict=Verdict.CONTESTED,
        needs=READY,
        holds=_is_contested,
        when=f"the tag `{APPLIED_TAG}` remembers this very wish, and an attribute differs: somebody set it back",
        effect="none; warning. Never fight; an operator's apply of a plan for exactly this group may",
    ),
    Rule(
        verdict=Verdict.IN_SERVICE,
        needs=EVERYTHING,
        holds=_is_in_service,
        when="targets are in service, nobody knows whether their pods expect the header, the wish is not addressed "
        "to us (the provider's annotation, a wildcard), and the group is not newborn",
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
        detail=_about_check,
    ),
    Rule(
        verdict=Verdict.ENABLE_UNHEALTHY,
        needs=EVERYTHING,
        holds=lambda facts, _: _check_fails(facts),
        when="the same with any other wish",
        effect="**apply**, and a warning with the remedy",
        remedy=CHECK_REMEDY,
        detail=_about_check,
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
    """Whether live traffic matters: nobody asks us, nobody knows the backend, and the group was not born just now."""
    source, backend = wish(facts, policy).source, facts.backend
    is_known = backend is not None and backend.expects_header is not None
    return not (source is None or source.is_addressed_to_us or facts.is_newborn or is_known)


def needs_backend(facts: Facts, _: Policy) -> bool:
    """Whether anybody can say what the pods expect."""
    return _stands(facts, Standing.FOUND)


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
    """Return the sections that no row needs for this group; sound once its tags are read and its Service was asked."""
    return frozenset(
        section
        for section, is_needed in ((LISTENERS, needs_listeners), (BACKEND, needs_backend), (HEALTH, needs_health))
        if not is_needed(facts, policy)
    )
