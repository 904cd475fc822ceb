"""The function's code and its layers as they arrive in Lambda: through CDK's assets and its zip, and out again."""

import compileall
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from local.environment import ROOT, child_environment

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_ZIP_EPOCH = 315532800
"""The date that the CDK gives each entry, so that a hash of the zip tells contents apart and not builds."""


@dataclass(frozen=True, slots=True)
class Packages:
    """Assets of one synth."""

    code: Path
    layers: tuple[Path, ...]


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
    code = next(asset for asset in output.glob("asset.*") if (asset / "functions" / "proxy_protocol").is_dir())
    return Packages(code, tuple(layers))


def deployed(packages: Packages, folder: Path, *, compiles: tuple[Path, ...]) -> str:
    """Zip and unzip into *folder*, those of *compiles* with bytecode; return what Python's path is then.

    The bytecode is this interpreter's, made as infra/bytecode.py makes it for the runtime's.
    """
    code = _through_zip(packages.code, folder, compiles=packages.code in compiles)
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
