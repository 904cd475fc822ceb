"""Where the binaries of the control plane are.

Like build.py and go.py for the machine's own Python: the standard library only, and nothing newer than Python 3.8, so
that local/install.py has the chance to say that a Python is too old.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "tests" / "cluster" / "controlplane"
SOURCE_FILES = ("main.go", "go.mod", "go.sum")
COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
ASSETS = "KUBEBUILDER_ASSETS"
"""Names a folder with binaries, as everywhere around Kubernetes: https://book.kubebuilder.io/reference/envtest."""


class NoBinariesError(RuntimeError):
    """There is no control plane to run; the message says to a person what to do."""


def find(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the folder with the four binaries, or None where they are still to be built; builds nothing.

    Raises NoBinariesError where KUBEBUILDER_ASSETS names a folder that lacks one of them.
    """
    assets = environment.get(ASSETS)
    if not assets:
        folder = build_folder(environment)
        return None if _missing(folder) else folder
    missing = _missing(Path(assets))
    if missing:
        raise NoBinariesError(
            f"{ASSETS} names the folder {assets}, which has no executable {' and no '.join(missing)}: add what is "
            f"missing, or unset {ASSETS} to have all four built with Go."
        )
    return Path(assets).absolute()


def found() -> Path:
    """Return the folder with the four binaries. Raises NoBinariesError where there is none."""
    folder = find()
    if folder is None:
        raise NoBinariesError(f"The control plane has not been built: `make test` does it, or set {ASSETS}.")
    return folder


def build_folder(environment: Mapping[str, str]) -> Path:
    """Return where the build of today's sources is: outside the checkout, so that a new clone finds it too."""
    home = Path(environment.get("HOME") or Path.home())
    cache = Path(environment.get("XDG_CACHE_HOME") or home / ".cache")
    digest = hashlib.sha256()
    for name in SOURCE_FILES:
        digest.update((SOURCES / name).read_bytes())
    return cache / "pitcrew" / "controlplane" / digest.hexdigest()[:16]


def _missing(folder: Path) -> list[str]:
    return [name for name in COMPONENTS if not os.access(folder / name, os.X_OK)]
