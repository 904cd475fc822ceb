"""Demos as a user starts them, in a session of their own, and every process that one has started."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from local.environment import ROOT

PATIENCE_SECONDS = 90
PAUSE_SECONDS = 0.02


class Demo:
    """`make demo`, with its private folder in *folder*; the folder's name is in the environment of all it starts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._output = folder.with_suffix(".log")
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "local.demo"],
                cwd=ROOT,
                env=os.environ | {"TMPDIR": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What it has printed."""
        return self._output.read_text(encoding="utf-8")

    @property
    def commands(self) -> list[str]:
        """The command lines of it and of all that it has started, wherever they hang by now."""
        return [command for _, command in self._processes()]

    def wait_for(self, look: Callable[["Demo"], object]) -> None:
        """Wait until there is something to see; it must not end before."""
        until(lambda: look(self) or self._process.poll() is not None)
        assert self._process.poll() is None, self.output

    def send(self, *signals: signal.Signals) -> int:
        """Send signals one after the other, and return the exit status."""
        for one in signals:
            self._process.send_signal(one)
            time.sleep(PAUSE_SECONDS)
        return self._process.wait(PATIENCE_SECONDS)

    def end(self) -> None:
        """Kill what is left, after a test that has failed."""
        for process_id, _ in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGKILL)
        self._process.wait(PATIENCE_SECONDS)

    def _processes(self) -> Iterator[tuple[int, str]]:
        for process in Path("/proc").glob("[0-9]*"):
            # It may end while we look; a zombie's files are empty.
            with contextlib.suppress(OSError):
                command = (process / "cmdline").read_bytes()
                if os.fsencode(self._folder) in (process / "environ").read_bytes() + command:
                    yield int(process.name), command.replace(b"\0", b" ").decode(errors="replace")


def until(look: Callable[[], object]) -> None:
    """Look until there is something to see."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < end, f"waited {PATIENCE_SECONDS} s in vain"
        time.sleep(PAUSE_SECONDS)
