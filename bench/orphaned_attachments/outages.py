"""Plays the cases side by side in one control plane, each in nodes of its own. Prints a line a case as it goes.

Its last line is all that was measured, as JSON. Case names as arguments choose some.
"""

import argparse
import json
import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path

from bench.orphaned_attachments.cases import ALONE, DYING_SECONDS, NEVER, WITH_PITCREW, Case, Played
from bench.orphaned_attachments.release import Told
from bench.orphaned_attachments.stage import Stage, set_up
from local.actors.outage import NODES, Place
from local.actors.waiting import wait_until

_OUT_OF_STEP_SECONDS = 20.0
"""The controllers look every 5 to 60 s: machines do not die in time with them."""


def main() -> None:
    """Play the cases that the arguments name, else all."""
    cases = {one.name: one for one in (*WITH_PITCREW, *ALONE)}
    parser = argparse.ArgumentParser(prog="python -m bench.orphaned_attachments.outages")
    parser.add_argument("--dying", type=float, default=DYING_SECONDS, help="seconds that a machine takes to die")
    parser.add_argument("--turns", type=int, default=0, help="how often each is played")
    parser.add_argument("cases", nargs="*", choices=[[], *cases])
    given = parser.parse_args()
    chosen = [cases[name] for name in given.cases or cases]
    logging.getLogger().addHandler(logging.NullHandler())  # what the functions log is not what is measured
    with (
        tempfile.TemporaryDirectory() as folder,
        set_up(Path(folder), dying_seconds=given.dying) as stage,
        ThreadPoolExecutor(len(chosen)) as pool,
    ):
        plays = list(pool.map(lambda case: list(_turns(stage, case, given.turns or case.turns)), chosen))
    sys.stderr.write("\n  ")
    sys.stdout.write("\n" + json.dumps([asdict(one) for some in plays for one in some]))


def _turns(stage: Stage, case: Case, turns: int) -> Iterator[Played]:
    for turn in range(turns):
        played = _play(stage, case, f"{case.name}-{turn}a")  # a zone: its region ends before its letter
        took = "never" if played.seconds == NEVER else f"{played.seconds:.1f} s"
        sys.stderr.write(f"\n  {case.name}: {took} {played.verdict}")
        yield played


def _play(stage: Stage, case: Case, name: str) -> Played:
    """Let a machine die, and wait for its volume on another node."""
    with stage.lab.place(name) as place, ThreadPoolExecutor(1) as pool:
        instance = place.kubelet.instance
        release = partial(stage.release(name).execute, instance)
        time.sleep(random.uniform(0, _OUT_OF_STEP_SECONDS))  # noqa: S311 (no secret)
        stage.lab.kill(place.kubelet, case.way)
        running = pool.submit(release) if case.news not in {"", case.final} else None
        dead_at = stage.events.wait(instance, case.final)
        if case.loses_node:
            stage.lab.plane.api.delete(f"{NODES}/{place.node}")
        if case.news == case.final:
            running = pool.submit(release)
        seconds = _until_attached(stage, place, case.seconds) - dead_at
        return _played(stage, case, name, seconds, running)


def _until_attached(stage: Stage, place: Place, seconds: float) -> float:
    try:
        wait_until(lambda: stage.lab.attached_elsewhere(place), seconds=seconds)
    except TimeoutError:
        return NEVER
    return time.monotonic()


def _played(stage: Stage, case: Case, name: str, seconds: float, running: Future[Told] | None) -> Played:
    if running is None:
        return Played(case=case.name, seconds=seconds)
    told = running.result()
    return Played(
        case=case.name,
        seconds=seconds,
        verdict=told.verdict,
        acts=told.acts,
        states=dict(told.states),
        calls=dict(told.calls),
        requests=dict(stage.requests(name)),
    )


if __name__ == "__main__":
    main()
