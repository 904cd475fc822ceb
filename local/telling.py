"""What the demo prints: each line as it comes true, and the table at the end."""

import sys
import time
from collections.abc import Callable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.story import Row, StoryError

console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 110)


def tell(says: str, play: Callable[[], list[Row]]) -> list[Row]:
    """Play one line, and say whether and how fast it came true."""
    began = time.monotonic()
    try:
        with console.status(f"{says} …"):
            rows = play()
    except StoryError:
        console.print(f"[red]✗[/red] {time.monotonic() - began:5.1f} s  {escape(says)}")
        raise
    except KeyboardInterrupt:
        console.print("\nInterrupted: stopping what was started …")
        raise
    console.print(f"[green]✓[/green] {time.monotonic() - began:5.1f} s  {escape(says)}")
    return rows


def table(rows: list[Row]) -> Table:
    """Return what became of each thing that a story is about, and of each command."""
    shown = Table("what", "verdict", "before", "after", "seconds", box=box.SIMPLE)
    for row in rows:
        seconds = "" if row.seconds is None else f"{row.seconds:.1f}"
        shown.add_row(row.what, row.verdict, row.before, row.after, seconds)
    return shown
