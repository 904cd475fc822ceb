"""Plays the outages in a process of its own: what they need would make this one large, and its children with it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.orphaned_attachments.cases import Played
from bench.runs import FROM_SOURCES
from local.controlplane import binaries, tethered
from local.controlplane.programs import PROGRAMS
from local.environment import ROOT, child_environment


def measured(folder: Path, arguments: Sequence[str] = ()) -> list[Played]:
    """Play the outages; none where there is no control plane at hand. Raises RuntimeError."""
    if not all(binaries.find(program=program) for program in PROGRAMS):
        return []
    # What it says on its way goes to our standard error. It dies with us, and the control plane with it.
    done = subprocess.run(  # noqa: S603 (this interpreter, arguments from here)
        [
            *(sys.executable, tethered.__file__, str(os.getpid())),
            *(sys.executable, "-m", "bench.orphaned_attachments.outages", *arguments),
        ],
        cwd=ROOT,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,
    )
    if done.returncode:
        raise RuntimeError("the outages were not played to their end")
    return [Played(**one) for one in json.loads(done.stdout.rpartition("\n")[2])]


def _environment(folder: Path) -> Mapping[str, str]:
    """Return nothing of this machine's AWS set-up, and where the control plane's binaries are."""
    kept = {"XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")}
    kept |= {binaries.ASSETS: os.environ[binaries.ASSETS]} if binaries.ASSETS in os.environ else {}
    named = {"POWERTOOLS_METRICS_NAMESPACE": "Pitcrew", "POWERTOOLS_SERVICE_NAME": "orphaned_attachments"}
    return child_environment(folder) | kept | named | {"PYTHONPATH": FROM_SOURCES}
