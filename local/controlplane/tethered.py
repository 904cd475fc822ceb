"""Become a command that dies with the process that started it: `tethered.py PARENT COMMAND…`.

A parent that is killed cannot end its children, so the kernel does: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
Not a `preexec_fn` of subprocess: that warns where there are threads, and our warnings are errors.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie us to our parent, then become the command."""
    parent, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before we were tied
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - the caller's own command


if __name__ == "__main__":
    main()
