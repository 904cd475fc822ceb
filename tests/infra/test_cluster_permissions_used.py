"""What clusters add to a function's permissions is what the layers call to reach them, both ways."""

from collections.abc import Callable
from typing import Any

import pytest

from kube import eks
from kube.aws import Aws
from pitcrew.instances import Instances
from tests.infra.actions import INTERFACES
from tests.infra.allowed import REACHING, WITH_CLUSTERS
from tests.infra.template import Template, actions_of

BY_AWS = INTERFACES | {"kms:Decrypt"}
"""Used in the function's name by Lambda, and by Secrets Manager and SSM."""

ANSWERS: dict[str, dict[str, Any]] = {
    "get_secret_value": {"SecretString": "a kubeconfig"},
    "get_parameter": {"Parameter": {"Value": "a kubeconfig"}},
    "describe_cluster": {"cluster": {"endpoint": "https://shop", "certificateAuthority": {"data": ""}}},
    "describe_instances": {"Reservations": []},
}


class Recorder:
    """Clients that answer, and remember the IAM action of each call."""

    def __init__(self) -> None:
        self.actions: set[str] = set()

    def client(self, service: str) -> Any:  # noqa: ANN401 (the client of any service)
        methods = {name: staticmethod(self._call(service, name)) for name in ANSWERS}
        return type("Client", (), methods)()

    def _call(self, service: str, name: str) -> Callable[..., dict[str, Any]]:
        def call(**_parameters: object) -> dict[str, Any]:
            self.actions.add(f"{service}:{''.join(word.capitalize() for word in name.split('_'))}")
            return ANSWERS[name]

        return call


@pytest.mark.parametrize("function", REACHING)
def test_each_permission_that_clusters_add_is_used_and_each_call_allowed(
    with_clusters: Template, template: Template, function: str
) -> None:
    aws = Recorder()
    Aws(aws.client).secret("pitcrew/clusters/prod")
    Aws(aws.client).parameter("/pitcrew/clusters/dev")
    eks.access(aws.client("eks"), "shop", token="signed without a call")
    Instances(lambda: aws.client("ec2")).any_is_here(["i-0123456789abcdef0"])

    granted = actions_of(with_clusters.statements_of_function(function))
    already = actions_of(template.statements_of_function(function))
    assert granted - already - BY_AWS - WITH_CLUSTERS[function] == aws.actions - already
    assert aws.actions <= granted
