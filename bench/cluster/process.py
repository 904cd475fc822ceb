"""Starts and stops the played cluster, or a real API server that holds the same Nodes."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO

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
    requests: Callable[[], Mapping[str, int]] = dict
    """Returns how often a played one was asked for each path since this was last called."""


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
def played(*, nodes: int, volumes: int = 0) -> Iterator[RunningCluster]:
    """Play a cluster of *nodes*, which hold *volumes* by turns."""
    # Closing its standard input, as the end of this block does, is what stops it; so Ctrl-C is not sent to it too.
    with subprocess.Popen(  # noqa: S603 (this interpreter, arguments from here)
        [sys.executable, "-m", "bench.cluster", "--nodes", str(nodes), "--volumes", str(volumes)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the played cluster has no standard input or output")
        kubeconfig, ask = process.stdout.readline().strip(), partial(_requests, process.stdin, process.stdout)
        yield RunningCluster("a played API server", kubeconfig, nodes, ask)


def _requests(to: IO[str], of: IO[str]) -> Mapping[str, int]:
    to.write("\n")
    to.flush()
    seen: dict[str, int] = json.loads(of.readline())
    return seen
