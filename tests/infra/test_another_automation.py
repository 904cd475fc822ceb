"""An automation comes as new files: a copy of the checkout gets one, and the tests hold there as they stand.

Of the files that were there, only cdk.json and the page that lists the shipped roles are changed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infra import ROOT

WORDS = {
    "proxy_protocol": "another_one",
    "proxy-protocol": "another-one",
    "ProxyProtocol": "AnotherOne",
    "elasticloadbalancing": "autoscaling",
}
"""An automation in all its names, and those of the new one, which is just like it but for the service that it is about:
if both were about one, each would hear what the other does."""

LEFT_OUT = ("_rule.py",)
"""It reads samples of events of the old one's service."""

LINKED = (".venv", "node_modules")
BINARIES = Path(sys.executable).parent
ME = Path(__file__).relative_to(ROOT).as_posix()
PYTEST = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", f"--ignore={ME}"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    for name, content in sources():
        write(folder / name, content)
        if renamed(name) != name and not name.endswith(LEFT_OUT):
            write(folder / renamed(name), renamed(content.decode()).encode())
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    configure(folder / "cdk.json")
    with (folder / "docs" / "kubernetes-access.md").open("a", encoding="utf-8") as page:
        page.write("\nAnd docs/rbac/another-one.yaml.\n")
    return folder


def sources() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file that Git has or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S603 (git, options from here)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # or else it is deleted, and not committed yet
            yield name, (ROOT / name).read_bytes()


def renamed(text: str) -> str:
    for old, new in WORDS.items():
        text = text.replace(old, new)
    return text


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def configure(path: Path) -> None:
    settings = json.loads(path.read_text())
    defaults = settings["context"]["pitcrew"]["defaults"]
    defaults["another_one"] = defaults["proxy_protocol"]
    path.write_text(json.dumps(settings))


def run(copy: Path, *command: str | Path, env: Mapping[str, str] | None = None) -> str:
    environment = os.environ | (env or {})
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, check=False, text=True)  # noqa: S603 (commands from here)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    return done.stdout


def test_tests_of_the_deployment_hold_with_another_automation(copy: Path) -> None:
    told = run(copy, *PYTEST, "tests/infra")

    assert "test_a_function_may_do_just_this[another_one.sweep] PASSED" in told
    assert "test_a_function_may_do_just_this[proxy_protocol.sweep] PASSED" in told


def test_tests_of_the_tree_and_the_docs_hold_with_another_automation(copy: Path) -> None:
    told = run(copy, *PYTEST, "tests/test_conventions.py", "tests/test_docs.py")

    assert "test_every_automation_has_the_same_files[another_one] PASSED" in told


def test_the_contracts_on_imports_hold_with_another_automation(copy: Path) -> None:
    told = run(copy, BINARIES / "lint-imports", "--no-cache", env={"PYTHONPATH": os.pathsep.join(packages(copy))})

    assert "0 broken" in told


def packages(copy: Path) -> list[str]:
    return sorted(map(str, copy.glob("layers/*/python")))
