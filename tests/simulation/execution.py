"""One execution of the machine *Release volumes*: look, then act, wait, look or end, as the functions say.

The loop is that of infra/automations/orphaned_attachments/release-volumes.asl.json.
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import kube
from functions.orphaned_attachments.run import Runner
from functions.orphaned_attachments.travel import Run
from tests.simulation.calls import Calls, CrashError
from tests.simulation.clock import Clock

AT_ONCE = 5
"""Runs of one execution."""

DIES_OF = (CrashError, ClientError, BotoCoreError, kube.KubeError)
"""What ends a function's work; the machine retries none of these."""

Result = Mapping[str, Any]


class Execution:
    """Takes its runs to their ends; a step that dies ends them all, and the next sweep begins another execution."""

    def __init__(
        self, runner: Runner, calls: Calls, clock: Clock, *, acts: list[str], say: Callable[[list[Result]], object]
    ) -> None:
        self._runner = runner
        self._calls = calls
        self._clock = clock
        self._acts = acts
        """What is done goes here, in order: kind and object."""
        self._say = say
        self._waiting: list[Run] = []
        self._open = 0
        self.results: list[Result] = []
        self.is_over = False

    def start(self, runs: list[Run]) -> None:
        self._waiting, self._open = list(runs), len(runs)
        for _ in range(AT_ONCE):
            self._next()

    def _next(self) -> None:
        if self._waiting:
            run = self._waiting.pop(0).pack()
            self._clock.after(0, lambda: self._look(run))
        elif not self._open and not self.is_over:
            self.end()
            self._say(self.results)

    def end(self) -> None:
        """End, whatever is under way."""
        self.is_over = True

    def _look(self, run: Result) -> None:
        self._do("look", run, lambda: self._runner.look(Run.unpack(run)))

    def _act(self, asked: Result) -> None:
        def act() -> Result:
            result = self._runner.act(asked)
            done = result["run"]["acts"][len(asked["run"]["acts"]) :]
            self._acts += [words.split(" ", 1)[1].rpartition(" (")[0] for words in done]
            return result

        self._do(f"act {asked['act']['kind']}", asked["run"], act)

    def _do(self, step: str, run: Result, do: Callable[[], Result]) -> None:
        if self.is_over:
            return
        try:
            with self._calls.within(f"{step} {run['verdict']}".strip(), run["instance"]):
                result = do()
        except DIES_OF:
            self.end()
            return
        match result["next"]:
            case "act":
                self._clock.after(0, lambda: self._act(result))
            case "look":
                self._clock.after(0, lambda: self._look(result["run"]))
            case "wait":
                self._clock.after(result["wait"], lambda: self._look(result["run"]))
            case _:
                self.results.append(result)
                self._open -= 1
                self._next()
