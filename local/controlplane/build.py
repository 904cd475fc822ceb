"""Build the binaries of the control plane where there are none: `python -m local.controlplane.build [--check]`.

`--check` builds nothing, and says in one sentence why it could not. Runs on the machine's own Python: see binaries.py.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from local.controlplane.binaries import COMPONENTS, NoBinariesError, build_folder, find
from local.controlplane.go import Go, find_go, pinned

PROGRAM = "controlplane"
LOCK = "lock"
UNFINISHED = "unfinished"
"""The folder of a build that is under way, or was interrupted."""

# Debug symbols cost 37 s and 0.5 GB of memory; the program is for running only.
_COMPILE = ("build", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false")
_PACKAGES = {
    "etcd": "go.etcd.io/etcd/server/v3/etcdmain",
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver/app",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager/app",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler/app",
}


def build(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder with the four binaries, built first where there is none. Raises NoBinariesError.

    Whoever comes while another builds waits for that. What an interrupted build leaves, nobody takes for a whole one.
    """
    found = find(environment)
    if found:
        return found
    go, folder = find_go(environment), build_folder(environment)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _locked(folder.with_name(LOCK)) as lock:
        if not find(environment):
            unfinished = folder.with_name(UNFINISHED)
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            _build(go, unfinished, lock)
            shutil.rmtree(folder, ignore_errors=True)  # somebody removed a part of it
            unfinished.rename(folder)
    return folder


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Hold the lock; Go is handed its descriptor, because it may outlive us for a while where we are killed."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another process that builds the control plane\n")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def _build(go: Go, folder: Path, lock: int) -> None:
    _say(f"building Kubernetes {_version()} for the tests, up to about 17 minutes the first time\n")
    _step("modules", go, ["list", "-deps", "."], lock)
    for name, package in _PACKAGES.items():
        _step(name, go, [*_COMPILE, package], lock)
    program = folder / PROGRAM
    _step("one program of the four", go, [*_COMPILE, "-ldflags", _link_flags(), "-o", str(program), "."], lock)
    for name in COMPONENTS:
        (folder / name).symlink_to(PROGRAM)


def _step(name: str, go: Go, arguments: list[str], lock: int) -> None:
    """Run one step, and say what it is and how long it took."""
    _say(f"building {name} ... ")
    began = time.monotonic()
    try:
        go.run(arguments, keeps_open=(lock,))
    finally:
        _say(f"{time.monotonic() - began:.1f} s\n")


def _version() -> str:
    return pinned(r"^\tk8s\.io/kubernetes (v\S+)")


def _link_flags() -> str:
    """Have the servers say which version they are; left alone they say v0.0.0, and clients misjudge them."""
    major, minor, _ = _version()[1:].split(".")
    says = {"gitVersion": _version(), "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    says["buildDate"] = "1970-01-01T00:00:00Z"  # the same program whenever it is built
    return "-s -w " + " ".join(f"-X k8s.io/component-base/version.{name}={value}" for name, value in says.items())


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def main() -> None:
    """Do what the arguments ask for."""
    try:
        if "--check" not in sys.argv[1:]:
            build()
        elif not find():
            find_go(os.environ)
    except NoBinariesError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next build goes on from there.")


if __name__ == "__main__":
    main()
