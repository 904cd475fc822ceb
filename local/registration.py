"""A cluster is registered as an operator does it: cdk.json, the shipped RBAC, a secret with a kubeconfig."""

import json
import shlex
from pathlib import Path

from ruamel.yaml import YAML

from local.cloud_provider import CloudProvider
from local.cluster import Cluster
from local.environment import ACCOUNT, REGION, ROOT
from local.standin.process import Cloud

NAME = "prod"
"""Not the name in the tags of other stories' groups: their Services are in no cluster that could be asked."""

SECRET = f"pitcrew/clusters/{NAME}"
SERVICE_ACCOUNT = "pitcrew"
RBAC = ROOT / "docs" / "rbac"
ONLY_WITH_CLUSTER_API = "cluster-api.yaml"


def configured(folder: Path) -> Path:
    """Write the project's cdk.json, with the cluster in it, to a folder of its own, and return that."""
    settings = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))
    clusters = {NAME: {"kubeconfig_secret": SECRET}}
    settings["context"]["pitcrew"]["environments"] = {f"{ACCOUNT}/{REGION}": {"clusters": clusters}}
    settings["app"] = shlex.join(str(ROOT / part) for part in shlex.split(settings["app"]))
    home = folder / "configuration"
    home.mkdir()
    (home / "cdk.json").write_text(json.dumps(settings), encoding="utf-8")
    return home


def register(cluster: Cluster, cloud: Cloud, provider: CloudProvider) -> None:
    """Let Pitcrew in, as who the shipped RBAC says; a Node on an instance of ours proves whose cluster it is."""
    for path in shipped():
        for wanted in YAML(typ="safe", pure=True).load_all(path):
            cluster.create(wanted)
    cluster.create(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": provider.node},
            "spec": {"providerID": f"aws:///{REGION}a/{provider.node}"},
        }
    )
    kubeconfig = cluster.kubeconfig_of(SERVICE_ACCOUNT, SERVICE_ACCOUNT)
    cloud.client("secretsmanager").create_secret(Name=SECRET, SecretString=kubeconfig)


def shipped() -> list[Path]:
    """Find what every cluster is given: who Pitcrew is there, and then what each automation may do."""
    own, others = RBAC / "pitcrew.yaml", sorted(RBAC.glob("*.yaml"))
    return [own, *(path for path in others if path != own and path.name != ONLY_WITH_CLUSTER_API)]
