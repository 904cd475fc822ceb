"""The rights that are shipped for orphaned attachments, on a real API server: what they allow, and what they refuse.

No controller runs: what is written stays as it was written. Over 120 lines because roles and policies need the same
control plane.
"""

import time
from collections.abc import Iterator
from copy import deepcopy

import pytest

import kube
from local.controlplane.plane import ControlPlane
from tests.cluster.orphaned_calls import CALLS, NOT_GRANTED, Right
from tests.cluster.orphaned_objects import OUT_OF_SERVICE, Write, add, made, node, send
from tests.cluster.orphaned_writes import ALLOWED, BYSTANDERS, FORBIDDEN, TAINTED_BY, TAINTS
from tests.cluster.reach import reach
from tests.cluster.shipped import Manifest, apply, manifests, wait_until

SHIPPED = manifests("orphaned-attachments")
ROLES = {manifest["kind"]: manifest for manifest in SHIPPED if manifest["kind"] in {"ClusterRole", "Role"}}
REFUSED = [(says, write) for says, writes in FORBIDDEN.items() for write in writes]
SECONDS = 20

EKS = {"pitcrew": "named", "arn:aws:sts::123456789012:assumed-role/pitcrew/x": "unnamed"}
"""Users that access entries of EKS make, in the group `pitcrew`."""

