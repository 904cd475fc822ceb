"""A function gets the secret of the registered cluster from Secrets Manager, and no other."""

from collections.abc import Iterator
from functools import partial

import pytest

from local import registration
from local.stage import Stage
from tests.local.policies import Role, actions_of, roles
from tests.local.probes import probe, refusal

READS = "secretsmanager:GetSecretValue"
FUNCTIONS_OF_PROXY_PROTOCOL = ["OnEvent", "Sweep", "Plan", "Apply"]


@pytest.fixture(scope="module")
def other(stage: Stage) -> Iterator[str]:
    """A secret that is none of a cluster's."""
    secrets, name = stage.cloud.client("secretsmanager"), f"{registration.SECRET}-other"
    secrets.create_secret(Name=name, SecretString="{}")
    yield name
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def test_a_function_reads_the_secret_of_its_cluster_and_no_other(stage: Stage, other: str) -> None:
    readers = [role for role in map(partial(Role, stage), roles(stage)) if READS in actions_of(role.statements)]

    for role in readers:
        with probe(stage, role.documents) as caller:
            reader = caller.client("secretsmanager")
            kubeconfig = reader.get_secret_value(SecretId=registration.SECRET)["SecretString"]
            assert kubeconfig.startswith("{")
            assert READS in refusal(reader.get_secret_value, SecretId=other)
    assert len(readers) >= len(FUNCTIONS_OF_PROXY_PROTOCOL)
