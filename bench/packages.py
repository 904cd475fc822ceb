"""The functions' code and their layers as they arrive in Lambda: through CDK's assets and its zip, and out again."""

import compileall
import os
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import NamedTuple

from local.environment import ROOT, child_environment

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_ZIP_EPOCH = 315532800
"""The date that the CDK gives each entry, so that a hash of the zip tells contents apart and not builds."""


@dataclass(frozen=True, slots=True)
class Packages:
    """Assets of one synth."""

    code: Mapping[str, Path]
    """By automation."""

    layers: tuple[Path, ...]


class Paths(NamedTuple):
    """What Python's path is with the packages of an automation, bytecode in the layers; and without that."""

    shipped: str
    plain: str
    attachments: str


def packed(folder: Path) -> Paths:
    """Pack and unpack all that is measured, in *folder*. Raises RuntimeError with what the CDK says."""
    built = synthesized(folder)
    return Paths(
        shipped=deployed(built, folder / "deployed", compiles=built.layers),
        plain=deployed(built, folder / "plain", compiles=()),
        attachments=deployed(built, folder / "attachments", compiles=built.layers, automation="orphaned_attachments"),
    )


def synthesized(folder: Path) -> Packages:
    """Let the CDK make the assets in *folder*, layers bundled. Raises RuntimeError with what the CDK says."""
    output = folder / "cdk.out"
    binaries = os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603 (the pinned CDK of this project, arguments from here)
        [ROOT / "node_modules" / ".bin" / "cdk", "synth", "--quiet", "--output", output],
        cwd=ROOT,
        env=child_environment(folder) | {"PATH": binaries},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"cdk synth failed:\n{done.stderr}")
    layers = sorted(asset for asset in output.glob("asset.*") if (asset / "python").is_dir())
    code = {found.parent.name: found.parents[2] for found in output.glob("asset.*/functions/*/handler.py")}
    return Packages(code, tuple(layers))


def deployed(
    packages: Packages, folder: Path, *, compiles: tuple[Path, ...], automation: str = "proxy_protocol"
) -> str:
    """Zip and unzip into *folder*, those of *compiles* with bytecode; return what Python's path is then.

    The bytecode is this interpreter's, made as infra/bytecode.py makes it for the runtime's.
    """
    code = _through_zip(packages.code[automation], folder, compiles=packages.code[automation] in compiles)
    layers = [_through_zip(layer, folder, compiles=layer in compiles) / "python" for layer in packages.layers]
    return os.pathsep.join(map(str, [code, *layers]))


def _through_zip(asset: Path, folder: Path, *, compiles: bool) -> Path:
    source, target, archive = folder / "in" / asset.name, folder / asset.name, folder / f"{asset.name}.zip"
    shutil.copytree(asset, source, ignore=shutil.ignore_patterns("__pycache__"))
    if compiles:
        compileall.compile_dir(source, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(path for path in source.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(source).as_posix(), _ZIP_DATE)
            packed.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(target)
    for path in target.rglob("*"):
        os.utime(path, (_ZIP_EPOCH, _ZIP_EPOCH))  # Lambda's unpacking keeps the dates, Python's does not
    return target


def entry_with(path: str, package: str) -> Path:
    """Return the entry of a deployed path that holds *package*; the zip that it came in is `<folder>.zip`."""
    return next(entry for entry in map(Path, path.split(os.pathsep)) if (entry / package).is_dir())
