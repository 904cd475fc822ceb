"""The cluster in which the stories of dying machines are played, with the rights that are shipped in force."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import boto3
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError

from local.actors.ec2_endpoint import REGION, ec2_client, ec2_endpoint
from local.actors.outage import Lab
from local.actors.waiting import wait_until
from local.controlplane.plane import ControlPlane
from local.standin import ec2_clock
from local.standin.ec2_service import Ec2
from tests.cluster import shipped
from tests.cluster.releases import DYING_SECONDS, Scene

AUDIT: Mapping[str, Any] = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata", "users": ["system:serviceaccount:pitcrew:pitcrew"]}, {"level": "None"}],
}


class Refusing(Ec2):
    """EC2 that does not detach what it is told not to."""

    volumes: ClassVar[set[str]] = set()

    def detach_volume(self) -> ActionResult:
        if self._get_param("VolumeId") in self.volumes:
            raise EC2ClientError("RequestLimitExceeded", "Request limit exceeded.")
        return super().detach_volume()


@contextlib.contextmanager
def set_up(folder: Path) -> Iterator[Scene]:
    """Bring it up; what Pitcrew asks of its API server is written down in *folder*."""
    policy, log = folder / "audit-policy.json", folder / "audit.log"
    policy.write_text(json.dumps(AUDIT))
    flags = {"kube-apiserver": [f"--audit-policy-file={policy}", f"--audit-log-path={log}"]}
    with (
        _slowly(),
        ec2_endpoint(Refusing) as url,
        ControlPlane(scheduler=True, flags=flags) as plane,
        Lab(plane, ec2_client(url), endpoint=url) as lab,
    ):
        wait_until(lambda: bool(lab.get("/api/v1/namespaces/default/serviceaccounts/default")["metadata"]))
        shipped.apply(plane, *shipped.manifests("pitcrew"), *shipped.manifests("orphaned-attachments"))
        kubeconfig = plane.token_kubeconfig(namespace="pitcrew", service_account="pitcrew")
        shipped.wait_until(plane, "delete", "volumeattachments", is_allowed=True, group="storage.k8s.io")
        autoscaling = boto3.client("autoscaling", endpoint_url=url, region_name=REGION)
        yield Scene(lab=lab, kubeconfig=kubeconfig, audit=log, autoscaling=autoscaling)


@contextlib.contextmanager
def _slowly() -> Iterator[None]:
    """Let machines take as long to die as the stories need."""
    before = dict(ec2_clock.seconds)
    ec2_clock.seconds |= {"stopping": DYING_SECONDS, "shutting-down": DYING_SECONDS}
    try:
        yield
    finally:
        ec2_clock.seconds |= before
