"""What was decided of one thing and why, as one line of the log and one metric."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger

from pitcrew.metrics import count
from pitcrew.mode import Mode

logger = Logger(child=True)


def write(sentence: str, *, verdict: str, mode: Mode, warns: bool, fields: Mapping[str, Any]) -> None:
    """Log the proof of one verdict and count it.

    *fields* is what a reader needs to follow the decision: the facts read, the rule that applied, the call, the
    request's id, before and after.
    """
    level = logger.warning if warns else logger.info
    level(sentence, verdict=verdict, mode=mode.value, **fields)
    tally({verdict: 1}, mode=mode)


def tally(verdicts: Mapping[str, int], *, mode: Mode) -> None:
    """Count verdicts that have no line of their own."""
    for verdict, number in verdicts.items():
        count("Verdicts", number, verdict=verdict, mode=mode.value)
