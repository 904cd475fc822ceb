"""`make kubeconfig` run as a user runs it, with a kubectl that answers from a file.

Over 120 lines because that kubectl and its answers are in it.
"""

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kube import kubeconfig
from local.environment import ROOT

TOKEN = "canary-token"
CA = "-----BEGIN CERTIFICATE-----\n"
ADMIN_KEY = "canary-key-of-the-administrator"
SERVER = "https://10.0.0.10:6443"
APPLY = "kubectl --context 'prod' apply -f docs/rbac/orphaned-attachments.yaml -f docs/rbac/pitcrew.yaml"

KUBECTL = f"""#!{sys.executable} -IS
import json, pathlib, sys
answers = json.loads(pathlib.Path(__file__).with_name("answers.json").read_text())
with pathlib.Path(__file__).with_name("asked").open("a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
answer = answers[next(verb for verb in ("get-contexts", "view", "secret") if verb in sys.argv)]
if answer is None:
    sys.exit("error: no such host")
sys.stdout.write(answer)
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def _view(**cluster: str) -> str:
    user = {"client-key-data": ADMIN_KEY, "token": ADMIN_KEY}
    found = {"server": SERVER, "certificate-authority-data": "b3RoZXI=", **cluster}
    return json.dumps({"clusters": [{"name": "c", "cluster": found}], "users": [{"name": "u", "user": user}]})


def _secret(**data: str) -> str:
    return json.dumps({"data": {name: base64.b64encode(value.encode()).decode() for name, value in data.items()}})


GOOD: dict[str, str | None] = {
    "get-contexts": "prod\ndev\n",
    "view": _view(),
    "secret": _secret(token=TOKEN, **{"ca.crt": CA}),
}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run it with these answers of kubectl, None for a failure; `asked` in the folder holds what kubectl was asked."""

    def run(context: str = "prod", *, server: str = "", **answers: str | None) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "answers.json").write_text(json.dumps(GOOD | answers))
        program = tmp_path / "kubectl"
        program.write_text(KUBECTL)
        program.chmod(0o700)
        return _run(context, server, path=tmp_path)

    return run


def _run(*arguments: str, path: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "local" / "kubeconfig.py"), *arguments]
    return subprocess.run(command, env={"PATH": str(path)}, cwd=path, capture_output=True, text=True, check=False)  # noqa: S603 (our own)


def test_what_is_printed_is_a_kubeconfig_that_functions_take(run: Run) -> None:
    done = run(view=_view(**{"tls-server-name": "kubernetes", "proxy-url": "http://10.0.0.1:3128"}))

    access = kubeconfig.parse(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert (access.server, access.ca, access.token) == (SERVER, CA, TOKEN)
    assert (access.tls_server_name, access.proxy_url) == ("kubernetes", "http://10.0.0.1:3128")


def test_functions_may_reach_the_cluster_at_another_address_than_the_user(run: Run) -> None:
    context = _view(
        **{"server": "https://127.0.0.1:6443", "tls-server-name": "kubernetes", "proxy-url": "socks5://::1"}
    )

    done = run(view=context, server=SERVER)

    access = kubeconfig.parse(done.stdout)
    assert (access.server, access.tls_server_name, access.proxy_url) == (SERVER, "kubernetes", "")
    assert done.stderr == ""


def test_nothing_of_the_users_own_rights_is_printed(run: Run) -> None:
    printed: dict[str, Any] = json.loads(run().stdout)

    assert ADMIN_KEY not in str(printed)
    assert printed["users"] == [{"name": "pitcrew", "user": {"token": TOKEN}}]
    assert printed["clusters"][0]["cluster"].keys() == {"server", "certificate-authority-data"}


def test_it_only_reads(run: Run, tmp_path: Path) -> None:
    run()

    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.split(" --o")[0] for line in asked] == [
        "config get-contexts",
        "config view --raw --minify --context=prod",
        "--context=prod --namespace=pitcrew --request-timeout=20s get secret pitcrew --ignore-not-found",
    ]


@pytest.mark.parametrize(
    ("context", "answers", "says"),
    [
        ("prd", {}, "kubectl has no context prd; it has: prod, dev."),
        ("", {}, "Say which context of kubectl: CLUSTER=<context>; it has: prod, dev."),
        ("prod", {"get-contexts": ""}, "kubectl has no context prod; it has: none."),
        ("prod", {"secret": ""}, f"There is no Secret pitcrew/pitcrew in the cluster yet; this makes it: {APPLY}"),
        ("prod", {"secret": "{}"}, "The Secret pitcrew/pitcrew has no token yet"),
        ("prod", {"secret": _secret(token=TOKEN)}, "The Secret pitcrew/pitcrew has no token yet"),
        ("prod", {"secret": None}, "get secret pitcrew --ignore-not-found --output=json' failed, with exit code 1."),
        ("prod", {"view": _view(server="http://10.0.0.10:8080")}, "The server's address does not begin with https://"),
        ("prod", {"view": "{}"}, "The server's address does not begin with https://"),
        ("prod", {"view": _view(**{"proxy-url": "socks5://10.0.0.1"})}, "has a proxy-url that is neither http://"),
    ],
)
def test_a_mistake_is_one_sentence_and_no_kubeconfig(
    run: Run, context: str, answers: dict[str, str | None], says: str
) -> None:
    done = run(context, **answers)

    *words_of_kubectl, sentence = done.stderr.splitlines()
    assert says in sentence
    assert words_of_kubectl in ([], ["error: no such host"])
    assert (done.returncode, done.stdout) == (1, "")
    assert TOKEN not in done.stderr


def test_without_kubectl_it_says_where_to_have_it(tmp_path: Path) -> None:
    done = _run("prod", "", path=tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no 'kubectl' on the PATH: https://kubernetes.io/docs/tasks/tools/ has it.\n"


def test_what_is_to_be_applied_is_the_role_of_every_automation_and_not_a_management_clusters(run: Run) -> None:
    said = run(secret="").stderr

    assert {
        path.name for path in (ROOT / "docs" / "rbac").glob("*.yaml") if f"-f docs/rbac/{path.name}" not in said
    } == {"cluster-api.yaml"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0"])  # noqa: S104 (nothing is bound to it)
def test_an_address_that_is_this_machine_is_printed_with_a_warning(run: Run, host: str) -> None:
    done = run(view=_view(server=f"https://{host}:6443"))

    assert kubeconfig.parse(done.stdout).server == f"https://{host}:6443"
    assert done.stderr.startswith(f"Warning: https://{host}:6443 is this machine")
    assert TOKEN not in done.stderr
