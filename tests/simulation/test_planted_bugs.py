"""Each planted bug is found by the test that is named for it: a survivor fails."""

from pathlib import Path

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.planted_bugs import Bug, Edit, is_found, plant


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(bug: Bug) -> None:
    assert is_found(bug)


def test_a_copy_without_a_bug_is_found_by_no_test() -> None:
    assert not is_found(Bug("none", BUGS[0].found_by, ()))


def test_a_bug_that_can_no_longer_be_planted_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="0 times"):
        plant(Bug("stale", "", (Edit("writes.py", "no such text", ""),)), tmp_path)
