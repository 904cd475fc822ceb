"""The story of proxy protocol in a registered cluster: what the Service says is done, and its owner is told.

It begins in mode `off`, where the story without a cluster ends. Over 120 lines: one story, told in one place.
"""

import time
from typing import Any

from local import ingress_nginx
from local.cluster import Cluster
from local.stage import Stage
from local.stories import Line
from local.stories.proxy_protocol import AUTOMATION, SWEEP
from local.story import Row, StoryError, expect
from local.target_groups import DEAD_LETTERS, ON_EVENT, depth, drained, proof, row, switched_on, value

READY = {"use-proxy-protocol": "true"}
MISTAKEN = {"service.beta.kubernetes.io/aws-load-balancer-target-group-attributes": "proxy_protocol_v2.enabled=yes"}
UNREACHED = "k8s-ingressl-ingressn-1dd1"


def annotated(stage: Stage) -> list[Row]:
    """The chart's Service with the annotations that the provider ignores; nobody tags anything."""
    stage.set_mode(AUTOMATION, "enforce")
    service = _installed(stage, "ingress-nginx", config=READY)
    began = time.monotonic()
    arn = _group(stage, "k8s-ingressn-ingressn-1aa1", service)
    mended = switched_on(stage, arn, began, verdict="EnableUnhealthy")
    told = _told(stage, service, "EnableUnhealthy", "aws-load-balancer-healthcheck-protocol: TCP")
    stage.wait(
        lambda: any(
            (line.get("group"), line.get("verdict")) == (arn, "EnableUnhealthy") for line in stage.log(ON_EVENT)
        ),
        what=f"the verdict EnableUnhealthy about {arn}",
    )
    return [mended, told]


def backend_not_ready(stage: Stage) -> list[Row]:
    """Switched on, nginx would answer no request."""
    service = _installed(stage, "ingress-internal", config={})
    arn = _group(stage, "k8s-ingressi-ingressn-1bb1", service)
    _left_alone(stage, arn, "BackendNotReady")
    told = _told(stage, service, "BackendNotReady", f"ingress-internal/{ingress_nginx.NAME}")
    return [row(arn, "BackendNotReady", "false", "false"), told]


def mistaken(stage: Stage) -> list[Row]:
    """An attribute's value that AWS does not know."""
    service = _installed(stage, "ingress-typo", config=READY, annotations=MISTAKEN)
    arn = _group(stage, "k8s-ingresst-ingressn-1cc1", service)
    _left_alone(stage, arn, "InvalidAnnotation")
    told = _told(stage, service, "InvalidAnnotation", "yes")
    return [row(arn, "InvalidAnnotation", "false", "false"), told]


def unreachable(stage: Stage) -> list[Row]:
    """The owner may have opted out; while nobody can be asked, nothing is done, and nothing is retried for ever."""
    service = _installed(stage, "ingress-late", config=READY)
    with _cluster(stage).outage():
        arn = stage.memory[UNREACHED] = _group(stage, UNREACHED, service)
        _left_alone(stage, arn, "ClusterUnreachable")
        drained(stage)
        expect(depth(stage, DEAD_LETTERS) == 0, "an unreachable cluster left a dead letter")
    return [row(arn, "ClusterUnreachable", "false", "false")]


def reachable_again(stage: Stage) -> list[Row]:
    """No event will tell of the group again."""
    arn, before = stage.memory[UNREACHED], stage.metric("MendedBySweep")
    began = time.monotonic()
    stage.cloud.fire(stage.physical(f"{SWEEP}Schedule"))
    mended = switched_on(stage, arn, began, verdict="EnableUnhealthy (sweep)", seconds=15)
    stage.wait(lambda: stage.metric("MendedBySweep") - before == 1, what="MendedBySweep to count one group")
    stage.set_mode(AUTOMATION, "off")
    return [mended]


LINES = (
    Line(
        "a real cluster's Service is annotated for NLB: switched on, and Events on it say so",
        annotated,
        needs_cluster=True,
    ),
    Line(
        "its ConfigMap lacks use-proxy-protocol: BackendNotReady, an Event names it",
        backend_not_ready,
        needs_cluster=True,
    ),
    Line("an annotation with a bad value: InvalidAnnotation, an Event names it", mistaken, needs_cluster=True),
    Line("the API server is down: ClusterUnreachable, no dead letter", unreachable, needs_cluster=True),
    Line("it is up again: the sweep mends what was left, and counts it", reachable_again, needs_cluster=True),
)


def _cluster(stage: Stage) -> Cluster:
    if stage.cluster is None:
        raise StoryError("this line is told of a cluster, and there is none")
    return stage.cluster


def _installed(
    stage: Stage,
    namespace: str,
    *,
    config: dict[str, str],
    annotations: dict[str, str] = ingress_nginx.BEHIND_NLB,
) -> dict[str, Any]:
    """Install ingress-nginx, and return its Service with the ports that the API server chose."""
    cluster = _cluster(stage)
    for one in ingress_nginx.release(namespace, config=config):
        cluster.create(one)
    return cluster.create(ingress_nginx.service(namespace, annotations=annotations))


def _group(stage: Stage, name: str, service: dict[str, Any]) -> str:
    """Let the cloud provider make a Service's group, with the health check of externalTrafficPolicy Local."""
    provider, metadata = stage.clusters_provider, service["metadata"]
    check = {
        "HealthCheckProtocol": "HTTP",
        "HealthCheckPort": str(service["spec"]["healthCheckNodePort"]),
        "HealthCheckPath": "/healthz",
    }
    return provider.create(name, provider.tags(f"{metadata['namespace']}/{metadata['name']}"), check=check)


def _left_alone(stage: Stage, arn: str, verdict: str) -> None:
    judged = proof(stage, arn)["verdict"]
    expect(judged == verdict, f"{arn} was judged {judged}, and should be {verdict}")
    expect(value(stage, arn) == "false", f"{arn} was changed")


def _told(stage: Stage, service: dict[str, Any], reason: str, words: str) -> Row:
    """Wait for a Warning on the Service that says *words*."""
    namespace, name = service["metadata"]["namespace"], service["metadata"]["name"]

    def seen() -> list[dict[str, Any]]:
        events = _cluster(stage).events(namespace, name)
        return [one for one in events if (one["reason"], one["type"]) == (reason, "Warning")]

    (event,) = stage.wait(seen, what=f"an Event {reason} on the Service {namespace}/{name}")
    expect(words in event["message"], f"the Event {reason} does not say {words!r}: {event['message']}")
    return Row(what=f"Event on {namespace}", verdict=f"Warning {reason}")
