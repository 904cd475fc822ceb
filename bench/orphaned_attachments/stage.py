"""A real control plane, nodes with volumes, and an EC2 in which machines take their time to die."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.orphaned_attachments.release import Release
from local.actors.ec2_endpoint import ec2_client, ec2_endpoint
from local.actors.outage import Lab
from local.actors.waiting import wait_until
from local.controlplane.plane import ControlPlane
from local.standin import ec2_clock, ec2_states
from local.standin.ec2_service import Ec2

_GROUP = "pitcrew:bench"
_AUDIT = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata", "userGroups": [_GROUP]}, {"level": "None"}],
}
"""The API server writes down what is asked of it by us: what our clients would say of themselves is less."""


class Events:
    """What EC2 tells of instances, and when by the machine's monotonic clock."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], float] = {}
        self._news = threading.Condition()

    def tell(self, instance: str, state: str) -> None:
        """Note that an instance entered a state."""
        with self._news:
            self._seen.setdefault((instance, state), time.monotonic())
            self._news.notify_all()

    def wait(self, instance: str, state: str) -> float:
        """Wait until an instance has entered a state, and return when that was."""
        with self._news:
            self._news.wait_for(lambda: (instance, state) in self._seen)
            return self._seen[instance, state]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The cluster, while it runs."""

    lab: Lab
    events: Events
    endpoint: str
    audit: Path

    def release(self, name: str) -> Release:
        """Return what executes releases as a user of that *name*."""
        kubeconfig = self.lab.plane.kubeconfig(user=name, groups=["system:masters", _GROUP])
        return Release(json.dumps(kubeconfig), self.endpoint)

    def requests(self, name: str) -> Counter[str]:
        """Return what that user has asked of the API server, by verb and resource."""
        written = map(json.loads, self.audit.read_text(encoding="utf-8").splitlines())
        return Counter(_asked(one) for one in written if one["user"]["username"] == name)


@contextmanager
def set_up(folder: Path, *, dying_seconds: float) -> Iterator[Stage]:
    """Bring the cluster up; `stopping` and `shutting-down` last *dying_seconds*."""
    policy, audit, events = folder / "audit-policy.json", folder / "audit.log", Events()
    policy.write_text(json.dumps(_AUDIT))
    flags = {"kube-apiserver": [f"--audit-policy-file={policy}", f"--audit-log-path={audit}"]}
    ec2_clock.seconds |= {"stopping": dying_seconds, "shutting-down": dying_seconds}
    ec2_states.listeners.append(events.tell)
    with (
        ec2_endpoint(Ec2) as url,
        ControlPlane(scheduler=True, flags=flags) as plane,
        Lab(plane, ec2_client(url), endpoint=url) as lab,
    ):
        wait_until(lambda: bool(lab.get("/api/v1/namespaces/default/serviceaccounts/default")["metadata"]))
        yield Stage(lab=lab, events=events, endpoint=url, audit=audit)


def _asked(written: dict[str, Any]) -> str:
    """Name a request as an operator's permissions do."""
    about = written.get("objectRef") or {}
    resource = "/".join(filter(None, [about.get("resource"), about.get("subresource")]))
    return f"{written['verb']} {resource or written['requestURI'].partition('?')[0]}"
