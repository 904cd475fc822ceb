"""Our tokens are byte for byte those of the AWS CLI, made in the same second with the same keys."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoCredentialsError, NoRegionError
from botocore.session import Session

from kube import eks

RECORDED = json.loads((Path(__file__).parent / "eks-tokens.recorded.json").read_text())
Recording = Mapping[str, Any]


def _question(token: str) -> str:
    """Return the URL in a token."""
    prefix, _, encoded = token.partition(".")
    assert prefix == "k8s-aws-v1"
    assert "=" not in encoded
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()


def _session(recording: Recording) -> Session:
    session = Session()
    session.set_config_variable("region", recording["region"])
    session.set_credentials(RECORDED["access_key"], RECORDED["secret_key"], recording["session_token"])
    return session


def _signer_of(moment: str) -> type[SigV4QueryAuth]:
    """Return a signer whose clock says what the CLI's did: botocore reads its own and takes none."""

    class Then(SigV4QueryAuth):
        def _modify_request_before_signing(self, request: AWSRequest) -> None:
            request.context["timestamp"] = moment
            super()._modify_request_before_signing(request)  # type: ignore[misc]  # the stubs leave it out

    return Then


@pytest.mark.parametrize(
    "recording", RECORDED["tokens"], ids=lambda one: f"{one['region']}-{one['session_token']}"[:20]
)
def test_a_token_is_what_the_aws_cli_makes(recording: Recording) -> None:
    (moment,) = parse_qs(urlsplit(_question(recording["token"])).query)["X-Amz-Date"]

    token = eks.token(_session(recording), RECORDED["cluster"], sign=_signer_of(moment))

    assert _question(token) == _question(recording["token"])
    assert token == recording["token"]


def test_five_partitions_are_recorded() -> None:
    assert {one["partition"] for one in RECORDED["tokens"]} == {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-eusc"}


@pytest.mark.parametrize("recording", RECORDED["tokens"][:1])
def test_a_token_asks_a_regional_sts_for_one_cluster_alone(recording: Recording) -> None:
    url = urlsplit(_question(eks.token(_session(recording), "shop")))

    assert (url.scheme, url.netloc, url.path) == ("https", "sts.eu-west-1.amazonaws.com", "/")
    assert parse_qs(url.query)["X-Amz-SignedHeaders"] == ["host;x-k8s-aws-id"]
    assert parse_qs(url.query)["Action"] == ["GetCallerIdentity"]


def test_tokens_of_two_clusters_differ() -> None:
    session, sign = _session(RECORDED["tokens"][0]), _signer_of("20261125T093000Z")

    assert eks.token(session, "shop", sign=sign) != eks.token(session, "prod", sign=sign)


def test_without_credentials_there_is_no_token() -> None:
    class Nobody(Session):
        def get_credentials(self) -> None:
            return None

    nobody = Nobody()
    nobody.set_config_variable("region", "eu-west-1")

    with pytest.raises(NoCredentialsError):
        eks.token(nobody, "shop")


@pytest.mark.parametrize("region", ["", "mars-1"])
def test_without_a_region_there_is_no_token(region: str) -> None:
    session = Session()
    session.set_config_variable("region", region)

    with pytest.raises(NoRegionError):
        eks.token(session, "shop")
