"""The layer's lines of code are counted as the goal means them."""

from bench.layer import code_lines

SOURCE = '''"""A module.

Of two paragraphs.
"""

import os  # for the path

# A comment.
PATHS = {
    "home": os.sep,
}
"""What it means."""


def path() -> str:
    """Return it."""
    return f"""
    {PATHS}
    """
'''


def test_comments_docstrings_and_empty_lines_are_no_code() -> None:
    assert code_lines(SOURCE) == len(["import", "PATHS", "home", "}", "def", "return", "{PATHS}", '"""'])
