"""The machine's Go: new enough, and undisturbed by the user's settings of it.

Runs on the machine's own Python: see binaries.py.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.controlplane.binaries import ASSETS, NoBinariesError
from local.controlplane.programs import PROGRAMS, Program

_THE_USERS = (
    "GOCACHE", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPRIVATE", "GOPROXY", "GOSUMDB",
)  # fmt: skip
"""Where Go gets modules and keeps things is the user's choice, by variables or by `go env -w`."""

_OURS = {"CGO_ENABLED": "0", "GOENV": "off", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "GOWORK": "off"}
"""All else that could change what is built."""


@dataclass(frozen=True)
class Go:
    """A Go, with the environment that it runs in."""

    path: str
    environment: Mapping[str, str]

    def run(self, arguments: Sequence[str], *, folder: Path, keeps_open: Sequence[int] = ()) -> str:
        """Run one of its commands and return what it writes. Raises NoBinariesError.

        The file descriptors *keeps_open* stay open as long as it runs, even where we are gone.
        """
        done = subprocess.run(  # noqa: S603 (the machine's Go, with our arguments)
            [self.path, *arguments],
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            pass_fds=keeps_open,
        )
        if done.returncode:
            said = done.stderr.strip() or done.stdout.strip()
            raise NoBinariesError(f"'go {arguments[0]}' failed with exit code {done.returncode}:\n{said}")
        return done.stdout


def find_go(environment: Mapping[str, str]) -> Go:
    """Return the Go on the PATH. Raises NoBinariesError where there is none or it is too old."""
    path = shutil.which("go", path=environment.get("PATH", ""))
    if not path:
        raise NoBinariesError(f"{_needs()}, and this machine has no 'go' on its PATH.")
    settings = json.loads(Go(path, environment).run(["env", "-json", "GOVERSION", *_THE_USERS], folder=Path("/")))
    found = re.search(r"go(\d+)\.(\d+)", settings["GOVERSION"])
    if not found or (int(found.group(1)), int(found.group(2))) < _needed_version():
        raise NoBinariesError(f"{_needs()}, and the 'go' on this machine's PATH is {settings['GOVERSION']}.")
    others = {name: value for name, value in environment.items() if not name.startswith(("GO", "CGO_"))}
    chosen = {name: settings[name] for name in _THE_USERS if settings.get(name)}
    return Go(path, {**others, **chosen, **_OURS})


def pinned_version(program: Program) -> str:
    """Return which version the program has, as `v1.2.3`."""
    return _pinned(program, rf"^(?:\t|require ){re.escape(program.module)} (v\S+)")


def _pinned(program: Program, pattern: str) -> str:
    path = program.sources / "go.mod"
    found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise NoBinariesError(f"{path} has no line {pattern}.")
    return found.group(1)


def _needed_version() -> tuple[int, int]:
    written = [_pinned(program, r"^go (\d+\.\d+)").split(".") for program in PROGRAMS]
    return max((int(major), int(minor)) for major, minor in written)


def _needs() -> str:
    names = [name for program in PROGRAMS for name in program.binaries]
    return (
        f"The tests run against a real Kubernetes control plane: set {ASSETS} to a folder with "
        f"{', '.join(names[:-1])} and {names[-1]}, or install Go {'.'.join(map(str, _needed_version()))} or "
        f"newer, with which they are built once"
    )
