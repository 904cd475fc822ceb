"""Bytecode for a layer, so that a cold start does not compile its packages.

The CDK dates every entry of a zip 1980, so bytecode that is checked against its source's date is stale in Lambda and
is compiled again on every cold start; `unchecked-hash` is not checked (https://peps.python.org/pep-0552/).
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from uv import find_uv_bin


def write(packages: Path, *, version: str, seen_as: Path) -> None:
    """Compile *packages* for Python *version*, as if they lay in *seen_as*; without such a Python, say so."""
    interpreter = _interpreter(version)
    if interpreter is None:
        return
    subprocess.run(  # noqa: S603 (an interpreter that has just said its version)
        [
            *(interpreter, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
            *("-s", str(packages), "-p", str(seen_as), str(packages)),
        ],
        check=True,
        stdout=sys.stderr,
    )


@cache  # so that it is looked for, and missed aloud, once for all layers
def _interpreter(version: str) -> str | None:
    """Find an interpreter of *version* on this machine; nothing is downloaded."""
    say_version = ["-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    found = next((python for python in _candidates(version) if _output([python, *say_version]) == version), None)
    if not found:
        sys.stderr.write(f"No Python {version} here to compile layers with: Lambda compiles them at each cold start.\n")
    return found


def _candidates(version: str) -> Iterator[str]:
    yield sys.executable
    if found := shutil.which(f"python{version}"):
        yield found
        # pyenv's shim refuses to run a version that is installed and not selected.
        yield from map(str, Path(found).parent.parent.glob(f"versions/{version}.*/bin/python{version}"))
    if found := _output([find_uv_bin(), "python", "find", "--managed-python", "--no-python-downloads", version]):
        yield found


def _output(command: list[str]) -> str:
    """Return what *command* prints; nothing where it fails."""
    done = subprocess.run(command, capture_output=True, check=False, text=True)  # noqa: S603 (built above)
    return done.stdout.strip() if done.returncode == 0 else ""
