"""`make kubeconfig CLUSTER=<context>`: prints the kubeconfig by which Pitcrew reaches the cluster of a kubectl context.

It only reads: server (or SERVER=<URL>), its name and a proxy from the context; authority and token from the Secret that
docs/rbac/pitcrew.yaml makes. JSON, since a function pays 60 ms for YAML. Runs on the machine's own Python.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

RBAC = Path(__file__).resolve().parent.parent / "docs" / "rbac"
NOT_EVERYWHERE = "cluster-api.yaml"
"""For management clusters, and edited first."""

NAME = "pitcrew"
"""Of the ServiceAccount, its namespace and its Secret."""

KEPT = ("server", "tls-server-name", "proxy-url")


class NoKubeconfigError(Exception):
    """There is nothing to print; the message is a sentence that shows no secret."""


def main() -> None:
    """Print the kubeconfig of the context that the first argument names; the second one is another server, or empty."""
    context, server = sys.argv[1:]
    try:
        cluster = read_cluster(context, server=server)
        token, authority = read_secret(context)
    except NoKubeconfigError as error:
        sys.exit(str(error))
    address = cluster.get("proxy-url") or cluster["server"]
    if is_this_machine(urlsplit(address).hostname or ""):
        sys.stderr.write(
            f"Warning: {address} is this machine, which no Lambda function reaches: say another, SERVER=<URL>.\n"
        )
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": context,
        "contexts": [{"name": context, "context": {"cluster": context, "user": NAME}}],
        "clusters": [{"name": context, "cluster": {**cluster, "certificate-authority-data": authority}}],
        "users": [{"name": NAME, "user": {"token": token}}],
    }
    sys.stdout.write(json.dumps(config, separators=(",", ":")) + "\n")


def read_cluster(context: str, *, server: str) -> dict[str, str]:
    """Return how functions reach the cluster: as the context does, or *server* directly. Raises NoKubeconfigError."""
    contexts = kubectl("config", "get-contexts", "--output=name").splitlines()
    if context not in contexts:
        asked = f"kubectl has no context {context}" if context else "Say which context of kubectl: CLUSTER=<context>"
        raise NoKubeconfigError(f"{asked}; it has: {', '.join(contexts) or 'none'}.")
    shown = json.loads(kubectl("config", "view", "--raw", "--minify", f"--context={context}", "--output=json"))
    found = {key: value for entry in shown.get("clusters") or [] for key, value in entry["cluster"].items() if value}
    if server:
        found |= {"server": server, "proxy-url": ""}
    if urlsplit(found.get("server", "")).scheme != "https":
        raise NoKubeconfigError("The server's address does not begin with https://, and Pitcrew always verifies TLS.")
    if urlsplit(found.get("proxy-url") or "http:").scheme not in ("http", "https"):
        raise NoKubeconfigError(f"The context {context} has a proxy-url that is neither http:// nor https://.")
    return {key: found[key] for key in KEPT if found.get(key)}


def read_secret(context: str) -> tuple[str, str]:
    """Return the token, and the authority in base64. Raises NoKubeconfigError."""
    where = (f"--context={context}", f"--namespace={NAME}", "--request-timeout=20s")
    found = kubectl(*where, "get", "secret", NAME, "--ignore-not-found", "--output=json")
    if not found.strip():
        files = sorted(path.name for path in RBAC.glob("*.yaml") if path.name != NOT_EVERYWHERE)
        apply = f"kubectl --context '{context}' apply" + "".join(f" -f docs/rbac/{name}" for name in files)
        raise NoKubeconfigError(f"There is no Secret {NAME}/{NAME} in the cluster yet; this makes it: {apply}")
    data = json.loads(found).get("data") or {}
    if not data.get("token") or not data.get("ca.crt"):
        raise NoKubeconfigError(
            f"The Secret {NAME}/{NAME} has no token yet; kube-controller-manager writes it within seconds: try again."
        )
    return base64.b64decode(data["token"]).decode(), data["ca.crt"]


def kubectl(*arguments: str) -> str:
    """Return what kubectl prints; its complaints, and what a login plugin asks, go to the terminal as they are."""
    program = shutil.which("kubectl")
    if not program:
        raise NoKubeconfigError("There is no 'kubectl' on the PATH: https://kubernetes.io/docs/tasks/tools/ has it.")
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 (kubectl)
    if done.returncode:
        raise NoKubeconfigError(f"'kubectl {' '.join(arguments)}' failed, with exit code {done.returncode}.")
    return done.stdout


def is_this_machine(host: str) -> bool:
    """Whether a host is one's own, whoever asks."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified


if __name__ == "__main__":
    main()
