"""EBS volumes as the API server lists them: PersistentVolumes, VolumeAttachments and CSINodes, on Nodes by turns.

What that is: the objects of an external-provisioner and external-attacher v4.13.0 and of the EBS CSI driver v1.62.0.
"""

from typing import Any

from bench.cluster.names import REGION, instance_id, node_name, pv_name, uid, volume_id, zone

Object = dict[str, Any]

_DRIVER = "ebs.csi.aws.com"
_SINCE = "2026-01-02T03:04:05Z"


def persistent_volume(index: int, *, nodes: int) -> Object:
    """Return the PersistentVolume of a volume, bound to its claim."""
    claim = {"kind": "PersistentVolumeClaim", "namespace": "shop", "name": f"data-db-{index}", "apiVersion": "v1"}
    place = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": [zone(index % nodes)]}
    source = {
        "driver": _DRIVER,
        "volumeHandle": volume_id(index),
        "fsType": "ext4",
        "volumeAttributes": {"storage.kubernetes.io/csiProvisionerIdentity": f"1767323045000-5581-{_DRIVER}"},
    }
    spec = {
        "capacity": {"storage": "20Gi"},
        "csi": source,
        "accessModes": ["ReadWriteOnce"],
        "claimRef": claim | {"uid": uid(f"claim {index}"), "resourceVersion": str(5000 + index)},
        "persistentVolumeReclaimPolicy": "Delete",
        "storageClassName": "gp3",
        "volumeMode": "Filesystem",
        "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [place]}]}},
    }
    metadata = _metadata(pv_name(index), f"pv {index}", by="csi-provisioner", owned=spec) | {
        "annotations": {
            "pv.kubernetes.io/provisioned-by": _DRIVER,
            "volume.kubernetes.io/provisioner-deletion-secret-name": "",
            "volume.kubernetes.io/provisioner-deletion-secret-namespace": "",
        },
        "finalizers": ["external-provisioner.volume.kubernetes.io/finalizer", "kubernetes.io/pv-protection"],
    }
    return {"metadata": metadata, "spec": spec, "status": {"phase": "Bound", "lastPhaseTransitionTime": _SINCE}}


def volume_attachment(index: int, *, nodes: int) -> Object:
    """Return the VolumeAttachment of a volume, attached."""
    node = index % nodes
    source = {"persistentVolumeName": pv_name(index)}
    spec = {"attacher": _DRIVER, "source": source, "nodeName": node_name(node)}
    status = {"attached": True, "attachmentMetadata": {"devicePath": f"/dev/xvda{'abcdefgh'[index // nodes % 8]}"}}
    metadata = _metadata(f"csi-{uid(spec).replace('-', '') * 2}", spec, by="kube-controller-manager", owned=spec) | {
        "annotations": {"csi.alpha.kubernetes.io/node-id": instance_id(node)},
        "finalizers": ["external-attacher/ebs-csi-aws-com"],
    }
    metadata["managedFields"].append(_owner("csi-attacher", {"f:status": _fields(status)}) | {"subresource": "status"})
    return {"metadata": metadata, "spec": spec, "status": status}


def csi_node(index: int) -> Object:
    """Return the CSINode of a Node."""
    owner = {"apiVersion": "v1", "kind": "Node", "name": node_name(index), "uid": uid(index)}
    keys = ["kubernetes.io/os", f"topology.{_DRIVER}/zone", "topology.kubernetes.io/zone"]
    driver = {"name": _DRIVER, "nodeID": instance_id(index), "topologyKeys": keys, "allocatable": {"count": 26}}
    plugins = ",".join(f"kubernetes.io/{one}" for one in ("aws-ebs", "azure-disk", "cinder", "gce-pd", "portworx"))
    metadata = _metadata(node_name(index), f"csi {index}", by="kubelet", owned=driver) | {
        "annotations": {"storage.alpha.kubernetes.io/migrated-plugins": plugins},
        "ownerReferences": [owner],
        "labels": {"topology.kubernetes.io/region": REGION},
    }
    return {"metadata": metadata, "spec": {"drivers": [driver]}}


def _metadata(name: str, thing: object, *, by: str, owned: Object) -> Object:
    owners = [_owner(by, {"f:metadata": {"f:annotations": {".": {}}}, "f:spec": _fields(owned)})]
    made = {"uid": uid(thing), "resourceVersion": str(7000 + int(uid(thing)[:4], 16)), "creationTimestamp": _SINCE}
    return {"name": name, **made, "managedFields": owners}


def _owner(manager: str, fields: Object) -> Object:
    written = {"operation": "Update", "apiVersion": "v1", "time": _SINCE, "fieldsType": "FieldsV1"}
    return {"manager": manager, **written, "fieldsV1": fields}


def _fields(thing: Object) -> Object:
    return {f"f:{name}": _fields(value) if isinstance(value, dict) else {} for name, value in thing.items()}
