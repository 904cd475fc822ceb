"""The folders that a function's process sees: /var/task, /opt and /var/runtime of Lambda, unpacked once each."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

import hashlib
import io
import re
import shlex
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

from ministack.services import lambda_svc

RUNTIME_PACKAGES = ("awslambdaric", "boto3")
"""What the runtime itself offers, with what they need; everything else comes with the code or a layer."""

_unpack_code = lambda_svc._provided_runtime_code_dir


def task_folder(code_zip: bytes) -> str:
    """Return /var/task: the unpacked code, with the program that Lambda keeps in /var/runtime."""
    folder = str(_unpack_code(code_zip))
    bootstrap = Path(folder, "bootstrap")
    with lambda_svc._provided_code_lock:  # Two functions may share the code and start at once.
        if not bootstrap.exists():
            # -S: no site-packages, so that what a function imports is in its asset, its layers or the runtime.
            bootstrap.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -S -m awslambdaric "$_HANDLER"\n')
            bootstrap.chmod(0o755)
    return folder


def layers_folder(config: dict[str, Any]) -> Path:
    """Return /opt: the function's layers unpacked one over the other, once for each combination."""
    zips = [lambda_svc._resolve_layer_zip(layer) or b"" for layer in config.get("Layers") or []]
    digest = hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in zips)).hexdigest()
    folder = Path(tempfile.gettempdir(), "opt", digest)
    with lambda_svc._provided_code_lock:
        if not folder.exists():
            folder.mkdir(parents=True)
            for content in zips:
                zipfile.ZipFile(io.BytesIO(content)).extractall(folder)
    return folder


def runtime_folder() -> Path:
    """Return /var/runtime: links to the runtime's own packages among those that run the stand-in."""
    folder = Path(tempfile.gettempdir(), "runtime")
    with lambda_svc._provided_code_lock:
        if not folder.exists():
            folder.mkdir()
            for package in _with_requirements(RUNTIME_PACKAGES):
                for name, target in _top_level(package).items():
                    (folder / name).symlink_to(target)
    return folder


def _with_requirements(packages: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    wanted = list(packages)
    while wanted:
        package = wanted.pop()
        if package not in found:
            found.add(package)
            needed = [line for line in metadata.requires(package) or [] if "extra ==" not in line]
            wanted += [match.group() for line in needed if (match := re.match(r"[\w.-]+", line))]
    return found


def _top_level(package: str) -> dict[str, Path]:
    """Return the folders and modules that *package* put into site-packages, by name."""
    files = metadata.files(package) or []
    names = {file.parts[0]: Path(file.locate()).parents[len(file.parts) - 1] for file in files}
    return {name: site / name for name, site in names.items() if name not in ("..", "__pycache__")}
