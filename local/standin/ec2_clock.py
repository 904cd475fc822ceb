"""Time in EC2: how long a state lasts, and what happens then.

Real instances take 30 s to minutes to stop or terminate (facts/orphaned-attachments.md section 8); tests have less
time. A terminated instance stays visible for "usually less than one hour" (section 7).
"""

import threading
from collections.abc import Callable

lock = threading.RLock()
"""Held by whoever reads or changes instances and volumes: requests, control calls, and what happens by time."""

seconds = {
    "pending": 1.0,
    "stopping": 1.0,
    "shutting-down": 1.0,
    "terminated": 3600.0,
    "attaching": 0.0,
    "detaching": 0.0,
}
"""How long each passing state of an instance or an attachment lasts from now on."""


def after(state: str, act: Callable[[], None]) -> None:
    """Let *act* happen when *state* has lasted its time; at once where that is none."""
    if not seconds[state]:
        act()
        return
    timer = threading.Timer(seconds[state], _locked, [act])
    timer.daemon = True
    timer.start()


def _locked(act: Callable[[], None]) -> None:
    with lock:
        act()
