"""`make bench`: measures, prints, and writes docs/performance.md. A goal that is missed is printed and no failure.

`python -m bench --only PART` measures one part, and writes nothing. The outages take some ten minutes.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import clients, layer, machine, packages, report, report_clients, starts, sweeps
from bench.orphaned_attachments import process as outages
from bench.orphaned_attachments import report as report_attachments
from bench.orphaned_attachments import sweep as quiet_sweep
from bench.orphaned_attachments.cases import Played
from bench.runs import Runner
from bench.tables import goals_table
from local.environment import ROOT

PAGE = ROOT / "docs" / "performance.md"


def main() -> None:
    """Run the bench, or the part of it that the argument names."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", choices=_PARTS, default="")
    only = parser.parse_args().only
    with tempfile.TemporaryDirectory(prefix="pitcrew-bench-") as name:
        folder = Path(name)
        if only:
            sys.stdout.write("\n\n".join(["", *_PARTS[only](folder), ""]))
            return
        paths, runner = _packed(folder), Runner(folder)
        with _step("cold and warm events"):
            events = starts.measured(runner, path=paths.shipped, plain_path=paths.plain)
        with _step("sweeps"):
            swept = list(sweeps.measured(runner, path=paths.shipped))
        about_clients = _about_kubernetes(runner, paths)
        quiet = _quiet_sweep(runner, paths)
        played = _outages(folder)
    text = report.page(machine.described(), events, swept, about_clients, (played, quiet))
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"\n{text}\nwritten to {PAGE.relative_to(ROOT)}\n")


def _packed(folder: Path) -> packages.Paths:
    with _step("code and layers through the CDK's zip"):
        return packages.packed(folder)


def _about_kubernetes(runner: Runner, paths: packages.Paths) -> tuple[clients.Clients, layer.Weight]:
    with _step("environments of the clients of the Kubernetes API"):
        pythons = clients.installed(runner)
    with _step("clients of the Kubernetes API"):
        measured = clients.measured(runner, pythons, path=paths.shipped, plain_path=paths.plain)
    return measured, layer.weighed(packages.entry_with(paths.shipped, "kube"), own="kube")


def _quiet_sweep(runner: Runner, paths: packages.Paths) -> quiet_sweep.QuietSweep:
    with _step("a quiet sweep of a large cluster"):
        return quiet_sweep.measured(runner, path=paths.attachments)


def _outages(folder: Path) -> list[Played]:
    with _step("outages"):
        return outages.measured(folder)


def _only_kubernetes(folder: Path) -> Sequence[str]:
    found = _about_kubernetes(Runner(folder), _packed(folder))
    return goals_table(report_clients.goals(*found)), *report_clients.about(*found)


def _only_outages(folder: Path) -> Sequence[str]:
    played = _outages(folder)
    return goals_table(report_attachments.goals_of_outages(played)), *report_attachments.about_outages(played)


def _only_quiet_sweep(folder: Path) -> Sequence[str]:
    swept = _quiet_sweep(Runner(folder), _packed(folder))
    return goals_table(report_attachments.goals_of_sweep(swept)), *report_attachments.about_sweep(swept)


_PARTS: Mapping[str, Callable[[Path], Sequence[str]]] = {
    "kubernetes": _only_kubernetes,
    "outages": _only_outages,
    "quiet-sweep": _only_quiet_sweep,
}


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
