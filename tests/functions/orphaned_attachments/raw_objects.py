"""Objects as the Kubernetes API shows them, of a cluster with one Node that matters and its volume."""

from datetime import UTC, datetime, timedelta
from typing import Any

Object = dict[str, Any]

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DEAD, OTHER = "i-0123456789abcdef0", "i-0fedcba9876543210"
NODE, VOLUME, PV, CLAIM = "node-a", "vol-0123456789abcdef0", "pvc-1", ("shop", "data")
DRIVER, FINALIZER = "ebs.csi.aws.com", "external-attacher/ebs-csi-aws-com"
STORAGE = "/apis/storage.k8s.io/v1"


def ago(seconds: float) -> str:
    """Return a time as the API writes it."""
    return f"{NOW - timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def metadata(name: str, **more: Any) -> Object:  # noqa: ANN401 (any field)
    return {"name": name, "uid": f"uid-of-{name}", "resourceVersion": "7", **more}


def node(name: str = NODE, instance: str = DEAD, *, ready: str = "Unknown", **more: Any) -> Object:  # noqa: ANN401 (fields of metadata, or spec)
    spec = {"providerID": f"aws:///us-east-1a/{instance}"} if instance else {}
    return {
        "metadata": metadata(name, **more),
        "spec": spec,
        "status": {"conditions": [{"type": "DiskPressure", "status": "False"}, {"type": "Ready", "status": ready}]},
    }


def csi_node(name: str = NODE, instance: str = DEAD, *, migrated: str = "kubernetes.io/aws-ebs") -> Object:
    annotations = {"storage.alpha.kubernetes.io/migrated-plugins": f"kubernetes.io/cinder,{migrated}"}
    drivers = [{"name": "other.example", "nodeID": "x"}, {"name": DRIVER, "nodeID": instance}]
    return {"metadata": metadata(name, annotations=annotations), "spec": {"drivers": drivers}}


def pv(name: str = PV, volume: str = VOLUME, *, claim: tuple[str, str] = CLAIM, **more: Any) -> Object:  # noqa: ANN401 (fields of metadata)
    namespace, claim_name = claim
    spec = {
        "csi": {"driver": DRIVER, "volumeHandle": volume},
        "claimRef": {"namespace": namespace, "name": claim_name},
    }
    return {"metadata": metadata(name, **more), "spec": spec}


def in_tree_pv(name: str = PV, volume: str = VOLUME) -> Object:
    spec = {"awsElasticBlockStore": {"volumeID": f"aws://us-east-1a/{volume}"}}
    return {"metadata": metadata(name), "spec": spec}


def attachment(name: str = "va-1", instance: str = DEAD, *, node_name: str = NODE, **more: Any) -> Object:  # noqa: ANN401 (fields of metadata)
    annotations = {"csi.alpha.kubernetes.io/node-id": instance, **more.pop("annotations", {})}
    return {
        "metadata": metadata(name, annotations=annotations, finalizers=[FINALIZER], **more),
        "spec": {"attacher": DRIVER, "nodeName": node_name, "source": {"persistentVolumeName": PV}},
        "status": {"attached": True},
    }


def pod(name: str = "db-0", *, node_name: str = NODE, phase: str = "Running", **more: Any) -> Object:  # noqa: ANN401 (fields of metadata)
    volumes = [{"name": "config", "configMap": {}}, {"name": "data", "persistentVolumeClaim": {"claimName": CLAIM[1]}}]
    return {
        "metadata": {**metadata(name, **more), "namespace": CLAIM[0]},
        "spec": {"nodeName": node_name, "volumes": volumes},
        "status": {"phase": phase},
    }


def lease(name: str = NODE, *, seconds: float = 60) -> Object:
    return {"metadata": metadata(name), "spec": {"renewTime": f"{(NOW - timedelta(seconds=seconds)).isoformat()}"}}
