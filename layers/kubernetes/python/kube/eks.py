"""EKS: where a cluster is, and a token that its API server takes for our IAM role."""

import base64
from typing import TYPE_CHECKING

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import NoRegionError
from botocore.regions import EndpointResolver
from botocore.session import Session

from kube.access import Access
from kube.errors import ClusterUnreachableError

if TYPE_CHECKING:
    from mypy_boto3_eks import EKSClient

PREFIX = "k8s-aws-v1."

SIGNED_SECONDS = 60
"""As the AWS CLI signs; the API server takes a token for 15 minutes whatever this says:
https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster"""

TOKEN_SECONDS = 13 * 60.0
"""Renewed with time to spare for the requests under way."""


def access(client: "EKSClient", cluster: str, *, token: str) -> Access:
    """Describe the cluster. Raises ClusterUnreachableError and botocore's errors."""
    found = client.describe_cluster(name=cluster)["cluster"]
    if "endpoint" not in found or "data" not in found.get("certificateAuthority", {}):
        raise ClusterUnreachableError(f"EKS cluster {cluster} has no endpoint yet: it is {found.get('status')}")
    ca = base64.b64decode(found["certificateAuthority"]["data"]).decode()
    return Access(server=found["endpoint"], ca=ca, token=token, seconds=TOKEN_SECONDS)


def token(session: Session, cluster: str, *, sign: type[SigV4QueryAuth] = SigV4QueryAuth) -> str:
    """Sign a question to STS who we are, for *cluster* alone; the API server asks it on our behalf.

    Raises botocore's errors.
    """
    region, credentials = session.get_config_variable("region"), session.get_credentials()
    # The regional host in every partition; a client would name the global one in some regions.
    place = EndpointResolver(session.get_data("endpoints")).construct_endpoint("sts", region or "")
    if place is None:
        raise NoRegionError
    question = f"https://{place['hostname']}/?Action=GetCallerIdentity&Version=2011-06-15"
    request = AWSRequest(method="GET", url=question, headers={"x-k8s-aws-id": cluster})
    sign(credentials, "sts", region, expires=SIGNED_SECONDS).add_auth(request)  # type: ignore[arg-type]  # None raises
    return PREFIX + base64.urlsafe_b64encode(str(request.url).encode()).decode().rstrip("=")
