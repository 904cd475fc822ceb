"""`make demo`: deploys the real stack with the real CDK command line to the stand-in, and plays the stories."""

import argparse
import importlib
import pkgutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import FrameType

from rich import box
from rich.console import Console
from rich.table import Table

from local import stories
from local.deployment import bootstrap, deploy, destroyed, synth, unchanged
from local.stage import Line, Stage
from local.standin.process import running_cloud
from local.story import Row, StoryError

console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 110)


def main() -> int:
    """Play everything; 0 where every line came true."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--keep", action="store_true", help="leave the cloud running at the end")
    keep: bool = arguments.parse_args().keep
    signal.signal(signal.SIGTERM, _interrupted)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="pitcrew-") as folder:
            rows = _play(Path(folder), keep=keep)
    except StoryError as error:
        console.print(f"\n[red]The story does not hold:[/red] {error}")
        return 1
    except KeyboardInterrupt:
        console.print("\nInterrupted; everything is stopped.")
        return 130
    console.print(_table(rows))
    console.print(f"\n{time.monotonic() - began:.1f} s in all. Nothing is left behind.")
    return 0


def _play(folder: Path, *, keep: bool) -> list[Row]:
    rows: list[Row] = []
    with running_cloud(folder) as cloud:
        stage = Stage(cloud=cloud, folder=folder)
        with ThreadPoolExecutor() as pool:
            made = pool.submit(synth, folder)
            _tell("the real CDK command line bootstraps the account", lambda: bootstrap(stage))
            _tell("the app is synthesised, cdk-nag finds nothing", made.result)
        rows += _tell("cdk deploy", lambda: deploy(stage))
        for line in _lines():
            rows += _tell(line.says, partial(line.play, stage))
        rows += _tell("cdk diff finds no difference", lambda: unchanged(stage))
        if keep:
            _keep(stage)
        rows += _tell("cdk destroy leaves nothing", lambda: destroyed(stage))
    return rows


def _lines() -> Iterator[Line]:
    """Yield the lines of every story there is, automation by automation."""
    for module in pkgutil.iter_modules(stories.__path__):
        yield from importlib.import_module(f"{stories.__name__}.{module.name}").LINES


def _tell(says: str, play: Callable[[], list[Row]]) -> list[Row]:
    began = time.monotonic()
    with console.status(f"{says} …"):
        rows = play()
    console.print(f"[green]✓[/green] {time.monotonic() - began:5.1f} s  {says}")
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
        if name.startswith("AWS_"):
            console.print(f"  export {name}={value}", markup=False)
    console.print("  aws elbv2 describe-target-groups\n", markup=False)
    console.print("Ctrl-C here stops it and removes all that belongs to it.")
    signal.pause()


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
