"""Plants a bug into a copy of the product, and runs the test that must find it."""

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = "functions/orphaned_attachments"
LAYERS = ("layers/pitcrew/python", "layers/kubernetes/python")


TESTS = "tests/simulation"


@dataclass(frozen=True)
class Edit:
    """A text of one file of the product that becomes another one; it must be there exactly once."""

    file: str
    right: str
    wrong: str


@dataclass(frozen=True)
class Bug:
    """What somebody could get wrong, and the test that must fail then."""

    name: str
    found_by: str
    edits: tuple[Edit, ...]


def plant(bug: Bug, folder: Path) -> None:
    """Copy the product with a bug in it. Raises LookupError where a text is not there exactly once."""
    shutil.copytree(ROOT / "functions", folder / "functions", ignore=shutil.ignore_patterns("__pycache__"))
    for edit in bug.edits:
        file = folder / PRODUCT / edit.file
        text = file.read_text()
        if text.count(edit.right) != 1:
            raise LookupError(f"{bug.name}: {edit.file} has {edit.right!r} {text.count(edit.right)} times")
        file.write_text(text.replace(edit.right, edit.wrong))


def is_found(bug: Bug) -> bool:
    """Whether the named test fails with the bug; without one it passes, as the suite shows."""
    with tempfile.TemporaryDirectory() as folder:
        plant(bug, Path(folder))
        path = " ".join([folder, *(str(ROOT / layer) for layer in LAYERS), str(ROOT)])
        pytest = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-o", f"pythonpath={path}"]
        run = subprocess.run(  # noqa: S603 (this very interpreter)
            [*pytest, f"{TESTS}/{bug.found_by}"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if run.returncode not in {0, 1}:
            raise RuntimeError(f"{bug.name}: {bug.found_by} could not be run: {run.stdout}{run.stderr}")
        return run.returncode == 1
