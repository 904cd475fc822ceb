"""What is built with Go: each program is a module of ours below tests/cluster/, because their pins collide in one.

Runs on the machine's own Python: see binaries.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent.parent / "tests" / "cluster"
ATTACHER = "github.com/kubernetes-csi/external-attacher/v4"
_K8S_VERSION = "k8s.io/component-base/version"


@dataclass(frozen=True)
class Program:
    """One Go module, and the binaries that come of it."""

    title: str
    """What a person is told is being built."""
    sources: Path
    files: Sequence[str]
    """All that decides what is built, in *sources*."""
    binaries: Sequence[str]
    """The names that it is run under."""
    packages: Mapping[str, str]
    """What is compiled, by the name of the file it becomes; `.` is our own package."""
    module: str
    """The module whose pinned version is the program's."""
    says: Mapping[str, str]
    """Variables of Go that are set to the version, or to a part of it."""
    minutes: int
    """How long the first build may take."""
    compiled_first: Mapping[str, str] = field(default_factory=dict)
    """Packages compiled one by one before, so that a person sees what takes how long."""


CONTROL_PLANE = Program(
    title="Kubernetes",
    sources=HERE / "controlplane",
    files=("main.go", "go.mod", "go.sum"),
    binaries=("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"),
    packages={"controlplane": "."},
    module="k8s.io/kubernetes",
    says={  # left alone the servers say v0.0.0, and clients misjudge them
        f"{_K8S_VERSION}.gitVersion": "{version}",
        f"{_K8S_VERSION}.gitMajor": "{major}",
        f"{_K8S_VERSION}.gitMinor": "{minor}",
        f"{_K8S_VERSION}.gitTreeState": "clean",
        f"{_K8S_VERSION}.buildDate": "1970-01-01T00:00:00Z",  # the same program whenever it is built
    },
    minutes=17,
    compiled_first={
        "etcd": "go.etcd.io/etcd/server/v3/etcdmain",
        "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver/app",
        "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager/app",
        "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler/app",
    },
)
"""One program for all four, which picks the component by the name it is run under."""

CSI = Program(
    title="the external-attacher",
    sources=HERE / "csi",
    files=("main.go", "identity.go", "controller.go", "ec2.go", "go.mod", "go.sum"),
    binaries=("csi-attacher", "fake-ebs-csi-controller"),
    packages={"csi-attacher": f"{ATTACHER}/cmd/csi-attacher", "fake-ebs-csi-controller": "."},
    module=ATTACHER,
    says={"main.version": "{version}"},
    minutes=6,
)

PROGRAMS = (CONTROL_PLANE, CSI)
