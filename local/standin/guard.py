"""Run a command, and end its whole process group when standard input closes: `python -m local.standin.guard COMMAND…`.

A parent that is killed cannot end its children; its end of the pipe closes all the same.
"""

import os
import signal
import subprocess
import sys
import threading


def main() -> int:
    """Run the command that the arguments name; its exit code is ours."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, check=False).returncode  # noqa: S603 - the caller's own


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
