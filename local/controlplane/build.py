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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from local.controlplane.binaries import NoBinariesError, build_folder, find
from local.controlplane.go import Go, find_go, pinned_version
from local.controlplane.programs import PROGRAMS, Program

LOCK = "lock"
UNFINISHED = "unfinished"
"""The folder of a build that is under way, or was interrupted."""

# Debug symbols cost 37 s and 0.5 GB of memory; the programs are for running only.
_COMPILE = ("build", "-trimpath", "-buildvcs=false", "-gcflags=all=-dwarf=false")


def build(environment: Mapping[str, str] = os.environ, programs: Sequence[Program] = PROGRAMS) -> None:
    """Build those of the programs that are not there yet. Raises NoBinariesError.

    Whoever comes while another builds waits for that. What an interrupted build leaves, nobody takes for a whole one.
    """
    missing = [program for program in programs if not find(environment, program)]
    if not missing:
        return
    go, cache = find_go(environment), build_folder(environment, missing[0]).parent
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / LOCK) as lock:
        for program in missing:
            if not find(environment, program):
                folder, unfinished = build_folder(environment, program), cache / UNFINISHED
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                _Build(program, go, lock).into(unfinished)
                shutil.rmtree(folder, ignore_errors=True)  # somebody removed a part of it
                unfinished.rename(folder)


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


class _Build:
    """One build, step by step."""

    def __init__(self, program: Program, go: Go, lock: int) -> None:
        self._program, self._go, self._lock = program, go, lock
        self._version = pinned_version(program)

    def into(self, folder: Path) -> None:
        """Fill *folder* with the binaries; names that no package has are links to the only program."""
        program = self._program
        title, minutes = f"{program.title} {self._version}", program.minutes
        _say(f"building {title} for the tests, up to about {minutes} minutes the first time\n")
        self._step("modules", ["list", "-deps", *program.packages.values()])
        for name, package in program.compiled_first.items():
            self._step(name, [*_COMPILE, package])
        for name, package in program.packages.items():
            self._step(name, [*_COMPILE, "-ldflags", self._link_flags(), "-o", str(folder / name), package])
        for name in program.binaries:
            if name not in program.packages:
                (folder / name).symlink_to(next(iter(program.packages)))

    def _step(self, name: str, arguments: list[str]) -> None:
        """Run one step, and say what it is and how long it took."""
        _say(f"building {name} ... ")
        began = time.monotonic()
        try:
            self._go.run(arguments, folder=self._program.sources, keeps_open=(self._lock,))
        finally:
            _say(f"{time.monotonic() - began:.1f} s\n")

    def _link_flags(self) -> str:
        major, minor, _ = self._version[1:].split(".")
        parts = {"version": self._version, "major": major, "minor": minor}
        return " ".join(
            ["-s -w", *(f"-X {name}={value.format(**parts)}" for name, value in self._program.says.items())]
        )


def _say(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


def main() -> None:
    """Do what the arguments ask for."""
    try:
        if "--check" not in sys.argv[1:]:
            build()
        elif not all(find(program=program) for program in PROGRAMS):
            find_go(os.environ)
    except NoBinariesError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next build goes on from there.")


if __name__ == "__main__":
    main()
