"""Environments of functions that wait for long: they end, those at work and those used lately do not."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from ministack.core import lambda_runtime

from local.standin.runtime import PythonWorker, end_idle

NOW = time.time()
LONG_AGO = NOW - 60


@pytest.fixture
def environments() -> Iterator[dict[str, PythonWorker]]:
    """One of each kind, with a process: *waiting*, *working* since long ago, and used *lately*."""
    made = {name: PythonWorker(name, {}, b"") for name in ("waiting", "working", "lately")}
    for name, one in made.items():
        one._proc = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        one.in_use, one.last_used = name == "working", NOW if name == "lately" else LONG_AGO
    lambda_runtime._workers["function"] = list(made.values())
    yield made
    lambda_runtime.reset()


def test_the_ones_that_wait_end(environments: dict[str, PythonWorker]) -> None:
    process = environments["waiting"]._proc

    end_idle(NOW - 10)

    assert process.poll() is not None
    assert lambda_runtime._workers["function"] == [environments["working"], environments["lately"]]
    assert [environments[name]._proc.poll() for name in ("working", "lately")] == [None, None]
