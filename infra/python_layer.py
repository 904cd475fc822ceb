"""A Lambda layer from a folder of `layers/`: bundled with uv, without Docker."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling
from aws_cdk.aws_lambda import Code, LayerVersion
from constructs import Construct
from uv import find_uv_bin

from infra import ROOT, bytecode
from infra.python_function import RUNTIME

_VERSION = RUNTIME.name.removeprefix("python")


class PythonLayer(LayerVersion):
    """The packages of `layers/<name>/python`, and those locked in `layers/<name>/requirements.txt`."""

    def __init__(self, scope: Construct, name: str) -> None:
        folder = ROOT / "layers" / name
        super().__init__(
            scope,
            f"{name.capitalize()}Layer",
            code=Code.from_asset(
                str(folder),
                asset_hash=fingerprint(folder),
                asset_hash_type=AssetHashType.CUSTOM,
                bundling=BundlingOptions(image=DockerImage.from_registry("never-pulled"), local=_Bundler(folder)),
            ),
            compatible_runtimes=[RUNTIME],
            description=f"Pitcrew: {name}",
        )


def fingerprint(folder: Path) -> str:
    """Return the hash of what decides a layer's content: lock, sources, runtime, and how it is bundled.

    Whether an interpreter was found to compile with is left out: bytecode changes how fast a layer starts and never
    what it does, and with it a stack deployed from one machine would differ from the same stack seen from another.
    """
    digest = hashlib.sha256(_VERSION.encode())
    for recipe in (__file__, bytecode.__file__):
        digest.update(Path(recipe).read_bytes())
    sources = [file for file in folder.glob("python/**/*") if file.is_file() and "__pycache__" not in file.parts]
    for file in sorted([*sources, *folder.glob("requirements.txt")]):
        digest.update(f"\0{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def bundle(folder: Path, target: Path) -> None:
    """Write the layer of *folder* to *target*, as it is laid under /opt.

    Raises CalledProcessError where uv or the compiler fails, and ValueError where a package is not pure Python.
    """
    packages = target / "python"
    if (folder / "python").exists():
        shutil.copytree(folder / "python", packages, ignore=shutil.ignore_patterns("__pycache__"))
    if (folder / "requirements.txt").exists():
        _install(folder / "requirements.txt", packages)
    if compiled := list(packages.rglob("*.so")):
        # CDK's cache of bundles does not know architectures: two of them would silently share one bundle.
        raise ValueError(f"layers hold pure Python, and {compiled[0].relative_to(packages)} is not")
    bytecode.write(packages, version=_VERSION, seen_as=Path("/opt/python"))


def _install(requirements: Path, packages: Path) -> None:
    """Install what is locked and nothing else. The platform is asked for by the locks' markers alone."""
    subprocess.run(  # noqa: S603 (this environment's uv, with arguments from here)
        [
            *(
                find_uv_bin(),
                "pip",
                "install",
                "--quiet",
                "--system-certs",
                "--python",
                sys.executable,
                "--target",
                str(packages),
            ),
            *("--python-version", _VERSION, "--python-platform", "aarch64-manylinux2014"),
            *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirements", str(requirements)),
        ],
        check=True,
        stdout=sys.stderr,
    )
    shutil.rmtree(packages / "bin", ignore_errors=True)  # scripts, which name this machine's interpreter
    (packages / ".lock").unlink(missing_ok=True)  # uv's own


@jsii.implements(ILocalBundling)
class _Bundler:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def try_bundle(self, output_dir: str, *, image: DockerImage, **_options: Any) -> bool:  # noqa: ANN401 (options of a container)
        del image  # named since jsii hands options over by keyword only to a method that names one
        bundle(self._folder, Path(output_dir))
        return True
