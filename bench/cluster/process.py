"""Starts and stops the played cluster, or a real API server that holds the same Nodes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.cluster.answers import PATH
from bench.cluster.nodes import node
from local.controlplane import binaries
from local.controlplane.plane import ControlPlane
from local.environment import ROOT

CREATED = 201


@dataclass(frozen=True, slots=True)
class RunningCluster:
    """A cluster, while it runs."""

    server: str
    """What it is, in words."""

    kubeconfig: str
    """As JSON, with a client certificate."""

    nodes: int


@contextmanager
def real_if_at_hand(*, nodes: int) -> Iterator[RunningCluster]:
    """Run kube-apiserver and etcd where their binaries are at hand, else the played one."""
    if not binaries.find():
        with played(nodes=nodes) as cluster:
            yield cluster
        return
    with ControlPlane(controller_manager=False) as plane:
        for index in range(nodes):
            status, answer = plane.api.post(PATH, node(index))
            if status != CREATED:
                raise RuntimeError(f"the API server does not take a Node: {status} {answer}")
        _, version = plane.api.get("/version")
        yield RunningCluster(f"a real kube-apiserver {version['gitVersion']}", json.dumps(plane.admin), nodes)


@contextmanager
def played(*, nodes: int) -> Iterator[RunningCluster]:
    """Play a cluster of *nodes*."""
    # Closing its standard input, as the end of this block does, is what stops it; so Ctrl-C is not sent to it too.
    with subprocess.Popen(  # noqa: S603 (this interpreter, arguments from here)
        [sys.executable, "-m", "bench.cluster", "--nodes", str(nodes)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        if process.stdout is None:
            raise RuntimeError("the played cluster has no standard output")
        yield RunningCluster("a played API server", process.stdout.readline().strip(), nodes)
