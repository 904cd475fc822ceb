"""`make demo`: deploys the real stack with the real CDK command line to the stand-in, and plays the stories."""

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType

from rich.markup import escape

from local import stories
from local.controlplane.binaries import ASSETS, COMPONENTS, NoBinariesError, find
from local.deployment import bring_up, destroyed, running_stage, unchanged
from local.stage import Stage
from local.standin.process import ENDINGS
from local.story import Row, StoryError
from local.telling import console, table, tell

TALKING = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_REGION"}
"""What the AWS CLI needs to talk to the cloud that is kept."""

LEFT_OUT = (
    f"A real Kubernetes cluster is left out: `make test` builds its control plane once, or {ASSETS} names a folder "
    f"with {', '.join(COMPONENTS)}."
)


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
        console.print(table(rows))
    console.print(f"\n{time.monotonic() - began:.1f} s in all. Nothing is left behind.")
    return 0


def _play(folder: Path, *, keep: bool) -> list[Row]:
    with running_stage(folder, with_cluster=has_control_plane()) as stage:
        rows, cluster = bring_up(stage, tell), stage.cluster
        for line in stories.lines():
            if cluster or not line.needs_cluster:
                rows += tell(line.says, partial(line.play, stage))
        if cluster and not keep:
            cluster.end()  # the CDK command line takes the memory
        rows += tell("cdk diff finds no difference", lambda: unchanged(stage))
        if keep:
            console.print(table(rows))
            _keep(stage)
            return []
        rows += tell("cdk destroy leaves nothing", lambda: destroyed(stage))
    return rows


def has_control_plane(environment: Mapping[str, str] = os.environ) -> bool:
    """Say so where there is none. Raises StoryError where a folder is named that does not hold one."""
    try:
        if find(environment):
            return True
    except NoBinariesError as error:
        raise StoryError(str(error)) from error
    console.print(LEFT_OUT)
    return False


def _keep(stage: Stage) -> None:
    console.print("\nThe cloud is running. To talk to it with the AWS CLI, in another terminal:\n")
    for name, value in sorted(stage.cloud.environment.items()):
        if name in TALKING:
            console.print(f"  export {name}={value}", markup=False)
    console.print("  aws elbv2 describe-target-groups\n", markup=False)
    if stage.cluster:
        path = stage.folder / "kubeconfig"
        stage.cluster.write_kubeconfig(path)
        console.print(f"And to its Kubernetes cluster:\n\n  export KUBECONFIG={path}", markup=False)
        console.print("  kubectl get services,events --all-namespaces\n", markup=False)
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
