"""Clients of the Kubernetes API by turns: the layer `kube`, urllib3 alone, lightkube, and the official client."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML

from bench.cloud.process import running
from bench.cluster.process import RunningCluster, played, real_if_at_hand
from bench.environments import python_of, version_of
from bench.figures import Sample
from bench.packages import entry_with
from bench.runs import Run, Runner

FEW, FEW_TURNS = 100, 15
MANY, MANY_TURNS = 5000, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One client, in an environment of its own."""

    name: str
    program: str
    environment: str = "boto3"
    """Its lock in `requirements/`."""

    path: str = ""
    """What comes before the environment's packages."""

    is_given_yaml: bool = False
    """Whether its kubeconfig is YAML, else JSON."""


NOBODY = Client(name="boto3 and the secret alone", program="nodes_by_nobody.py")
URLLIB3 = Client(name="urllib3 alone", program="nodes_by_urllib3.py")
KUBE = "**kube**"
_OTHERS = {"lightkube": "lightkube", "official": "kubernetes"}
"""Package by environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Some Nodes, listed several times, each in a fresh interpreter."""

    seconds: Sample
    """From the first import to the last Node."""

    peak_mib: Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """What each client took, by its name."""

    server: str
    """Who listed the few Nodes."""

    few: Mapping[str, Listing]
    many: Mapping[str, Listing]


def installed(runner: Runner) -> Mapping[str, Path]:
    """Return the interpreter of each environment, installed where it is not."""
    return {name: python_of(name, folder=runner.folder) for name in ("boto3", *_OTHERS)}


def measured(runner: Runner, pythons: Mapping[str, Path], *, path: str, plain_path: str) -> Clients:
    """Measure with the layer on *path*, and for information with that on *plain_path*."""
    layer, plain_layer = (str(entry_with(one, "kube")) for one in (path, plain_path))
    kube = Client(name=KUBE, program="nodes_by_kube.py", path=layer)
    plain = replace(kube, name="kube, no bytecode in the layer (for information)", path=plain_layer)
    from_yaml = replace(kube, name="kube, its kubeconfig in YAML (for information)", is_given_yaml=True)
    others = list(_others())
    with real_if_at_hand(nodes=FEW) as small:
        few = _by_turns(runner, pythons, small, [NOBODY, kube, plain, from_yaml, URLLIB3, *others], FEW_TURNS)
    with played(nodes=MANY) as large:
        many = _by_turns(runner, pythons, large, [NOBODY, kube, URLLIB3, *others], MANY_TURNS)
    return Clients(server=small.server, few=few, many=many)


def _others() -> Iterator[Client]:
    for environment, package in _OTHERS.items():
        name = f"{environment} {version_of(environment, package)}"
        yield Client(name=name, program=f"nodes_by_{environment}.py", environment=environment)


def _by_turns(
    runner: Runner, pythons: Mapping[str, Path], cluster: RunningCluster, clients: Sequence[Client], turns: int
) -> Mapping[str, Listing]:
    with running(secret=cluster.kubeconfig) as in_json, running(secret=_yaml(cluster.kubeconfig)) as in_yaml:

        def run(client: Client) -> Run:
            cloud = in_yaml if client.is_given_yaml else in_json
            done = runner.nodes(cloud, client.program, python=pythons[client.environment], path=client.path)
            if client is not NOBODY and done.nodes != cluster.nodes:
                raise RuntimeError(f"{client.name} found {done.nodes} Nodes of {cluster.nodes}")
            return done

        for client in clients:
            run(client)  # so that every file was read before
        runs = [[run(client) for client in clients] for _ in range(turns)]
    return {client.name: _listing(done) for client, done in zip(clients, zip(*runs, strict=True), strict=True)}


def _listing(runs: Sequence[Run]) -> Listing:
    seconds, peaks = tuple(run.seconds[0] for run in runs), tuple(run.peak_mib for run in runs)
    return Listing(seconds=Sample(seconds), peak_mib=Sample(peaks))


def _yaml(text: str) -> str:
    """Write JSON as people write a kubeconfig."""
    yaml, written = YAML(typ="safe", pure=True), io.StringIO()
    yaml.default_flow_style = False
    yaml.dump(json.loads(text), written)
    return written.getvalue()
