"""Virtual environments of the measured clients, apart from the project's own: boto3, and one client beside it.

`requirements/` has their locks. They are kept in `.cache/bench/` until a lock or the interpreter changes.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

from local.environment import ROOT, child_environment

_LOCKS = ROOT / "bench" / "requirements"
_KEPT = ROOT / ".cache" / "bench"
_STAMP = "installed"


def python_of(name: str, *, folder: Path) -> Path:
    """Return the interpreter with what is locked for *name*, installed first where it is not; uv's home is *folder*.

    Raises RuntimeError with what uv says.
    """
    kept, lock = _KEPT / name, _LOCKS / f"{name}.txt"
    python, stamp = kept / "bin" / "python", kept / _STAMP
    wanted = hashlib.sha256(f"{sys.version} {kept}".encode() + lock.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(kept, ignore_errors=True)
        _uv(["venv", "--no-project", "--python", sys.executable, str(kept)], folder)
        # With bytecode, as the packages of Lambda's own boto3 have it.
        choices = ["--system-certs", "--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]
        _uv(["pip", "sync", *choices, "--python", str(python), str(lock)], folder)
        stamp.write_text(wanted)
    return python


def version_of(name: str, package: str) -> str:
    """Return the version of *package* that is locked for *name*."""
    found = re.search(rf"^{re.escape(package)}==(\S+)", (_LOCKS / f"{name}.txt").read_text(), re.MULTILINE)
    if not found:
        raise RuntimeError(f"{package} is not locked for {name}")
    return found[1]


def _uv(arguments: list[str], folder: Path) -> None:
    done = subprocess.run(  # noqa: S603 (this project's uv, arguments from here)
        [find_uv_bin(), "--quiet", *arguments],
        cwd=folder,
        env=child_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"uv {arguments[0]} failed:\n{done.stderr}")
