"""The environment of every child process: what may pass, and nothing of the user's AWS set-up.

`python -m local.environment COMMAND…` runs COMMAND under it, with no cloud to talk to (`make synth`).
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "000000000000"
REGION = "us-east-1"
ACCESS_KEY = "test"
"""The stand-in's root user: the one who deploys."""
SECRET_KEY = "test"  # noqa: S105  the stand-in's own, published by it: nothing to keep secret

_PASSES = frozenset({"PATH", "LANG", "LANGUAGE", "TERM", "NO_COLOR", "TZ", "CI"})
_PASSES_BY_PREFIX = ("LC_", "PIP_", "UV_")
"""pip's and uv's own settings: synth builds the layers with uv, from wherever this machine gets its packages."""
_CERTIFICATES = frozenset(
    {
        "AWS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "REQUESTS_CA_BUNDLE",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
    },
)
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"})
_TARGET = frozenset({"CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION"})

_NO_USER_SETUP = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_PAGER": "",
}
_SMALL_NODE = {"NODE_OPTIONS": "--max-semi-space-size=2 --v8-pool-size=1"}
"""Two of Node's processes make the template; by themselves each takes memory as a server would."""

_QUIET_TOOLS = {
    "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
    "CDK_DISABLE_CLI_TELEMETRY": "true",
    "CDK_DISABLE_VERSION_CHECK": "1",
    "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",  # a list of major versions; the project still takes 20
    "NPM_CONFIG_UPDATE_NOTIFIER": "false",
}


def child_environment(
    folder: Path,
    *,
    endpoint: str | None = None,
    source: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Return the environment of a child whose home and temporary files are in *folder*.

    With *endpoint* it talks to that cloud as the stand-in's root user; without, it has no account and no keys.
    """
    home, temporary = folder / "home", folder / "tmp"
    for path in (home, temporary):
        path.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in source.items() if _may_pass(name)}
    environment |= _NO_USER_SETUP | _SMALL_NODE | _QUIET_TOOLS
    environment |= {"HOME": str(home), "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
    environment |= _kept_caches(source)
    if endpoint:
        environment |= _cloud(endpoint, source)
    return environment


def _may_pass(name: str) -> bool:
    return name in _PASSES | _CERTIFICATES or name.upper() in _PROXIES or name.startswith(_PASSES_BY_PREFIX)


def _kept_caches(source: Mapping[str, str]) -> dict[str, str]:
    """Return what outlives a run: unpacking jsii costs more than the synth, and uv's wheels and Pythons a download."""
    home = Path(source.get("HOME", ROOT))
    cache = Path(source.get("XDG_CACHE_HOME") or home / ".cache")
    data = Path(source.get("XDG_DATA_HOME") or home / ".local" / "share")
    return {
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(ROOT / ".cache" / "jsii"),
        "UV_CACHE_DIR": source.get("UV_CACHE_DIR", str(cache / "uv")),
        "UV_PYTHON_INSTALL_DIR": source.get("UV_PYTHON_INSTALL_DIR", str(data / "uv" / "python")),
    }


def _cloud(endpoint: str, source: Mapping[str, str]) -> dict[str, str]:
    never_proxied = ",".join(filter(None, [source.get("NO_PROXY") or source.get("no_proxy"), "127.0.0.1", "localhost"]))
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        "NO_PROXY": never_proxied,
        "no_proxy": never_proxied,
    }


def main() -> int:
    """Run the command that the arguments name; its exit code is ours."""
    if not sys.argv[1:]:
        sys.exit("usage: python -m local.environment COMMAND…")
    with tempfile.TemporaryDirectory(prefix="pitcrew-") as folder:
        environment = child_environment(Path(folder))
        environment |= {name: value for name, value in os.environ.items() if name in _TARGET}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode  # noqa: S603  the caller's own command


if __name__ == "__main__":
    sys.exit(main())
