"""The table of verdicts: the first row that applies wins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from functions.orphaned_attachments.decision.blast import excess, is_planned, neighbour
from functions.orphaned_attachments.decision.facts import Facts, Standing
from functions.orphaned_attachments.decision.holdings import Place, Pod, Volume
from functions.orphaned_attachments.decision.instance import OPT_OUT_TAG, State
from functions.orphaned_attachments.decision.node import SWITCH, Node


class Verdict(StrEnum):
    """What became of one instance; the same word in code, log, metric, Event, docs and test id."""

    NOT_OURS = "NotOurs"
    WRONG_CLUSTER = "WrongCluster"
    CLUSTER_UNREACHABLE = "ClusterUnreachable"
    OPTED_OUT = "OptedOut"
    CAME_BACK = "CameBack"
    ATTACHED_OUTSIDE_KUBERNETES = "AttachedOutsideKubernetes"
    ALIVE = "Alive"
    HIBERNATED = "Hibernated"
    NOTHING_TO_RELEASE = "NothingToRelease"
    RELEASED = "Released"
    STUCK = "Stuck"
    NOT_CONFIRMED = "NotConfirmed"
    WATCHING = "Watching"
    CONTRADICTED = "Contradicted"
    PLANNED_STOP = "PlannedStop"
    TOO_MANY_AT_ONCE = "TooManyAtOnce"
    RELEASING = "Releasing"

    @property
    def looks_again(self) -> bool:
        """Whether a run goes on with it where there is no act; every other verdict ends the run."""
        return self in {
            Verdict.CLUSTER_UNREACHABLE,
            Verdict.NOT_CONFIRMED,
            Verdict.WATCHING,
            Verdict.CONTRADICTED,
            Verdict.CAME_BACK,
            Verdict.RELEASING,
        }

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody should be told, because nothing more happens by itself."""
        return self in {
            Verdict.WRONG_CLUSTER,
            Verdict.CLUSTER_UNREACHABLE,
            Verdict.ATTACHED_OUTSIDE_KUBERNETES,
            Verdict.STUCK,
            Verdict.PLANNED_STOP,
            Verdict.TOO_MANY_AT_ONCE,
        }


class Note(StrEnum):
    """A remark that stands beside a verdict."""

    NOT_MIGRATED = "NotMigrated"
    REPLACED = "Replaced"


