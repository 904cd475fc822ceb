"""docs/performance.md: the goals and whether they were met, then every figure."""

from collections.abc import Iterator, Mapping, Sequence

from bench import report_clients
from bench.clients import Clients
from bench.layer import Weight
from bench.orphaned_attachments import report as orphaned
from bench.orphaned_attachments.cases import Played
from bench.orphaned_attachments.sweep import QuietSweep
from bench.starts import COLD_TURNS, WARM_EVENTS, WARM_TURNS, Starts
from bench.sweeps import TURNS, Sweep
from bench.tables import Goal, goals_table, table

_LARGEST, _SLOW = 5000, 0.04


def goals(starts: Starts, sweeps: Sequence[Sweep]) -> list[Goal]:
    """Hold the figures against the goals."""
    large = [sweep for sweep in sweeps if sweep.groups == _LARGEST]
    idle = max(sweep.budgeted for sweep in large if not sweep.changes)
    busy = max(sweep.budgeted for sweep in large if sweep.changes)
    wall = max(sweep.wall.median for sweep in large if sweep.delay == _SLOW)
    return [
        Goal("Cold event, times the bare script", starts.cold.per(starts.cold_bare), 1.35, digits=2),
        Goal(f"ELBv2 and tagging calls of a sweep of {_LARGEST:,}, nothing to change", idle, 418),
        Goal(f"the same, 7 % to change ({_LARGEST * 7 // 100} groups)", busy, 1140),
        Goal(f"Wall clock of a sweep of {_LARGEST:,} at {_SLOW * 1000:.0f} ms a call", wall, 8, " s", 2),
        Goal("Peak memory of any sweep", max(sweep.peak_mib for sweep in sweeps), 70, " MiB"),
    ]


def page(
    machine: Mapping[str, str],
    starts: Starts,
    sweeps: Sequence[Sweep],
    clients: tuple[Clients, Weight],
    attachments: tuple[Sequence[Played], QuietSweep],
) -> str:
    """Return the whole page."""
    about = (
        "Written by `make bench`; do not edit. AWS is a loopback server in another process, so that these figures are"
        " of Pitcrew's own work and say nothing of the network. Seconds are of this machine, as busy as it was; a ratio"
        " is the median over pairs of runs that took turns."
    )
    parts = [
        "# Performance",
        about,
        table(("machine", ""), machine.items()),
        goals_table([*goals(starts, sweeps), *report_clients.goals(*clients), *orphaned.goals(*attachments)]),
        *_about_events(starts),
        *_about_sweeps(sweeps),
        *report_clients.about(*clients),
        *orphaned.about(*attachments),
    ]
    return "\n\n".join(parts) + "\n"


def _about_events(starts: Starts) -> Iterator[str]:
    named = ", ".join(f"`{operation}`" for operation in starts.operations)
    yield "## One event"
    yield (
        f"One group that asks by tag, {len(starts.operations)} calls ({named}); the bare boto3 script makes the same."
        " Cold: a fresh interpreter, from its first import to the attribute being set; code and layers through the"
        " CDK's zip and back, with bytecode of this interpreter in the layers. Milliseconds, medians (least to most)"
        f" of {COLD_TURNS} cold starts, and of {WARM_TURNS * WARM_EVENTS} warm events in {WARM_TURNS} processes."
    )
    yield table(("", "Pitcrew", "bare script", "ratio"), _events(starts))


def _events(starts: Starts) -> Iterator[tuple[str, ...]]:
    for name, ours, bare in (
        ("cold", starts.cold, starts.cold_bare),
        ("cold, no bytecode in the layers (for information)", starts.cold_plain, starts.cold_bare),
        ("warm", starts.warm, starts.warm_bare),
    ):
        digits = 1 if name == "warm" else 0
        yield name, *(sample.written(1000, digits=digits) for sample in (ours, bare)), f"{ours.per(bare):.2f}"


def _about_sweeps(sweeps: Sequence[Sweep]) -> Iterator[str]:
    yield "## Sweeps"
    yield (
        "A tenth of the groups is of Kubernetes Services, four fifths of those TCP; where there is something to change,"
        " it is to 7 % of all groups. The schedule's entry point in a fresh interpreter, 16 threads, pacing off (by"
        " default a sweep makes 3 reads and 1 write a second): medians (least to most) of"
        f" {TURNS} runs, and the most memory. Calls are those to ELBv2 and tagging, then those to SSM for the mode."
    )
    yield table(("groups", "to change", "ms a call", "seconds", "MiB", "calls", "to SSM"), map(_sweep, sweeps))
    yield f"Calls of a sweep of {_LARGEST:,} groups by operation:"
    yield table(("operation", "nothing to change", "7 % to change"), _by_operation(sweeps))


def _sweep(sweep: Sweep) -> tuple[str, ...]:
    changes = f"{sweep.groups * 7 // 100}" if sweep.changes else "0"
    mode_reads = str(sweep.calls.get("GetParameter", 0))
    wall, peak = sweep.wall.written(1, digits=2), f"{sweep.peak_mib:.0f}"
    return f"{sweep.groups:,}", changes, f"{sweep.delay * 1000:.0f}", wall, peak, f"{sweep.budgeted:,}", mode_reads


def _by_operation(sweeps: Sequence[Sweep]) -> Iterator[tuple[str, ...]]:
    largest = {sweep.changes: sweep.calls for sweep in sweeps if sweep.groups == _LARGEST}
    for operation in largest[True]:
        yield operation, *(f"{largest[changes].get(operation, 0):,}" for changes in (False, True))
