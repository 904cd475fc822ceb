"""What a program that lists Nodes says of itself, as the last line on stderr. Imported when all is measured."""

import json
import re
import sys
from pathlib import Path


def say(started: float, ended: float, *, nodes: int) -> None:
    """Say how long it took, how many Nodes there were, and the most memory, which Linux counts from `exec` on."""
    _, peak, _ = re.split(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    said = {"started": started, "seconds": [ended - started], "peak_mib": int(peak) / 1024, "nodes": nodes}
    sys.stderr.write("\n" + json.dumps(said))
