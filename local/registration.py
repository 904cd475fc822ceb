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
RBAC = [ROOT / "docs" / "rbac" / name for name in ("pitcrew.yaml", "proxy-protocol.yaml")]
SERVICE_ACCOUNT = "pitcrew"


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
    for path in RBAC:
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
