import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import ROOT, bytecode
from infra.python_layer import bundle, fingerprint

LAYERS = sorted(folder.name for folder in (ROOT / "layers").iterdir() if folder.is_dir())
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
SIZE_LIMIT = 5 * 1024 * 1024


@pytest.fixture(scope="module", params=LAYERS)
def layer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp(request.param)
    bundle(ROOT / "layers" / request.param, target)
    return target


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "layer"
    (folder / "python").mkdir(parents=True)
    return folder


def test_a_layer_is_pure_python_and_small(layer: Path, tmp_path: Path) -> None:
    archive = Path(shutil.make_archive(str(tmp_path / "layer"), "zip", layer))

    assert [entry.name for entry in layer.iterdir()] == ["python"]
    assert not list(layer.rglob("*.so"))
    assert archive.stat().st_size <= SIZE_LIMIT


def test_a_layer_names_nothing_of_the_machine_that_made_it(layer: Path) -> None:
    files = [file for file in layer.rglob("*") if file.is_file()]

    assert not (layer / "python" / "bin").exists()
    for folder in (ROOT, layer, Path.home()):
        assert not [file for file in files if f"{folder}/".encode() in file.read_bytes()]


def test_a_layer_without_a_lock_is_its_sources(tmp_path: Path) -> None:
    source = tmp_path / "layer" / "python" / "package"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("VALUE = 1\n")
    (source / "__pycache__").mkdir()

    bundle(tmp_path / "layer", tmp_path / "out")

    assert [f.name for f in (tmp_path / "out").rglob("*.py")] == ["__init__.py"]


def test_a_layer_with_compiled_code_is_refused(tmp_path: Path) -> None:
    (tmp_path / "layer" / "python").mkdir(parents=True)
    (tmp_path / "layer" / "python" / "fast.so").touch()

    with pytest.raises(ValueError, match=r"layers hold pure Python, and fast\.so is not"):
        bundle(tmp_path / "layer", tmp_path / "out")


def test_the_hash_follows_sources_and_lock_and_not_what_python_leaves_behind(copied: Path) -> None:
    before = fingerprint(copied)

    (copied / "python" / "__pycache__").mkdir()
    (copied / "python" / "__pycache__" / "package.cpython-313.pyc").touch()
    assert fingerprint(copied) == before

    (copied / "requirements.txt").touch()
    with_lock = fingerprint(copied)
    (copied / "python" / "package.py").touch()
    assert len({before, with_lock, fingerprint(copied)}) == 3


def test_bytecode_is_used_without_a_look_at_its_source_and_names_no_folder_of_this_machine(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("VALUE = 'as compiled'\n")

    bytecode.write(tmp_path, version=HERE, seen_as=Path("/opt/python"))
    module.write_text("VALUE = 'as written'\n")

    (compiled,) = tmp_path.rglob("*.pyc")
    program = [sys.executable, "-c", "import module; print(module.VALUE)"]
    run = subprocess.run(program, capture_output=True, check=True, cwd=tmp_path, text=True)  # noqa: S603 (this Python)
    assert run.stdout == "as compiled\n"
    assert b"/opt/python/module.py" in compiled.read_bytes()
    assert str(tmp_path).encode() not in compiled.read_bytes()


def test_without_an_interpreter_of_the_version_sources_are_shipped_and_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "module.py").touch()

    bytecode.write(tmp_path, version="3.99", seen_as=Path("/opt/python"))

    assert [file.name for file in tmp_path.iterdir()] == ["module.py"]
    assert capsys.readouterr().err == (
        "No Python 3.99 here to compile layers with: Lambda compiles them at each cold start.\n"
    )
