"""The part of docs/performance.md about orphaned attachments."""

from collections.abc import Iterator, Sequence

from bench.figures import Sample
from bench.orphaned_attachments.cases import ALONE, DYING_SECONDS, NEVER, WITH_PITCREW, Case, Played, seconds_of
from bench.orphaned_attachments.report_releases import about_releases
from bench.orphaned_attachments.sweep import NODES, TURNS, VOLUMES, QuietSweep
from bench.tables import Goal, table

_ABOUT_OUTAGES = (
    f"A StatefulSet's node dies. Seconds from EC2's state `terminated` or `stopped` to the volume attached on the next"
    f" node: median (least to most). etcd, kube-apiserver, kube-controller-manager, kube-scheduler and the"
    f" external-attacher are the real ones with their defaults; kubelets, the cloud controller, the CSI driver (2 s an"
    f" attach, 2 s a detach) and EC2 are played. `shutting-down` and `stopping` last {DYING_SECONDS:.0f} s, and the"
    f" kubelet is silent from their start. All cases share one control plane, and each turn has nodes of its own. For"
    f" that the limits on how many nodes may be dead at once are off; all else of Pitcrew is as shipped, its state"
    f" machine walked in real time. An event starts it at once, and its functions are warm: EventBridge, the queue and"
    f" cold starts come on top."
)
_ABOUT_SWEEP = (
    f"{NODES:,} Nodes that are Ready and {VOLUMES:,} volumes with their PersistentVolumes and VolumeAttachments. The"
    f" schedule's entry point in a fresh interpreter, over mutual TLS to a played API server and to a played AWS, both"
    f" in processes of their own: median (least to most) of {TURNS} runs, and the most memory. Idle is the interpreter"
    " with its imports, before the sweep begins."
)


def goals(outages: Sequence[Played], sweep: QuietSweep) -> list[Goal]:
    """Hold the figures against the goals."""
    return [*goals_of_outages(outages), *goals_of_sweep(sweep)]


def about(outages: Sequence[Played], sweep: QuietSweep) -> Iterator[str]:
    """Write the figures of outages, releases and the sweep."""
    yield from about_outages(outages)
    yield from about_sweep(sweep)


def goals_of_outages(outages: Sequence[Played]) -> Iterator[Goal]:
    """Hold the slowest of each case with Pitcrew against its goal."""
    for case in WITH_PITCREW if outages else ():
        yield Goal(f"Outage: {case.title}", seconds_of(case, outages).most, case.goal, " s", 1)


def about_outages(outages: Sequence[Played]) -> Iterator[str]:
    """Write the figures of outages and releases."""
    yield "## Orphaned attachments: outages"
    if not outages:
        yield "Not played: this machine has no control plane at hand (`make controlplane` builds it)."
        return
    yield _ABOUT_OUTAGES
    yield table(("the machine is", "who acts", "seconds", "turns"), _outages(outages))
    yield from about_releases(outages)


def goals_of_sweep(sweep: QuietSweep) -> Iterator[Goal]:
    """Hold the sweep against its goals."""
    yield Goal(f"Kubernetes list pages of a quiet sweep of {VOLUMES:,} attachments", sweep.pages, 60)
    yield Goal("AWS calls of the same", sum(sweep.calls.values()), 25)
    yield Goal("Peak memory of the same", sweep.peak_mib * 1024**2 / 1e6, 120, " MB")


def about_sweep(sweep: QuietSweep) -> Iterator[str]:
    """Write the figures of the sweep."""
    yield "## Orphaned attachments: a quiet sweep"
    yield _ABOUT_SWEEP
    yield table(("", ""), _sweep(sweep))


def _outages(outages: Sequence[Played]) -> Iterator[tuple[str, ...]]:
    for who, cases in (("Pitcrew", WITH_PITCREW), ("Kubernetes alone", ALONE)):
        for case in cases:
            sample = seconds_of(case, outages)
            yield case.title, who, _written(case, sample), str(len(sample.values))


def _written(case: Case, sample: Sample) -> str:
    """Write how long it took; what has not happened while somebody watched may be for ever."""
    if sample.most == NEVER:
        return f"not in {case.seconds:.0f} s, {sample.values.count(NEVER)} of {len(sample.values)}"
    return sample.written(1, digits=1)


def _sweep(sweep: QuietSweep) -> Iterator[tuple[str, ...]]:
    yield "seconds", sweep.seconds.written(1, digits=2)
    yield "MiB, idle", f"{sweep.idle_mib:.0f}"
    yield "MiB, at most", f"{sweep.peak_mib:.0f}"
    for where, counts in (("AWS", sweep.calls), ("Kubernetes", sweep.requests)):
        for name, number in counts.items():
            yield f"{where}: `{name}`", str(number)
