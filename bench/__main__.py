"""`make bench`: measures, prints, and writes docs/performance.md. A goal that is missed is printed and no failure."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import machine, packages, report, starts, sweeps
from bench.runs import Runner
from local.environment import ROOT

PAGE = ROOT / "docs" / "performance.md"


def main() -> None:
    """Run the bench."""
    with tempfile.TemporaryDirectory(prefix="pitcrew-bench-") as name:
        folder = Path(name)
        with _step("code and layers through the CDK's zip"):
            built = packages.synthesized(folder)
            path = packages.deployed(built, folder / "deployed", compiles=built.layers)
            plain_path = packages.deployed(built, folder / "plain", compiles=())
        runner = Runner(folder)
        with _step("cold and warm events"):
            events = starts.measured(runner, path=path, plain_path=plain_path)
        with _step("sweeps"):
            swept = list(sweeps.measured(runner, path=path))
    text = report.page(machine.described(), events, swept)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"\n{text}\nwritten to {PAGE.relative_to(ROOT)}\n")


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
