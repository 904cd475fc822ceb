"""One process of the control plane: started, waited for, stopped, started again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TETHER = Path(__file__).with_name("tethered.py")
START_SECONDS = 60.0
POLL_SECONDS = 0.05
TAIL_LINES = 30


class ControlPlaneDidNotStartError(RuntimeError):
    """A component ended, or was not ready in time; the end of its log is in the message."""


class PortTakenError(ControlPlaneDidNotStartError):
    """Somebody took a port between its drawing and its use."""


class Component:
    """A binary with its flags. The thread that starts it must outlive it: the kernel ties it to that thread."""

    def __init__(self, binary: Path, flags: Sequence[str], *, folder: Path, environment: Mapping[str, str]) -> None:
        self.name = binary.name
        self.log = folder / "logs" / f"{binary.name}.log"
        self._command = [str(binary), *flags]
        self._folder = folder
        self._environment = {"HOME": str(folder), "TMPDIR": str(folder), **environment}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """Its process, or None while it is stopped."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start it in a process group of its own; its log goes on where an earlier run ended."""
        if self._process:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the control plane's own binaries
                [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *self._command],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float = START_SECONDS) -> None:
        """Wait until *is_ready* says so. Raises ControlPlaneDidNotStartError."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self._process and self._process.poll() is not None:
                raise self._ended(self._process.returncode)
            if time.monotonic() > deadline:
                raise ControlPlaneDidNotStartError(f"{self.name} was not ready in {seconds:g} s:\n{self.tail()}")
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Kill it, as an outage would; what it wrote stays."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def tail(self) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])

    def _ended(self, code: int) -> ControlPlaneDidNotStartError:
        tail = self.tail()
        kind = PortTakenError if "address already in use" in tail else ControlPlaneDidNotStartError
        return kind(f"{self.name} ended with exit code {code}:\n{tail}")
