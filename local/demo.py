"""`make demo`: deploys the real stack with the real CDK command line to the stand-in, and plays the stories."""

import argparse
import contextlib
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local import stories
from local.deployment import bring_up, destroyed, unchanged
from local.stage import Stage
from local.standin.process import ENDINGS, running_cloud
from local.story import Row, StoryError

TALKING = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_REGION"}
"""What the AWS CLI needs to talk to the cloud that is kept."""

console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 110)


def main() -> int:
    """Play everything; 0 where every line came true."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--keep", action="store_true", help="leave the cloud running at the end")
    keep: bool = arguments.parse_args().keep
    for ending in ENDINGS:
        signal.signal(ending, _interrupted)
    return perform(partial(_play, keep=keep))


def perform(play: Callable[[Path], list[Row]]) -> int:
    """Call *play* with a private folder, which is gone afterwards; 0 where all that it told came true."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="pitcrew-") as folder:
            rows = play(Path(folder))
    except StoryError as error:
        console.print(f"\n[red]The story does not hold:[/red] {escape(str(error))}")
        return 1
    except KeyboardInterrupt:
        console.print("\nInterrupted; everything is stopped.")
        return 130
    if rows:
        console.print(_table(rows))
    console.print(f"\n{time.monotonic() - began:.1f} s in all. Nothing is left behind.")
    return 0


def _play(folder: Path, *, keep: bool) -> list[Row]:
    with running_cloud(folder) as cloud:
        stage = Stage(cloud=cloud, folder=folder)
        rows = bring_up(stage, tell)
        for line in stories.lines():
            rows += tell(line.says, partial(line.play, stage))
        rows += tell("cdk diff finds no difference", lambda: unchanged(stage))
        if keep:
            console.print(_table(rows))
            _keep(stage)
            return []
        rows += tell("cdk destroy leaves nothing", lambda: destroyed(stage))
    return rows


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


def _table(rows: list[Row]) -> Table:
    table = Table("group", "verdict", "before", "after", "seconds", box=box.SIMPLE)
    for row in rows:
        seconds = "" if row.seconds is None else f"{row.seconds:.1f}"
        table.add_row(row.what, row.verdict, row.before, row.after, seconds)
    return table


def _keep(stage: Stage) -> None:
    console.print("\nThe cloud is running. To talk to it with the AWS CLI, in another terminal:\n")
    for name, value in sorted(stage.cloud.environment.items()):
        if name in TALKING:
            console.print(f"  export {name}={value}", markup=False)
    console.print("  aws elbv2 describe-target-groups\n", markup=False)
    console.print("Ctrl-C here stops it and removes all that belongs to it.")
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    """End, and let nobody interrupt the ending: it takes seconds, and would leave processes behind."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
