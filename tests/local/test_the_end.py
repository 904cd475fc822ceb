"""What an operator does last; these tests run after all others of the folder."""

from local.deployment import destroyed, leftovers, unchanged
from local.stage import Stage


def test_cdk_diff_finds_no_difference(stage: Stage) -> None:
    (row,) = unchanged(stage)

    assert row.verdict == "no difference"


def test_cdk_destroy_leaves_nothing(stage: Stage) -> None:
    before = leftovers(stage)

    destroyed(stage)

    assert before
    assert leftovers(stage) == []
