"""The end of an execution: what came of its runs, for the operator who reads it and for those who should know."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import kube
from functions.orphaned_attachments.telling import Teller, of_run
from pitcrew.mode import Mode


def report(
    results: Sequence[Mapping[str, Any]],
    *,
    execution: str,
    mode: Mode,
    teller: Teller,
    connect: Callable[[str], kube.Cluster],
) -> dict[str, Any]:
    """Return the output of an execution, and tell people what they need to know of it."""
    for result in results:
        message = of_run(result, execution=execution)
        if message:
            teller.tell(_cluster(result["run"]["cluster"], connect), message)
    counts = Counter(result["outcome"]["result"] for result in results)
    acts = sum(len(result["run"]["acts"]) for result in results)
    said = ", ".join(f"{number} {word}" for word, number in sorted(counts.items())) or "nothing to do"
    return {
        "summary": f"{said}; {acts} acts; the mode is {mode}",
        "counts": dict(counts),
        "table": [_row(result) for result in results],
        "changed": [_row(result) for result in results if result["outcome"]["result"] == "changed"],
    }


def _row(result: Mapping[str, Any]) -> dict[str, Any]:
    run, outcome = result["run"], result["outcome"]
    row = {
        "subject": run["instance"],
        "cluster": run["cluster"],
        "planned": run["planned"],
        "now": run["verdict"],
        "result": outcome["result"],
        "why": outcome["why"],
        "acts": run["acts"],
        "would": outcome["would"],
    }
    return {name: value for name, value in row.items() if value}


def _cluster(name: str, connect: Callable[[str], kube.Cluster]) -> kube.Cluster | None:
    try:
        return connect(name) if name else None
    except kube.KubeError:
        return None
