"""What every test stands on: closed sockets, an AWS account that does not exist, and the samples of tests/events."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from pytest_socket import disable_socket, enable_socket

TESTS = Path(__file__).parent

OPEN_TO_LOOPBACK = ("local", "cluster")
"""Folders whose tests talk to processes on this machine; their own conftest says to whom."""

SERVICE = "proxy_protocol"

# Before any test module is imported: Powertools' loggers read them when they are made.
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # 0.4 s a test
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_METRICS_NAMESPACE": "Pitcrew",
    "POWERTOOLS_SERVICE_NAME": SERVICE,
}
for leak in ("AWS_PROFILE", "AWS_REGION", "AWS_ENDPOINT_URL"):
    os.environ.pop(leak, None)

hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(autouse=True)
def _closed_sockets(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.path.relative_to(TESTS).parts[0] in OPEN_TO_LOOPBACK:
        yield
        return
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture
def load_event() -> Callable[[str], dict[str, Any]]:
    """Read a sample by its file's name without `.json`."""

    def load(name: str) -> dict[str, Any]:
        event: dict[str, Any] = json.loads((TESTS / "events" / f"{name}.json").read_text())
        return event

    return load


class _Lines(logging.Handler):
    """Keeps each log record as the JSON line that Lambda would print."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(LambdaPowertoolsFormatter())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def log_lines() -> Iterator[list[dict[str, Any]]]:
    """Collect what is logged during the test, as a reader of the log group sees it."""
    parent, handler = logging.getLogger(SERVICE), _Lines()
    parent.addHandler(handler)
    before = parent.level
    parent.setLevel(logging.INFO)
    yield handler.lines
    parent.setLevel(before)
    parent.removeHandler(handler)


@pytest.fixture
def metrics(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Read the metrics written since the test began, or since they were last read."""

    def read() -> list[dict[str, Any]]:
        lines = capsys.readouterr().out.splitlines()
        return [json.loads(line) for line in lines if line.startswith('{"_aws"')]

    return read