KUBELETS: Manifest = {
    "kind": "ClusterRoleBinding",
    "metadata": {"name": "kubelets"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:node"},
    "subjects": [{"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "system:nodes"}],
}
"""Lets a kubelet list all Nodes, by which our client makes sure of the cluster."""


@pytest.fixture(scope="module")
def shipped() -> Iterator[ControlPlane]:
    """A control plane with everything that is shipped, in force."""
    with ControlPlane(controller_manager=False) as plane:
        plane.api.post("/api/v1/namespaces/default/serviceaccounts", {"metadata": {"name": "default"}})
        made(plane, node())
        apply(plane, KUBELETS, *manifests("pitcrew"), *SHIPPED)
        _wait_for_rights(plane)
        for writes in FORBIDDEN.values():
            _wait_until_refused(plane, writes[0])
        yield plane


@pytest.fixture
def pitcrew(shipped: ControlPlane) -> kube.Cluster:
    """The cluster as the functions reach it."""
    return _reached(shipped)


@pytest.fixture
def roles(shipped: ControlPlane) -> Iterator[dict[str, Manifest]]:
    """The roles by kind, for a test that takes something away; they are whole again after it."""
    yield deepcopy(ROLES)
    apply(shipped, *ROLES.values())
    _wait_for_rights(shipped)


def test_there_is_a_call_for_each_right_and_a_write_for_each_rule_of_a_policy() -> None:
    policies = [manifest for manifest in SHIPPED if manifest["kind"] == "ValidatingAdmissionPolicy"]
    messages = [rule["message"] for policy in policies for rule in policy["spec"]["validations"]]
    rights = [
        (kind, group, resource, verb)
        for kind, role in ROLES.items()
        for rule in role["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    ]

    assert sorted(rights) == sorted(CALLS)
    assert [sum(says in message for says in FORBIDDEN) for message in messages] == [1] * len(FORBIDDEN)


@pytest.mark.parametrize("right", CALLS, ids=" ".join)
def test_with_a_right_its_call_is_answered_and_without_it_refused(
    shipped: ControlPlane, roles: dict[str, Manifest], right: Right
) -> None:
    kind, group, resource, verb = right
    CALLS[right](shipped, _reached(shipped))
    for rule in roles[kind]["rules"]:
        if group in rule["apiGroups"] and resource in rule["resources"]:
            rule["verbs"].remove(verb)
    apply(shipped, {**roles[kind], "rules": [rule for rule in roles[kind]["rules"] if rule["verbs"]]})
    _wait_for(shipped, right, is_allowed=False)

    with pytest.raises(kube.ForbiddenError, match=f'cannot {verb} resource "{resource}"'):
        CALLS[right](shipped, _reached(shipped))


@pytest.mark.parametrize(("group", "resource", "verb"), NOT_GRANTED)
def test_what_the_automation_never_does_is_not_granted(
    pitcrew: kube.Cluster, group: str, resource: str, verb: str
) -> None:
    assert not pitcrew.allowed(verb, resource, group=group)


@pytest.mark.parametrize("write", ALLOWED, ids=lambda write: write.says)
def test_what_the_automation_writes_is_allowed(shipped: ControlPlane, pitcrew: kube.Cluster, write: Write) -> None:
    send(shipped, pitcrew, write)


@pytest.mark.parametrize(("says", "write"), REFUSED, ids=[write.says for _, write in REFUSED])
def test_what_roles_alone_would_let_through_is_forbidden_and_not_a_conflict(
    shipped: ControlPlane, pitcrew: kube.Cluster, says: str, write: Write
) -> None:
    with pytest.raises(kube.ForbiddenError, match=f"ValidatingAdmissionPolicy 'pitcrew-.* denied request: .*{says}"):
        send(shipped, pitcrew, write)


@pytest.mark.parametrize("user", EKS, ids=EKS.values())
def test_who_comes_by_an_access_entry_of_eks_is_let_in_and_bound_alike(shipped: ControlPlane, user: str) -> None:
    cluster = reach(shipped.kubeconfig(user=user, groups=["pitcrew"]))

    for write in ALLOWED:
        send(shipped, cluster, write)
    for says, writes in FORBIDDEN.items():
        with pytest.raises(kube.ForbiddenError, match=says):
            send(shipped, cluster, writes[0])


@pytest.mark.parametrize("write", [write for _, write in REFUSED], ids=lambda write: write.says)
def test_an_administrator_may_do_what_we_may_not(shipped: ControlPlane, write: Write) -> None:
    send(shipped, reach(shipped.admin), write)


@pytest.mark.parametrize(("user", "groups", "write"), BYSTANDERS, ids=[write.says for _, _, write in BYSTANDERS])
def test_others_do_what_they_always_did(shipped: ControlPlane, user: str, groups: list[str], write: Write) -> None:
    send(shipped, reach(shipped.kubeconfig(user=user, groups=groups)), write)


def test_a_node_with_more_on_it_than_any_real_one_costs_the_policy_not_too_much(
    shipped: ControlPlane, pitcrew: kube.Cluster
) -> None:
    taints = [{"key": f"example.com/{number}", "effect": "NoSchedule"} for number in range(100)]
    many = {f"example.com/{number}": "x" * 500 for number in range(400)}
    big = node(*taints, annotations=many, labels=dict.fromkeys(many, "x"), finalizers=[*many][:100])

    send(shipped, pitcrew, Write(says="taint", to=big, sends=[add(TAINTS, [*taints, OUT_OF_SERVICE]), TAINTED_BY]))


def _reached(plane: ControlPlane) -> kube.Cluster:
    return reach(plane.token_kubeconfig(namespace="pitcrew", service_account="pitcrew"), seconds=SECONDS)


def _wait_for(plane: ControlPlane, right: Right, *, is_allowed: bool) -> None:
    kind, group, resource, verb = right
    namespace = ROLES[kind]["metadata"].get("namespace", "")
    wait_until(plane, verb, resource, is_allowed=is_allowed, group=group, namespace=namespace)


def _wait_for_rights(plane: ControlPlane) -> None:
    for right in CALLS:
        _wait_for(plane, right, is_allowed=True)


def _wait_until_refused(plane: ControlPlane, write: Write) -> None:
    """Wait until a policy is in force: the API server compiles what it learns within seconds."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            send(plane, _reached(plane), write)
        except kube.ForbiddenError:
            return
        time.sleep(0.1)
    raise TimeoutError(f"after {SECONDS} s it is not forbidden to {write.says}")
