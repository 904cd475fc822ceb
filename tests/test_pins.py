"""What is installed is pinned by hash, and no file says from where."""

import json
import re
import subprocess

import pytest

from local.controlplane.programs import PROGRAMS, Program
from local.environment import ROOT

LOCKS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("requirements/*.txt", "layers/*/requirements.txt", "bench/requirements/*.txt")
    for path in ROOT.glob(pattern)
)
FORBIDDEN = {
    "address of a package index": r"(index-url|registry|GOPROXY)[ =:]+[\"']?https?:",
    "path of one machine": r"(^|[^A-Za-z0-9_.])/(work|root|farm|home)/[a-z]",
}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_is_exact_and_hashed(lock: str) -> None:
    pins = re.split(r"\n(?=[a-z])", (ROOT / lock).read_text(encoding="utf-8"))[1:]

    assert pins
    assert [pin.split()[0] for pin in pins if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+ ", pin)] == []
    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert [pin.split()[0] for pin in pins if "://" in pin] == []


def test_every_package_of_the_cdk_command_line_is_pinned_by_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: one for name, one in packages.items() if name}

    assert installed["node_modules/aws-cdk"]["version"] == "2.1148.1"
    assert [name for name, one in installed.items() if "integrity" not in one or "resolved" in one] == []


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.sources.name)
def test_every_go_module_is_pinned_by_hash(program: Program) -> None:
    text, sums = ((program.sources / name).read_text(encoding="utf-8") for name in ("go.mod", "go.sum"))
    replaced = dict(re.findall(r"^\t(\S+) => \S+ (v\S+)", text, re.MULTILINE))
    required = dict(re.findall(r"^(?:require |\t)(\S+) (v\S+)", text, re.MULTILINE))

    pins = {f"{name} {replaced.get(name, version)}/go.mod h1:" for name, version in required.items()}
    assert len(pins) > len(program.binaries)
    assert {pin for pin in pins if pin not in sums} == set()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_names(what: str) -> None:
    command = ["git", "grep", "-nIE", FORBIDDEN[what], "--", ".", ":!tests/test_pins.py"]

    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 (git, and our patterns)

    assert found.stdout == ""
    assert found.returncode == 1  # nothing found, and no error
