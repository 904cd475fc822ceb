"""Pitcrew: one entry point of a handler, called with each event on standard input.

Arguments: the automation's and the entry point's name. Prints when the program began, the seconds of each call, and in
MiB the most memory before the first call and of all.
"""

import time

STARTED = time.monotonic()

import json  # noqa: E402 (the clock starts before the imports: they are what is measured)
import resource  # noqa: E402
import sys  # noqa: E402
from importlib import import_module  # noqa: E402

handler = import_module(f"functions.{sys.argv[1]}.handler")

_PER_MIB = 1024**2 if sys.platform == "darwin" else 1024
"""ru_maxrss is in bytes on macOS and in KiB on Linux, where it is no less than that of who started this program: the
bench itself is kept small."""


class Context:
    """What Lambda says of the function and of the time that it has left."""

    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:bench"
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return Lambda's longest."""
        return 900_000


def main() -> None:
    """Call the entry point with each event, in order."""
    entry_point, context, seconds = getattr(handler, sys.argv[2]), Context(), []
    idle = _most_memory()
    for event in json.load(sys.stdin):
        begun = time.perf_counter()
        entry_point(event, context)
        seconds.append(time.perf_counter() - begun)
    said = {"started": STARTED, "seconds": seconds, "idle_mib": idle, "peak_mib": _most_memory()}
    sys.stderr.write("\n" + json.dumps(said))


def _most_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _PER_MIB


main()
