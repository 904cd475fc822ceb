"""A kubeconfig, as YAML or JSON, as what a connection is made of.

What needs a program, a file or somebody else's word is refused: a function has none of them.
"""

import json
import re
from contextlib import suppress

from kube.access import Access
from kube.errors import BadKubeconfigError
from kube.fields import Fields

MOST_CHARACTERS = 64 * 1024
"""What Secrets Manager holds: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"""

DEEPEST = 20
"""Nesting of a YAML text; a kubeconfig has 6."""

ANCHOR = re.compile(r"(?:^|[\s\[{,:])[&*]\S")
"""YAML's references: merged through each other, a few lines of them take an hour to read."""

_TOKEN = "use the token of a ServiceAccount"  # noqa: S105 (advice)
_AS = "requests are made as the user itself: give that user the rights"

INSTEAD = {
    "exec": f"a program cannot be run here: {_TOKEN}, or register the cluster as EKS",
    "auth-provider": f"it left Kubernetes in 1.26: {_TOKEN}",
    **dict.fromkeys(("username", "password"), f"basic authentication left Kubernetes in 1.19: {_TOKEN}"),
    "tokenFile": "there is no such file here: put the token under `token`",
    **{
        name: f"there is no such file here: put its content, base64, under `{name}-data`"
        for name in ("client-certificate", "client-key", "certificate-authority")
    },
    "insecure-skip-tls-verify": "TLS is always verified: put the authority under `certificate-authority-data`",
    **dict.fromkeys(("as", "as-uid", "as-groups", "as-user-extra"), _AS),
}
"""Fields that are refused where they say anything, and what to write instead."""


def parse(text: str, *, impersonates: str = "") -> Access:
    """Read a kubeconfig's current context. Raises BadKubeconfigError, which names the field and shows no value."""
    config = Fields(_loaded(text), "")
    context = config.entry("contexts", "context", config.text("current-context"))
    cluster = config.entry("clusters", "cluster", context.text("cluster"))
    user = config.entry("users", "user", context.text("user"))
    cluster.refuse(INSTEAD)
    user.refuse(INSTEAD)
    access = Access(
        server=cluster.address("server", "https") or cluster.text("server"),
        ca=cluster.pem("certificate-authority-data") or cluster.text("certificate-authority-data"),
        tls_server_name=cluster.line("tls-server-name"),
        # It is shown nowhere.
        proxy_url=cluster.address("proxy-url", "http", "https", has_user=True),
        token=user.line("token"),
        certificate=user.pem("client-certificate-data"),
        key=user.pem("client-key-data"),
        impersonates=impersonates,
    )
    if bool(access.certificate) is not bool(access.key):
        raise BadKubeconfigError("users[].user: client-certificate-data and client-key-data go together")
    if not access.token and not access.certificate:
        raise BadKubeconfigError("users[].user has neither a token nor a client certificate")
    return access


def _loaded(text: str) -> object:
    """Parse JSON, or YAML at the price of its import; their own errors may quote the text and are not passed on."""
    if len(text) > MOST_CHARACTERS:
        raise BadKubeconfigError(f"the kubeconfig is longer than {MOST_CHARACTERS // 1024} KiB")
    if text.lstrip().startswith("{"):
        with suppress(ValueError, RecursionError):
            return json.loads(text, object_pairs_hook=_once)
        raise BadKubeconfigError("the kubeconfig begins as JSON and is not JSON (no key twice)")
    from ruamel.yaml import YAML  # noqa: PLC0415 (60 ms that JSON does not cost)

    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = DEEPEST
    if not ANCHOR.search(text):
        with suppress(Exception):  # ruamel raises more than its own errors: a KeyError that quotes the value, for one
            return yaml.load(text)
    raise BadKubeconfigError("the kubeconfig is neither JSON nor plain YAML (no anchors, no key twice)")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object of JSON in which no key stands twice. Raises ValueError."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found
