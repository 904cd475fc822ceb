"""Kubeconfigs as dicts: JSON is YAML, so `json.dumps` makes the file.

Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
"""

import base64
from typing import Any

from local.controlplane.certificates import Pair

NAME = "plane"


def kubeconfig(url: str, user: dict[str, str], *, ca: str = "") -> dict[str, Any]:
    """Return a kubeconfig for *user*, a value of `users[].user`; *ca* is PEM, none for plain HTTP."""
    cluster = {"server": url} | ({"certificate-authority-data": _encoded(ca)} if ca else {})
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": NAME, "cluster": cluster}],
        "users": [{"name": NAME, "user": user}],
        "contexts": [{"name": NAME, "context": {"cluster": NAME, "user": NAME}}],
        "current-context": NAME,
    }


def certified(pair: Pair) -> dict[str, str]:
    """Return the user that a client certificate proves."""
    return {"client-certificate-data": _encoded(pair.public), "client-key-data": _encoded(pair.key)}


def _encoded(pem: str) -> str:
    return base64.b64encode(pem.encode()).decode()
