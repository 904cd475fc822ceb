"""The services beside EC2, as far as a release needs them."""

from collections import Counter
from typing import Any

from pitcrew.mode import Mode


class Others:
    """SSM, Secrets Manager and SNS: the mode is `enforce`, and each call is counted."""

    def __init__(self, kubeconfig: str, calls: Counter[str]) -> None:
        self._kubeconfig, self._calls = kubeconfig, calls

    def get_parameter(self, **_: str) -> dict[str, Any]:
        """SSM's, of the mode."""
        self._calls["GetParameter"] += 1
        return {"Parameter": {"Value": Mode.ENFORCE.value}}

    def get_secret_value(self, **_: str) -> dict[str, str]:
        """Secrets Manager's, of the cluster's kubeconfig."""
        self._calls["GetSecretValue"] += 1
        return {"SecretString": self._kubeconfig}

    def publish(self, **_: str) -> None:
        """SNS's."""
        self._calls["Publish"] += 1
