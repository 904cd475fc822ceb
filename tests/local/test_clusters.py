"""A function gets the secret of the registered cluster from Secrets Manager, and no other."""

import pytest

from local import registration
from local.stage import Stage
from tests.local.policies import Role
from tests.local.probes import probe, refusal

READS = "secretsmanager:GetSecretValue"
FUNCTIONS = ["OnEvent", "Sweep", "Plan", "Apply"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_reads_the_secret_of_its_cluster_and_no_other(stage: Stage, function: str) -> None:
    secrets, other = stage.cloud.client("secretsmanager"), f"{registration.SECRET}-other"
    secrets.create_secret(Name=other, SecretString="{}")
    with probe(stage, Role(stage, f"ProxyProtocol{function}Role").documents) as caller:
        reader = caller.client("secretsmanager")

        kubeconfig = reader.get_secret_value(SecretId=registration.SECRET)["SecretString"]

        assert kubeconfig.startswith("{")
        assert READS in refusal(reader.get_secret_value, SecretId=other)
    secrets.delete_secret(SecretId=other, ForceDeleteWithoutRecovery=True)
