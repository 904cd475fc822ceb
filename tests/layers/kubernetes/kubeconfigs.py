"""Kubeconfigs to spoil, each with canaries where its secrets are."""

import base64
import json
import traceback
from typing import Any

from tests.cluster.forged_certificates import Forger

FORGER = Forger()
CLIENT = FORGER.pair(common_name="pitcrew")

CANARIES = ("canary-token", "canary-password", CLIENT.key.splitlines()[1], "canary.context")
"""Nothing of these is ever shown: a token, a proxy's password, a line of a private key, a name."""

Part = dict[str, Any]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


TOKEN = {"token": "canary-token"}
CERTIFICATE = {"client-certificate-data": encoded(CLIENT.certificate), "client-key-data": encoded(CLIENT.key)}
CLUSTER = {"server": "https://api.example.com:6443", "certificate-authority-data": encoded(FORGER.certificate)}


def kubeconfig(*, cluster: Part | None = None, user: Part | None = None, **top: object) -> Part:
    """Return a good one with these fields on top; a field that is None is left out."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "shop", "cluster": _without_none(CLUSTER | (cluster or {}))}],
        "users": [{"name": "pitcrew", "user": _without_none(TOKEN if user is None else user)}],
        "contexts": [{"name": "canary.context", "context": {"cluster": "shop", "user": "pitcrew"}}],
        "current-context": "canary.context",
    }
    return _without_none(config | {name.replace("_", "-"): value for name, value in top.items()})


def as_json(config: Part) -> str:
    return json.dumps(config)


def shown(error: BaseException) -> str:
    """Return all that anybody can print of an error: its text, its chain's, and the traceback."""
    texts = [*traceback.format_exception(error)]
    chain: list[BaseException | None] = [error]
    while chain:
        link = chain.pop()
        if link is not None:
            texts += [str(link), repr(link), repr(vars(link))]
            chain += [link.__cause__, link.__context__]
    return "\n".join(texts)


def leaked(text: str) -> list[str]:
    """Return the canaries that *text* shows."""
    return [canary for canary in CANARIES if canary in text]


def _without_none(part: Part) -> Part:
    return {name: value for name, value in part.items() if value is not None}
