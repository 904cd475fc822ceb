"""The volumes of a control plane: the real external-attacher, and our CSI controller in the EBS driver's place."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Self

from local.controlplane.binaries import found_csi
from local.controlplane.component import Component
from local.controlplane.plane import ControlPlane

ANYBODY: Mapping[str, str] = MappingProxyType(
    {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
)
"""An EC2 that asks nobody who they are takes this."""

AS_IN_THE_CHART = (
    "--timeout=6m",
    "--retry-interval-max=5m",
    "--worker-threads=100",
    "--kube-api-qps=20",
    "--kube-api-burst=100",
    "--leader-election=false",
)
"""What the EBS driver's chart gives the attacher, but for the election: there is only one."""
STARTED = "Starting CSI attacher"
"""What it writes when it has found its driver."""


class CsiController:
    """Runs while its block does. A component is stopped and started by itself: `csi.attacher.stop()`.

    Without its driver the attacher ends, so who stops the driver stops the attacher first.
    """

    attacher: Component
    driver: Component

    def __init__(
        self,
        plane: ControlPlane,
        *,
        ec2_endpoint: str,
        credentials: Mapping[str, str] = ANYBODY,
        attach_seconds: float = 0.0,
        detach_seconds: float = 0.0,
    ) -> None:
        self._plane = plane
        self._environment = {**credentials, "AWS_ENDPOINT_URL": ec2_endpoint}
        self._socket, self._broken = plane.folder / "csi.sock", plane.folder / "csi.broken"
        self._driver_flags = [
            f"--socket={self._socket}",
            f"--fail-while={self._broken}",
            f"--attach-seconds={attach_seconds}",
            f"--detach-seconds={detach_seconds}",
        ]

    def __enter__(self) -> Self:
        binaries, plane = found_csi(), self._plane
        kubeconfig = plane.folder / "csi-attacher.kubeconfig"
        kubeconfig.touch(mode=0o600)
        kubeconfig.write_text(json.dumps(plane.admin))
        flags = [f"--kubeconfig={kubeconfig}", f"--csi-address={self._socket}", "--v=4", *AS_IN_THE_CHART]
        self.driver = plane.joined_by(
            binaries / "fake-ebs-csi-controller", self._driver_flags, environment=self._environment
        )
        self.attacher = plane.joined_by(binaries / "csi-attacher", flags, environment={})
        self.driver.start()
        self.driver.wait_until(self._socket.exists)
        self.attacher.start()
        self.attacher.wait_until(lambda: STARTED in self.attacher.log.read_text())
        return self

    def __exit__(self, *_: object) -> None:
        self.attacher.stop()
        self.driver.stop()

    @contextlib.contextmanager
    def failing(self) -> Iterator[None]:
        """Let every attach and detach of the block fail, so that the attacher backs off."""
        self._broken.touch()
        try:
            yield
        finally:
            self._broken.unlink()
