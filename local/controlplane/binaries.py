"""Where the binaries of the control plane are.

Like programs.py, build.py and go.py for the machine's own Python: the standard library only, and nothing newer than
Python 3.8, so that local/install.py has the chance to say that a Python is too old.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from local.controlplane.programs import CONTROL_PLANE, CSI, Program

COMPONENTS = CONTROL_PLANE.binaries
SOURCES = CONTROL_PLANE.sources
ASSETS = "KUBEBUILDER_ASSETS"
"""Names a folder with binaries, as everywhere around Kubernetes: https://book.kubebuilder.io/reference/envtest."""


class NoBinariesError(RuntimeError):
    """There is no control plane to run; the message says to a person what to do."""


def find(environment: Mapping[str, str] = os.environ, program: Program = CONTROL_PLANE) -> Path | None:
    """Return the folder with a program's binaries, or None where they are still to be built; builds nothing.

    Raises NoBinariesError where KUBEBUILDER_ASSETS names a folder that lacks one of the control plane's. The others
    are in few such folders, and are built where they are not.
    """
    assets = environment.get(ASSETS)
    if assets:
        missing = _missing(program, Path(assets))
        if not missing:
            return Path(assets).absolute()
        if program is CONTROL_PLANE:
            raise NoBinariesError(
                f"{ASSETS} names the folder {assets}, which has no executable {' and no '.join(missing)}: add what is "
                f"missing, or unset {ASSETS} to have all four built with Go."
            )
    folder = build_folder(environment, program)
    return None if _missing(program, folder) else folder


def found() -> Path:
    """Return the folder with the control plane's four. Raises NoBinariesError where there is none."""
    return _found(CONTROL_PLANE, "The control plane")


def found_csi() -> Path:
    """Return the folder with the external-attacher and our CSI controller. Raises NoBinariesError, too."""
    return _found(CSI, "The external-attacher")


def build_folder(environment: Mapping[str, str], program: Program = CONTROL_PLANE) -> Path:
    """Return where the build of today's sources is: outside the checkout, so that a new clone finds it too."""
    home = Path(environment.get("HOME") or Path.home())
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    digest = hashlib.sha256()
    for name in program.files:
        digest.update((program.sources / name).read_bytes())
    return cache / "pitcrew" / "controlplane" / digest.hexdigest()[:16]


def _found(program: Program, what: str) -> Path:
    folder = find(program=program)
    if folder is None:
        raise NoBinariesError(f"{what} has not been built: `make test` does it, or set {ASSETS}.")
    return folder


def _missing(program: Program, folder: Path) -> list[str]:
    return [name for name in program.binaries if not os.access(folder / name, os.X_OK)]
