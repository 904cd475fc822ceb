"""One deployed stand-in for the whole session, and the order in which tests may change it.

The fixtures of tests/local/standin, which deploys nothing, are in a conftest of its own.
"""

import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from local.deployment import bring_up, running_stage
from local.stage import Stage
from local.stories.proxy_protocol import AUTOMATION
from local.story import Row
from tests.local.groups import Groups
from tests.local.trail import Trail, recorded

HERE = Path(__file__).parent
LOOPBACK = ["127.0.0.1", "localhost"]

TURNS = {"test_story.py": 0, "test_the_end.py": 2}
"""When a file's tests have their turn: the story finds the stack as it was deployed; after the end there is none."""

LOG_CHARACTERS = 4000

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests of this folder among themselves; loopback is all that they reach."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.allow_hosts(LOOPBACK))
    ordered = iter(sorted(ours, key=lambda item: TURNS.get(item.path.name, 1)))
    items[:] = [next(ordered) if HERE in item.path.parents else item for item in items]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the stand-in's log with a failure: the log itself does not outlive the session."""
    report = _never_skipped((yield))
    deployed = item.funcargs.get("stage")
    if report.failed and isinstance(deployed, Stage):
        log = (deployed.folder / "cloud.log").read_text(encoding="utf-8", errors="replace")
        report.sections.append(("end of the stand-in's log", log[-LOG_CHARACTERS:]))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _never_skipped((yield))


def _never_skipped(report: Report) -> Report:
    """Let a skipped test fail: nothing here depends on the machine, so a skip would hide a hole."""
    if report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"skipped, which no test of tests/local may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """The stack as `make demo` deploys it; nothing of it is left after the session."""
    with (
        tempfile.TemporaryDirectory(prefix="pitcrew-") as folder,
        running_stage(Path(folder), with_cluster=True) as deployed,
    ):
        bring_up(deployed, _quietly)
        yield deployed


def _quietly(_says: str, play: Callable[[], list[Row]]) -> list[Row]:
    return play()


@pytest.fixture(scope="session")
def groups(stage: Stage) -> Groups:
    """Target groups of the stage's cluster, as a test needs them."""
    return Groups(stage)


@pytest.fixture(scope="module")
def _trail(stage: Stage) -> Iterator[Trail]:
    with recorded(stage.cloud) as trail:
        yield trail


@pytest.fixture
def trail(_trail: Trail) -> Trail:
    """What CloudTrail says of load balancers during the test."""
    _trail.events()
    return _trail


@pytest.fixture
def enforcing(stage: Stage) -> Iterator[None]:
    """Mode `enforce` during the test."""
    stage.set_mode(AUTOMATION, "enforce")
    yield
    stage.set_mode(AUTOMATION, "off")
