"""Starts and stops the played AWS, and asks it which calls it saw."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from local.environment import ROOT


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the server saw it, and when by the machine's monotonic clock."""

    operation: str
    at: float


@dataclass(frozen=True, slots=True)
class Cloud:
    """The played AWS, while it runs."""

    port: int

    @property
    def endpoint(self) -> str:
        """What AWS_ENDPOINT_URL has to say."""
        return f"http://127.0.0.1:{self.port}"

    def calls(self) -> list[Call]:
        """Return the calls since this was last asked."""
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/calls")
        seen = json.loads(connection.getresponse().read())
        connection.close()
        return [Call(operation, at) for operation, at in seen]


@contextmanager
def running(
    *, groups: int = 0, are_set: bool = False, nodes: int = 0, volumes: int = 0, delay: float = 0.0, secret: str = ""
) -> Iterator[Cloud]:
    """Play an account of *groups* target groups, a cluster and one *secret*, each answer after *delay* seconds.

    The cluster's *volumes* are on its *nodes* by turns.
    """
    command = [sys.executable, "-m", "bench.cloud", "--groups", str(groups), "--delay", str(delay)]
    command += ["--nodes", str(nodes), "--volumes", str(volumes)]
    command += ["--are-set"] if are_set else []
    # Closing its standard input, as the end of this block does, is what stops it; so Ctrl-C is not sent to it too.
    with subprocess.Popen(  # noqa: S603 (this interpreter, arguments from here)
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the played AWS has no standard input or output")
        process.stdin.write(f"{json.dumps(secret)}\n")
        process.stdin.flush()
        yield Cloud(int(process.stdout.readline()))
