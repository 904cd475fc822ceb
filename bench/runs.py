"""Runs of the measured programs: a fresh interpreter each, with nothing of this machine's AWS set-up."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cloud.process import Cloud
from bench.cloud.shapes import SECRET_NAME
from functions.proxy_protocol.settings import Settings
from local.environment import ROOT, child_environment

_PROGRAMS = ROOT / "bench" / "programs"
FROM_SOURCES = os.pathsep.join(map(str, [ROOT, *sorted(ROOT.glob("layers/*/python"))]))

_UNPACED = 1e9
"""Calls a second: the limiters are there and never wait."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a program says of itself; *started* by the machine's monotonic clock."""

    started: float
    seconds: tuple[float, ...]
    peak_mib: float = 0.0
    nodes: int = 0
    """Kubernetes Nodes that were listed, by a program that does."""

    idle_mib: float = 0.0
    """The most memory before the first call, of a program that tells."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs programs in *folder*, which holds their home."""

    folder: Path

    def pitcrew(self, cloud: Cloud, entry_point: str, events: Sequence[Any], *, path: str, keeps: bool = False) -> Run:
        """Call an entry point of proxy_protocol with each of *events*, unpaced; *keeps* writes bytecode if it can."""
        settings = Settings(reads_per_second=_UNPACED, writes_per_second=_UNPACED).to_env()
        # Code and layers cannot be written to in Lambda, so that what is not shipped compiled is compiled each time.
        settings |= {} if keeps else {"PYTHONDONTWRITEBYTECODE": "1"}
        return self.automation("proxy_protocol", cloud, entry_point, events, path=path, environment=settings)

    def automation(
        self,
        name: str,
        cloud: Cloud,
        entry_point: str,
        events: Sequence[Any],
        *,
        path: str,
        environment: Mapping[str, str],
    ) -> Run:
        """Call an automation's entry point with each of *events*, the packages on *path*."""
        given = dict(environment) | {
            "MODE_PARAMETER": f"/Pitcrew/{name}/mode",
            "POWERTOOLS_LOG_LEVEL": "INFO",
            "POWERTOOLS_METRICS_NAMESPACE": "Pitcrew",
            "POWERTOOLS_SERVICE_NAME": name,
            "PYTHONPATH": path,
        }
        return self._run([str(_PROGRAMS / "invoke.py"), name, entry_point], events, cloud, given)

    def bare(self, cloud: Cloud, operations: Sequence[str], arns: Sequence[str]) -> Run:
        """Make the same calls on each of *arns* with boto3 alone."""
        return self._run([str(_PROGRAMS / "bare.py"), *operations], arns, cloud, {"PYTHONDONTWRITEBYTECODE": "1"})

    def nodes(self, cloud: Cloud, program: str, *, python: Path, path: str = "") -> Run:
        """List the Nodes of the cluster whose kubeconfig is *cloud*'s secret, in an environment of its own."""
        environment = {
            "CLUSTERS": json.dumps({SECRET_NAME: {"kubeconfig_secret": SECRET_NAME}}),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, [path, str(ROOT)])),
        }
        return self._run([str(_PROGRAMS / program), SECRET_NAME], [], cloud, environment, python=python)

    def _run(
        self,
        arguments: list[str],
        given: Sequence[Any],
        cloud: Cloud,
        environment: dict[str, str],
        *,
        python: Path = Path(sys.executable),
    ) -> Run:
        done = subprocess.run(  # noqa: S603 (interpreters of the bench, programs of this folder)
            [python, "-P", *arguments],
            cwd=self.folder,
            env=child_environment(self.folder, endpoint=cloud.endpoint) | environment,
            input=json.dumps(given),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{arguments[0]} failed:\n{done.stderr}")
        said = json.loads(done.stderr.rpartition("\n")[2])
        return Run(**said | {"seconds": tuple(said["seconds"])})
