"""`make bench`: measures, prints, and writes docs/performance.md. A goal that is missed is printed and no failure.

`python -m bench kubernetes` measures the clients of the Kubernetes API alone, and writes nothing.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import clients, layer, machine, packages, report, report_clients, starts, sweeps
from bench.runs import Runner
from bench.tables import goals_table
from local.environment import ROOT

PAGE = ROOT / "docs" / "performance.md"


def main() -> None:
    """Run the bench, or the part of it that the argument names."""
    with tempfile.TemporaryDirectory(prefix="pitcrew-bench-") as name:
        folder = Path(name)
        with _step("code and layers through the CDK's zip"):
            built = packages.synthesized(folder)
            path = packages.deployed(built, folder / "deployed", compiles=built.layers)
            plain_path = packages.deployed(built, folder / "plain", compiles=())
        runner = Runner(folder)
        if sys.argv[1:] == ["kubernetes"]:
            found = _about_kubernetes(runner, path, plain_path)
            sys.stdout.write(
                "\n\n".join(["", goals_table(report_clients.goals(*found)), *report_clients.about(*found), ""])
            )
            return
        with _step("cold and warm events"):
            events = starts.measured(runner, path=path, plain_path=plain_path)
        with _step("sweeps"):
            swept = list(sweeps.measured(runner, path=path))
        found = _about_kubernetes(runner, path, plain_path)
    text = report.page(machine.described(), events, swept, *found)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"\n{text}\nwritten to {PAGE.relative_to(ROOT)}\n")


def _about_kubernetes(runner: Runner, path: str, plain_path: str) -> tuple[clients.Clients, layer.Weight]:
    with _step("environments of the clients of the Kubernetes API"):
        pythons = clients.installed(runner)
    with _step("clients of the Kubernetes API"):
        measured = clients.measured(runner, pythons, path=path, plain_path=plain_path)
    return measured, layer.weighed(packages.entry_with(path, "kube"), own="kube")


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Say what goes on, and how long it took."""
    begun = time.monotonic()
    sys.stdout.write(f"{name} … ")
    sys.stdout.flush()
    yield
    sys.stdout.write(f"{time.monotonic() - begun:.0f} s\n")


if __name__ == "__main__":
    main()
