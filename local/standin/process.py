"""Start the stand-in, talk to it, end it: for the demo and for tests/local.

    with running_cloud(folder) as cloud:
        run(["npx", "cdk", "deploy"], environment=cloud.environment)
        cloud.client("sqs").list_queues()
        cloud.inject(event)

No process outlives the block, nor us: not on an error or Ctrl-C, and not when we are killed.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from local.environment import ROOT, child_environment
from local.standin.cloud import Cloud

__all__ = ("Cloud", "CloudDidNotStartError", "run", "running_cloud")

ENDINGS = (signal.SIGINT, signal.SIGTERM)
_END_SECONDS = 5
"""How long a child may take to end by itself before its group is killed."""


class CloudDidNotStartError(RuntimeError):
    """The stand-in ended before it was ready; its log is in the message."""


@contextlib.contextmanager
def running_cloud(folder: Path) -> Iterator[Cloud]:
    """Run a stand-in whose files are all in *folder*; it has ended, with all its functions, when the block ends.

    Its log is `cloud.log` in *folder*. Raises CloudDidNotStartError.
    """
    environment = child_environment(folder)
    log_path = folder / "cloud.log"
    command = ["-m", "local.standin.server", environment["TMPDIR"]]
    with log_path.open("wb") as log, _python(command, environment, stderr=log) as server:
        line = server.stdout.readline() if server.stdout else ""
        if not line:
            raise CloudDidNotStartError(log_path.read_text())
        endpoint = json.loads(line)["endpoint"]
        yield Cloud(endpoint=endpoint, environment=child_environment(folder, endpoint=endpoint), process_id=server.pid)


def run(
    command: Sequence[str], *, environment: Mapping[str, str], cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run *command* to its end and return its exit code and what it wrote, both streams in `stdout`."""
    guarded = ["-I", "-S", str(ROOT / "local" / "standin" / "guard.py"), *command]
    with _python(guarded, environment, cwd=cwd, stderr=subprocess.STDOUT) as process:
        output = process.stdout.read() if process.stdout else ""
        return subprocess.CompletedProcess(command, process.wait(), output)


@contextlib.contextmanager
def _python(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    stderr: Any,  # noqa: ANN401 - a file or one of subprocess's constants
    cwd: Path = ROOT,
) -> Iterator[subprocess.Popen[str]]:
    """Start our Python in a session of its own, with pipes for its input and output; end all it started after that."""
    with contextlib.ExitStack() as children:
        with _uninterrupted():
            process = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, *arguments],
                cwd=cwd,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )
            children.enter_context(process)
            children.callback(_end, process)
        yield process


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back while a child is born: interrupted there, nobody would know of it to end it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals interrupt the main thread alone
        return
    held: list[tuple[int, FrameType | None]] = []
    handlers = {one: signal.signal(one, lambda *received: held.append(received)) for one in ENDINGS}
    try:
        yield
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)
    for number, frame in held:
        handler = handlers[signal.Signals(number)]
        if callable(handler):
            handler(number, frame)


def _end(process: subprocess.Popen[str]) -> None:
    """Close its input, at which it ends by itself; kill what is left of its group."""
    if process.stdin:
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_END_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
