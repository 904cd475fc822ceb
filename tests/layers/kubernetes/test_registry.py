"""Which way leads to each registered cluster, what a name stands for, and that connections last.

Over 120 lines because each way of registration is walked here.
"""

from collections.abc import Callable, Sequence

import pytest

import kube
from kube.access import Access
from kube.aws import Aws
from kube.errors import BadKubeconfigError, ClusterUnreachableError, UnknownClusterError
from kube.registration import Registration
from kube.registry import Clusters


def _nobody(_instance_ids: Sequence[str]) -> bool:
    return False


class _SilentAws(Aws):
    """Hears what it is asked, and does not answer."""

    def __init__(self, says: Callable[[], str]) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []
        self._says = says

    def secret(self, name: str) -> str:
        self.asked.append(("secret", name))
        return self._says()

    def parameter(self, name: str) -> str:
        self.asked.append(("parameter", name))
        return self._says()

    def eks(self, cluster: str) -> Access:
        self.asked.append(("eks", cluster))
        raise ClusterUnreachableError(self._says())


def _no_answer() -> str:
    raise ClusterUnreachableError("no answer")


REGISTRATIONS = {
    "one": Registration(kubeconfig_secret="pitcrew/one", cluster_id="one-blue"),
    "two": Registration(kubeconfig_parameter="/pitcrew/two"),
    "three": Registration(eks="three-eks"),
    "four": Registration(management_cluster="one", namespace="capi"),
    "team-*": Registration(management_cluster="four", namespace="capi"),
}


def _clusters(says: Callable[[], str] = _no_answer) -> tuple[Clusters, _SilentAws]:
    aws = _SilentAws(says)
    return Clusters(REGISTRATIONS, aws=aws), aws


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("one", ("secret", "pitcrew/one")),
        ("two", ("parameter", "/pitcrew/two")),
        ("three", ("eks", "three-eks")),
        ("four", ("secret", "pitcrew/one")),
        ("team-a", ("secret", "pitcrew/one")),
    ],
)
def test_each_registration_leads_its_own_way(name: str, asked: tuple[str, str]) -> None:
    clusters, aws = _clusters()
    cluster = clusters.connect(name, owns=_nobody, seconds=5)
    assert aws.asked == []

    with pytest.raises(ClusterUnreachableError):
        cluster.get("/api/v1/nodes")

    assert aws.asked == [asked]


def test_a_bad_kubeconfig_is_told_at_the_first_request() -> None:
    clusters, _ = _clusters(lambda: "canary-token")

    with pytest.raises(BadKubeconfigError, match="the kubeconfig is not an object"):
        clusters.connect("one", owns=_nobody, seconds=5).get("/api/v1/nodes")


@pytest.mark.parametrize("name", ["five", "One", "team", ""])
def test_a_name_that_is_not_registered_is_unknown(name: str) -> None:
    clusters, _ = _clusters()

    with pytest.raises(
        UnknownClusterError, match=f"no cluster {name} is registered; registered: one, two, three, four"
    ):
        clusters.connect(name, owns=_nobody, seconds=5)


def test_an_id_of_awss_tags_has_a_name() -> None:
    clusters, _ = _clusters()

    names = [clusters.registered(one) for one in ("one-blue", "one", "two", "team-a", "x")]

    assert names == ["one", None, "two", "team-a", None]


def test_a_name_has_the_id_of_awss_tags() -> None:
    clusters, _ = _clusters()

    assert [clusters.id_of(name) for name in ("one", "two", "team-a")] == ["one-blue", "two", "team-a"]


def test_a_name_that_is_no_pattern_stands_for_itself_without_a_call() -> None:
    clusters, aws = _clusters()

    assert clusters.members("four", owns=_nobody, seconds=5) == ["four"]
    assert aws.asked == []


def test_members_of_an_unregistered_name_are_unknown() -> None:
    clusters, _ = _clusters()

    with pytest.raises(UnknownClusterError, match="no cluster five is registered"):
        clusters.members("five", owns=_nobody, seconds=5)


def test_registrations_are_read_as_the_deployment_wrote_them() -> None:
    aws = _SilentAws(_no_answer)
    clusters = Clusters.from_json('{"one": {"eks": "one-eks", "cluster_id": "blue"}}', aws=aws)

    with pytest.raises(ClusterUnreachableError):
        clusters.connect("one", owns=_nobody, seconds=5).get("/api/v1/nodes")

    assert aws.asked == [("eks", "one-eks")]
    assert clusters.registered("blue") == "one"


def test_a_function_without_clusters_knows_none() -> None:
    assert kube.registered("shop") is None
    assert kube.names() == []
    assert kube.id_of("shop") == "shop"
    with pytest.raises(kube.UnknownClusterError, match="no cluster shop is registered; registered: none"):
        kube.connect("shop", owns=_nobody)
    with pytest.raises(kube.UnknownClusterError):
        kube.members("shop", owns=_nobody)