NOTE_TEXTS: Mapping[Note, str] = {
    Note.NOT_MIGRATED: "an in-tree EBS volume that no CSI driver looks after: give it a StorageClass of "
    "ebs.csi.aws.com and run the EBS CSI driver",
    Note.REPLACED: "the Node of that name belongs to another instance: neither it nor its pods are touched, our "
    "marks come off it; of the dead one only VolumeAttachments that name its id and that no pod binds",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row."""

    verdict: Verdict
    holds: Callable[[Facts], bool]
    when: str
    effect: str
    remedy: str = ""
    """What a person can do about it."""


def dead_node(facts: Facts) -> Node | None:
    """Return the Node where it is the dead one: nothing on it names another instance."""
    return facts.node if facts.node and facts.node.is_of(facts.instance.id) else None


def is_replaced(facts: Facts) -> bool:
    """Whether the Node of that name belongs to another instance."""
    return facts.node is not None and not facts.node.is_of(facts.instance.id)


def is_silent(facts: Facts, node: Node) -> bool:
    """Whether nobody speaks for the Node any more."""
    memory = facts.memory
    has_not_moved = (
        node.lease_renewed_at is not None
        and node.lease_renewed_at == memory.lease
        and memory.lease_since is not None
        and facts.now - memory.lease_since >= facts.policy.silence
    )
    return node.ready == "Unknown" or has_not_moved


def has_begun(facts: Facts) -> bool:
    """Whether the release of this instance is under way: by this run, or by one before it that left its mark."""
    node = dead_node(facts)
    is_marked = bool(node and node.is_tainted_by_us) or any(pod.is_failed_by_us for pod in its_pods(facts))
    return facts.memory.has_begun or is_marked


def its_pods(facts: Facts) -> tuple[Pod, ...]:
    """Return the pods of the instance: those on a Node that belongs to another one by now are none of its."""
    return () if is_replaced(facts) else facts.pods


def has_something(facts: Facts) -> bool:
    """Whether anything in the cluster still names the instance."""
    pods = any(pod.is_to_release for pod in its_pods(facts))
    return bool(facts.attachments) or pods or any(volume.place is Place.HERE for volume in facts.volumes)


def _is_opted_out(facts: Facts) -> bool:
    node = bool(facts.node and facts.node.is_opted_out)
    tag = facts.instance.tags.get(OPT_OUT_TAG) == "disabled"
    return node or tag or any(volume.is_opted_out for volume in facts.volumes)


def _is_marked(facts: Facts) -> bool:
    return facts.node is not None and facts.node.is_marked


def _came_back(facts: Facts) -> bool:
    was_ours = facts.memory.has_begun or facts.memory.has_unmarked
    return facts.instance.state.is_alive and (_is_marked(facts) or was_ours)


def _is_attached_outside(facts: Facts) -> bool:
    return facts.instance.state is State.RUNNING and any(_is_unknown(facts, volume) for volume in facts.volumes)


def _is_unknown(facts: Facts, volume: Volume) -> bool:
    """Whether the volume is on the instance behind Kubernetes' back; kubelets attach in-tree ones by themselves."""
    is_named = any(attachment.volume == volume.id for attachment in facts.attachments)
    is_kubelets = volume.is_in_tree and not facts.migrated
    is_old = volume.attached_at is not None and facts.now - volume.attached_at >= facts.policy.outside_after
    return volume.place is Place.HERE and not is_named and not is_kubelets and is_old


def _has_nothing(facts: Facts) -> bool:
    return facts.instance.state.is_dead and not has_something(facts)


def _is_stuck(facts: Facts) -> bool:
    memory, policy = facts.memory, facts.policy
    for_dead = memory.dead_since is not None and facts.now - memory.dead_since >= policy.stuck_dead
    return for_dead or (memory.dying_since is not None and facts.now - memory.dying_since >= policy.stuck_dying)


def _is_contradicted(facts: Facts) -> bool:
    node = dead_node(facts)
    return node is not None and not is_silent(facts, node)


def _is_planned_stop(facts: Facts) -> bool:
    may_be = facts.instance.state is State.STOPPED and not has_begun(facts)
    return may_be and not facts.policy.accepts_planned_stop and is_planned(facts, neighbour(facts.instance, facts.node))


def _is_too_many(facts: Facts) -> bool:
    is_harmless = facts.instance.state is State.TERMINATED and not any(pod.is_to_release for pod in its_pods(facts))
    may_be = not is_harmless and not has_begun(facts) and not facts.policy.accepts_too_many
    return may_be and bool(excess(facts))


RULES: tuple[Rule, ...] = (
    Rule(
        verdict=Verdict.NOT_OURS,
        holds=lambda facts: facts.standing is Standing.NONE,
        when="no mark of a registered and allowed (`cluster_ids`) cluster, and nothing in a registered cluster names "
        "it",
        effect="success; a mark of another cluster is counted and named in the log",
        remedy="register the cluster in cdk.json",
    ),
    Rule(
        verdict=Verdict.WRONG_CLUSTER,
        holds=lambda facts: facts.standing is Standing.WRONG,
        when="the registered cluster is another one",
        effect="no act; metric; the sweep asks again",
        remedy="name the right kubeconfig, EKS cluster or `cluster_id` in cdk.json",
    ),
    Rule(
        verdict=Verdict.CLUSTER_UNREACHABLE,
        holds=lambda facts: facts.standing is Standing.UNREACHABLE,
        when="the cluster did not answer what was asked (no connection, 5xx, 401, 403, unusable kubeconfig)",
        effect="no act; metric; three looks, then the sweep",
        remedy="see `docs/kubernetes-access.md`",
    ),
    Rule(
        verdict=Verdict.OPTED_OUT,
        holds=_is_opted_out,
        when=f"label or annotation `{SWITCH}: disabled` on the Node or a PersistentVolume, or the tag "
        f"`{OPT_OUT_TAG}` = `disabled` on the instance",
        effect="no release act",
    ),
    Rule(
        verdict=Verdict.CAME_BACK,
        holds=_came_back,
        when="running or pending, and our marks are on its Node or this run has begun a release",
        effect="unhold, untaint",
    ),
    Rule(
        verdict=Verdict.ATTACHED_OUTSIDE_KUBERNETES,
        holds=_is_attached_outside,
        when="running, and a PersistentVolume's volume is attached to it that no VolumeAttachment names",
        effect="report only",
        remedy="find out who attached it; it can be detached once nothing on the machine has it mounted",
    ),
    Rule(
        verdict=Verdict.ALIVE,
        holds=lambda facts: facts.instance.state.is_alive,
        when="running or pending",
        effect="success",
    ),
    Rule(
        verdict=Verdict.HIBERNATED,
        holds=lambda facts: facts.instance.is_hibernated,
        when="stopped by hibernation, or it cannot be told: the image of its memory has the file system mounted",
        effect="no release act",
    ),
    Rule(
        verdict=Verdict.NOTHING_TO_RELEASE,
        holds=lambda facts: _has_nothing(facts) and not _is_marked(facts) and not facts.memory.has_begun,
        when="dead; no VolumeAttachment, pod or volume of a PersistentVolume names it; no mark of ours on its Node; "
        "this run released nothing",
        effect="success: the commonest",
    ),
    Rule(
        verdict=Verdict.RELEASED,
        holds=_has_nothing,
        when="the same, but a mark of ours is there or this run has begun a release",
        effect="unhold; on stopped the taint stays until it is back; success",
    ),
    Rule(
        verdict=Verdict.STUCK,
        holds=_is_stuck,
        when="15 minutes since this run first read dead or not found, or 60 since it first read stopping or "
        "shutting-down",
        effect="a message with what blocks, and the commands",
        remedy="a person has to look; the message says at what",
    ),
    Rule(
        verdict=Verdict.NOT_CONFIRMED,
        holds=lambda facts: facts.instance.state in {State.NOT_FOUND, State.UNKNOWN},
        when="EC2 does not know the instance, or did not answer",
        effect="look again",
    ),
    Rule(
        verdict=Verdict.WATCHING,
        holds=lambda facts: facts.instance.state.is_dying,
        when="stopping or shutting-down",
        effect="hold (shutting-down); look again",
    ),
    Rule(
        verdict=Verdict.CONTRADICTED,
        holds=_is_contradicted,
        when="dead, but the Node that names it is not silent (yet)",
        effect="no release act; hold (terminated); look again",
        remedy="a plan has no earlier look to compare the Lease with: plan again once the Node is NotReady (50 s)",
    ),
    Rule(
        verdict=Verdict.PLANNED_STOP,
        holds=_is_planned_stop,
        when="stopped by a person (`Client.UserInitiatedShutdown`), and the Node is cordoned, or its Auto Scaling "
        "lifecycle is `Warmed:*`, or more than the limit are so stopped or stopping; never where a release has begun",
        effect="no release act; one summary",
        remedy='start the machine with {"target": "<instance>"}, then apply that plan',
    ),
    Rule(
        verdict=Verdict.TOO_MANY_AT_ONCE,
        holds=_is_too_many,
        when="more than max(3, 20 %) nodes are dead or dying, fewer than 51 % are healthy, or more than one "
        "control-plane node is down, the planned ones not counted; never for a terminated instance without pods, nor "
        "where a release has begun",
        effect="no release act",
        remedy='start the machine with {"target": "<cluster>"}, then apply that plan',
    ),
    Rule(
        verdict=Verdict.RELEASING,
        holds=lambda _facts: True,
        when="otherwise",
        effect="**the next act**, or look again",
    ),
)

WRITE_OUTCOMES: Mapping[Verdict, tuple[str, str]] = {}
"""Every verdict is a row: what an act brings is seen by the next look."""


def notes(facts: Facts) -> tuple[Note, ...]:
    """Return what to remark whatever the verdict."""
    found = []
    if any(volume.is_in_tree for volume in facts.volumes) and not facts.migrated:
        found.append(Note.NOT_MIGRATED)
    if is_replaced(facts):
        found.append(Note.REPLACED)
    return tuple(found)
