"""Kubeconfigs that can be used, and what they cost."""

import io
import subprocess
import sys

import pytest
from ruamel.yaml import YAML

from kube import kubeconfig
from kube.transport import Transport
from tests.layers.kubernetes.kubeconfigs import (
    CERTIFICATE,
    CLIENT,
    FORGER,
    TOKEN,
    Part,
    as_json,
    leaked,
)
from tests.layers.kubernetes.kubeconfigs import kubeconfig as good


def _as_yaml(config: Part) -> str:
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(config, text)
    return text.getvalue()


@pytest.mark.parametrize("write", [as_json, _as_yaml])
def test_a_token_is_read_from_json_and_yaml(write: type) -> None:
    access = kubeconfig.parse(write(good()))

    assert (access.server, access.ca) == ("https://api.example.com:6443", FORGER.certificate)
    assert access.headers == {"Authorization": "Bearer canary-token"}
    assert (access.seconds, access.proxy_url, access.tls_server_name) == (None, "", "")


def test_a_client_certificate_is_read() -> None:
    access = kubeconfig.parse(as_json(good(user=CERTIFICATE)))

    assert (access.certificate, access.key, access.headers) == (CLIENT.certificate, CLIENT.key, {})
    assert Transport(access)


def test_a_token_and_a_certificate_may_come_together() -> None:
    access = kubeconfig.parse(as_json(good(user=CERTIFICATE | TOKEN)))

    assert (access.token, access.certificate) == ("canary-token", CLIENT.certificate)


def test_the_way_there_is_read() -> None:
    way = {"tls-server-name": "kubernetes", "proxy-url": "http://user:canary-password@proxy.example.com:3128"}

    access = kubeconfig.parse(as_json(good(cluster=way)))

    assert access.tls_server_name == "kubernetes"
    assert access.proxy_url == "http://user:canary-password@proxy.example.com:3128"
    assert Transport(access)


@pytest.mark.parametrize("server", ["https://[2001:db8::1]:6443", "https://10.0.0.1", "https://r.example.com/k8s/c-1"])
def test_a_server_is_an_address_or_a_name_and_may_have_a_path(server: str) -> None:
    access = kubeconfig.parse(as_json(good(cluster={"server": server})))

    assert access.server == server
    assert Transport(access)


def test_the_line_break_at_the_end_of_a_token_is_not_part_of_it() -> None:
    assert kubeconfig.parse(as_json(good(user={"token": "canary-token\n"}))).token == "canary-token"


def test_fields_that_say_no_are_as_good_as_absent() -> None:
    quiet = {"insecure-skip-tls-verify": False, "tls-server-name": "", "proxy-url": None, "disable-compression": True}

    assert kubeconfig.parse(as_json(good(cluster=quiet, preferences={}, extensions=[]))).tls_server_name == ""


def test_the_current_context_decides() -> None:
    other = {"name": "other", "context": {"cluster": "other", "user": "other"}}
    config = good()
    config["contexts"].insert(0, other)
    config["users"].insert(0, {"name": "other", "user": {"exec": {"command": "aws"}}})

    assert kubeconfig.parse(as_json(config)).token == "canary-token"


def test_whom_cluster_api_impersonates_is_said_in_a_header() -> None:
    access = kubeconfig.parse(as_json(good()), impersonates="jane")

    assert access.headers == {"Authorization": "Bearer canary-token", "Impersonate-User": "jane"}


def test_nothing_of_a_secret_is_in_a_repr() -> None:
    proxy = {"proxy-url": "http://user:canary-password@proxy.example.com:3128"}
    access = kubeconfig.parse(as_json(good(cluster=proxy, user=CERTIFICATE | TOKEN)))

    assert leaked(repr(access) + str(access) + repr(Transport(access)) + str(Transport(access))) == []
    assert repr(access) == "Access(server='https://api.example.com:6443')"


def test_json_costs_no_import_of_yaml() -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1].split(':')\n"
        "import kube; from kube import kubeconfig\n"
        "assert kubeconfig.parse(sys.stdin.read()).token == 'canary-token'\n"
        "print(sorted(name for name in sys.modules if name.startswith('ruamel')))\n"
    )

    done = subprocess.run(  # noqa: S603 (this very Python)
        [sys.executable, "-c", code, ":".join(sys.path)],
        input=as_json(good()),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "[]\n"
