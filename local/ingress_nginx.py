"""ingress-nginx as its chart installs it behind a Network Load Balancer, as far as anybody here looks at it.

Source: kubernetes/ingress-nginx charts/ingress-nginx, templates/controller-service.yaml, controller-deployment.yaml,
_params.tpl and controller-configmap.yaml. No kubelet runs: the pod is never more than an object.
"""

from collections.abc import Iterator, Mapping
from typing import Any

NAME = "ingress-nginx-controller"
ACCOUNT = "ingress-nginx"
LABELS = {
    "app.kubernetes.io/name": "ingress-nginx",
    "app.kubernetes.io/instance": "ingress-nginx",
    "app.kubernetes.io/component": "controller",
}
BEHIND_NLB = {
    "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
    "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*",
}
"""The values that its documentation for AWS names: https://kubernetes.github.io/ingress-nginx/deploy/#aws"""


def release(namespace: str, *, config: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield all but the Service, in the order in which the API server takes it; *config* is its ConfigMap's data."""
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    yield _object("ServiceAccount", ACCOUNT, namespace)
    yield _object("ConfigMap", NAME, namespace, data=dict(config))
    yield _object("Pod", f"{NAME}-6d9f7c5b8-x2x7k", namespace, spec=_pod())


def service(namespace: str, *, annotations: Mapping[str, str]) -> dict[str, Any]:
    """Return its Service; the API server chooses the ports."""
    ports = [
        {"name": name, "port": port, "targetPort": name, "appProtocol": name}
        for name, port in (("http", 80), ("https", 443))
    ]
    spec = {"type": "LoadBalancer", "externalTrafficPolicy": "Local", "selector": LABELS, "ports": ports}
    made = _object("Service", NAME, namespace, spec=spec)
    made["metadata"]["annotations"] = dict(annotations)
    return made


def _object(kind: str, name: str, namespace: str, **content: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    metadata = {"name": name, "namespace": namespace, "labels": LABELS}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata, **content}


def _pod() -> dict[str, Any]:
    own = [
        {"name": f"POD_{name.upper()}", "valueFrom": {"fieldRef": {"fieldPath": f"metadata.{name}"}}}
        for name in ("name", "namespace")
    ]
    arguments = [
        "/nginx-ingress-controller",
        f"--publish-service=$(POD_NAMESPACE)/{NAME}",
        "--election-id=ingress-nginx-leader",
        "--controller-class=k8s.io/ingress-nginx",
        "--ingress-class=nginx",
        f"--configmap=$(POD_NAMESPACE)/{NAME}",
    ]
    container = {"name": "controller", "image": "ingress-nginx/controller:v1.15.1", "args": arguments, "env": own}
    return {"serviceAccountName": ACCOUNT, "containers": [container]}
