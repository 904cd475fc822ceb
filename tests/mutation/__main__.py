"""Plants mutants in a copy of the decision, and tells which of them its tests do not kill: `make mutants`.

cosmic-ray plants them, in an environment of its own that is kept in `.cache/mutants/`.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from uv import find_uv_bin

from local.environment import ROOT, child_environment

LOCK = ROOT / "requirements" / "mutants.txt"
KEPT = ROOT / ".cache" / "mutants"
HERE = Path(__file__).parent
DECISION = Path("functions/orphaned_attachments/decision")
TESTS = Path("tests/functions/orphaned_attachments")
QUICK = ("decision", "decision_values", "acts", "marks", "looks", "blast")
"""The tests that need less than a second together."""

LEAST_PERCENT = 95.0


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        home, tree = Path(made) / "home", Path(made) / "tree"
        environment = child_environment(home)
        tools = _tools(environment)
        _copy(tree)
        _run([*_tests()], tree, environment)
        for arguments in (
            ["cosmic-ray", "init", "mutants.toml", "mutants.sqlite"],
            ["cr-filter-operators", "mutants.sqlite", "mutants.toml"],
            ["cosmic-ray", "exec", "mutants.toml", "mutants.sqlite"],
        ):
            _run([str(tools / arguments[0]), *arguments[1:]], tree, environment)
        dump = _run([str(tools / "cosmic-ray"), "dump", "mutants.sqlite"], tree, environment)
    sys.exit(_report([json.loads(line) for line in dump.splitlines()]))


def _tools(environment: Mapping[str, str]) -> Path:
    """Return the folder of cosmic-ray's commands, installed where the lock has changed."""
    stamp, uv = KEPT / "installed", find_uv_bin()
    if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
        shutil.rmtree(KEPT, ignore_errors=True)
        _run([uv, "--quiet", "venv", "--no-project", "--python", sys.executable, str(KEPT)], ROOT, environment)
        # yattag, which cosmic-ray asks for, has no wheel.
        choices = ["--system-certs", "--require-hashes", "--only-binary", ":all:", "--no-binary", "yattag"]
        python = str(KEPT / "bin" / "python")
        _run([uv, "--quiet", "pip", "sync", *choices, "--python", python, str(LOCK)], ROOT, environment)
        stamp.write_bytes(LOCK.read_bytes())
    return KEPT / "bin"


def _copy(tree: Path) -> None:
    """Copy the decision and its quick tests alone: nothing else can be hit, and nothing else is imported."""
    shutil.copytree(ROOT / DECISION, tree / DECISION, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / TESTS).mkdir(parents=True)
    for name in ("facts", *(f"test_{quick}" for quick in QUICK)):
        shutil.copy(ROOT / TESTS / f"{name}.py", tree / TESTS)
    (tree / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n")
    command = " ".join(_tests())
    config = (HERE / "cosmic_ray.toml").read_text()
    (tree / "mutants.toml").write_text(config.replace("[cosmic-ray]", f'[cosmic-ray]\ntest-command = "{command}"', 1))


def _tests() -> list[str]:
    files = [f"{TESTS}/test_{name}.py" for name in QUICK]
    return [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *files]


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 (commands written above)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def _report(jobs: list[tuple[Any, Any]]) -> str | int:
    """Print the survivors and the score. Returns what is wrong with it, or 0."""
    reasons = tomllib.loads((HERE / "equivalent.toml").read_text())
    results = [result for _, result in jobs if result["worker_outcome"] != "skipped"]
    survivors = [result["diff"] for result in results if result["test_outcome"] == "survived"]
    score = 100 * (len(results) - len(survivors)) / len(results)
    for diff in survivors:
        why = next((reason.strip() for line, reason in reasons.items() if line in diff), "")
        sys.stdout.write(f"\n{diff}\n" + (f"Equivalent: {why}.\n" if why else ""))
    sys.stdout.write(f"\n{len(results)} mutants, {len(survivors)} survived: score {score:.1f} %\n")
    return 0 if score >= LEAST_PERCENT else f"less than {LEAST_PERCENT} %"


if __name__ == "__main__":
    main()
