"""The part of docs/performance.md about the layer for Kubernetes."""

from collections.abc import Iterator

from bench.clients import FEW, FEW_TURNS, KUBE, MANY, MANY_TURNS, NOBODY, URLLIB3, Clients
from bench.layer import Weight
from bench.tables import Goal, table


def goals(clients: Clients, weight: Weight) -> list[Goal]:
    """Hold the figures against the goals."""
    nobody, few, many = clients.few[NOBODY.name], clients.few[KUBE], clients.many[KUBE]
    seconds, mib = few.seconds.less(nobody.seconds).median, few.peak_mib.less(nobody.peak_mib).median
    many_seconds = many.seconds.less(clients.many[NOBODY.name].seconds).median
    return [
        Goal(f"`kube`, import to the first {FEW} Nodes, on top of boto3", seconds * 1000, 30, " ms"),
        Goal("the same, memory", mib, 8, " MiB", 1),
        Goal(f"`kube`, {MANY:,} Nodes, on top of boto3", many_seconds, 0.8, " s", 2),
        Goal("the same, peak memory with boto3", many.peak_mib.most, 90, " MiB"),
        Goal("Layer `kubernetes`, zipped", weight.zipped_mib, 1, " MiB", 2),
        Goal("Files in it made for one architecture", weight.compiled, 0),
        Goal("Own lines of code in it", weight.own_lines, 600),
    ]


def about(clients: Clients, weight: Weight) -> Iterator[str]:
    """Write the figures of the clients, and of the layer."""
    yield "## The Kubernetes API"
    yield (
        "A fresh interpreter, from its first import to the last Node. The kubeconfig (JSON, a client certificate) is"
        " read with boto3 from Secrets Manager, and that alone is the first row; “on top” is what a client takes more,"
        " by pairs that took turns. Each client lists by pages of 250 over mutual TLS, in an environment of its own"
        " with boto3 and bytecode in it; `kube` through the CDK's zip and back, with bytecode of this interpreter, and"
        " with its proof that the cluster is the right one. urllib3 alone sends the layer's list requests and checks"
        " nothing else. Medians (least to most); “times” is the ratio to the median of urllib3 alone."
    )
    yield f"{FEW} Nodes of {clients.server}, {FEW_TURNS} turns:"
    yield table(("", "ms", "on top, ms", "times", "on top, MiB"), _few(clients))
    yield f"{MANY:,} Nodes of some 7 KB, of a played API server in another process, {MANY_TURNS} turns:"
    yield table(("", "s", "on top, s", "times", "peak MiB"), _many(clients))
    yield (
        f"The layer is {weight.zipped_mib:.2f} MiB zipped, bytecode included. Own lines of code are those without blank"
        " lines, comments and docstrings."
    )


def _few(clients: Clients) -> Iterator[tuple[str, ...]]:
    nobody, floor = clients.few[NOBODY.name], clients.few[URLLIB3.name]
    for name, listing in clients.few.items():
        total = listing.seconds.written(1000, digits=0)
        if listing is nobody:
            yield name, total, "", "", ""
            continue
        added, memory = listing.seconds.less(nobody.seconds), listing.peak_mib.less(nobody.peak_mib)
        times = f"{added.median / floor.seconds.less(nobody.seconds).median:.1f}"
        yield name, total, added.written(1000, digits=0), times, memory.written(1, digits=1)


def _many(clients: Clients) -> Iterator[tuple[str, ...]]:
    nobody, floor = clients.many[NOBODY.name], clients.many[URLLIB3.name]
    for name, listing in clients.many.items():
        total, peak = listing.seconds.written(1, digits=2), f"{listing.peak_mib.most:.0f}"
        if listing is nobody:
            yield name, total, "", "", peak
            continue
        added = listing.seconds.less(nobody.seconds)
        times = f"{added.median / floor.seconds.less(nobody.seconds).median:.1f}"
        yield name, total, added.written(1, digits=2), times, peak
