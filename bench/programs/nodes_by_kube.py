"""The layer, which reads the kubeconfig itself. The argument is the name that the cluster is registered by."""

import time

STARTED = time.monotonic()

import sys  # noqa: E402 (the clock starts before the imports: they are what is measured)

import kube  # noqa: E402

cluster = kube.connect(sys.argv[1], owns=lambda _instances: True)
nodes = sum(node["spec"]["providerID"] != "" for node in cluster.list("/api/v1/nodes"))
ENDED = time.monotonic()

from bench.programs.listing import say  # noqa: E402 (not measured)

say(STARTED, ENDED, nodes=nodes)
