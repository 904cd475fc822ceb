"""What AWS keeps for a cluster: its kubeconfig, or where EKS runs it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from kube import eks
from kube.access import Access
from kube.errors import ClusterUnreachableError

CONFIG = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})


def _client(service: str) -> Any:  # noqa: ANN401 (the client of any service)
    return boto3.client(service, config=CONFIG)  # type: ignore[call-overload]  # known by name only at run time


class Aws:
    """AWS as far as clusters need it. Any call raises ClusterUnreachableError, which names what was asked."""

    def __init__(self, make_client: Callable[[str], Any] = _client) -> None:
        self._client = make_client

    def secret(self, name: str) -> str:
        """Return the text of a secret in Secrets Manager."""
        with asking(f"Secrets Manager for secret {name}"):
            answer = self._client("secretsmanager").get_secret_value(SecretId=name)
        if "SecretString" not in answer:
            raise ClusterUnreachableError(f"secret {name} holds bytes and no text")
        return str(answer["SecretString"])

    def parameter(self, name: str) -> str:
        """Return the text of an SSM parameter."""
        with asking(f"SSM for parameter {name}"):
            answer = self._client("ssm").get_parameter(Name=name, WithDecryption=True)
        return str(answer["Parameter"]["Value"])

    def eks(self, cluster: str) -> Access:
        """Return the way to an EKS cluster, with a fresh token."""
        with asking(f"EKS for cluster {cluster}"):
            return eks.access(self._client("eks"), cluster, token=eks.token(Session(), cluster))


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Turn AWS's errors into ClusterUnreachableError, which names *what* was asked and why it did not answer."""
    try:
        yield
    except ClientError as error:
        raise ClusterUnreachableError(f"asked {what}: {error.response['Error']['Code']}") from None
    except BotoCoreError as error:
        raise ClusterUnreachableError(f"asked {what}: {type(error).__name__}") from None
