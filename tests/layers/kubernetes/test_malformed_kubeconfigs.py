"""Kubeconfigs that cannot be used: each error names the field and shows no value.

Over 120 lines because each row is one mistake that somebody can make.
"""

import logging
import time
import warnings
from itertools import pairwise
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from kube import kubeconfig
from kube.errors import BadKubeconfigError
from kube.transport import Transport
from tests.layers.kubernetes.kubeconfigs import (
    CERTIFICATE,
    CLIENT,
    FORGER,
    TOKEN,
    as_json,
    encoded,
    leaked,
    shown,
)
from tests.layers.kubernetes.kubeconfigs import kubeconfig as good

Rows = dict[str, tuple[dict[str, Any], str]]
"""What is spoiled, and what the error says."""

LETTERS = "abcdefghi"
PAIRS = tuple(pairwise(LETTERS))
LAUGHS = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in PAIRS)
MERGES = "".join(f"{b}: &{b} {{<<: [{', '.join([f'*{a}'] * 9)}]}}\n" for a, b in PAIRS)


def _under_a_pass_phrase() -> str:
    key = serialization.load_pem_private_key(CLIENT.key.encode(), None)
    phrase = serialization.BestAvailableEncryption(b"canary-password")
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, phrase).decode()


TEXTS = {
    "nothing": ("", "the kubeconfig is not an object"),
    "a sentence": ("canary-token", "the kubeconfig is not an object"),
    "a list": ("- token: canary-token", "the kubeconfig is not an object"),
    "a cut JSON": (as_json(good())[:-2], "begins as JSON"),
    "deep JSON": ('{"canary-token":' * 4000, "begins as JSON"),
    "a key twice in JSON": ('{"users": "canary-token", "users": []}', "no key twice"),
    "YAML in braces": ("{current-context: canary-token}", "begins as JSON"),
    "bad YAML": ("users: [canary-token\n", "neither JSON nor plain YAML"),
    "deep YAML": ("[" * 4000 + "canary-token", "neither JSON nor plain YAML"),
    "deep blocks": ("\n".join(" " * depth + "canary-token:" for depth in range(300)), "neither JSON nor plain YAML"),
    "a key twice": ("users: canary-token\nusers: canary-token", "neither JSON nor plain YAML"),
    "an anchor twice": ("a: &a canary-token\nb: &a canary-token", "no anchors"),
    "a billion laughs": (f"a: &a [canary-token]\n{LAUGHS}", "no anchors"),
    "merged laughs": (f"a: &a {{token: canary-token}}\n{MERGES}", "no anchors"),
    "a call of Python": ("!!python/object/apply:os.system [canary-token]", "neither JSON nor plain YAML"),
    "a tag that does not fit": ("users: !!bool canary-token", "neither JSON nor plain YAML"),
    "two documents": ("a: canary-token\n---\na: canary-token", "neither JSON nor plain YAML"),
    "control characters": ("a: canary-token\x00", "neither JSON nor plain YAML"),
    "an impossible date": ("canary-token: 2026-13-45", "neither JSON nor plain YAML"),
    "a very long text": ("#" + "canary-token" * 10_000, "longer than 64 KiB"),
}

TOPS: Rows = {
    "no current context": ({"current_context": None}, "current-context is missing"),
    "a number as the context": ({"current_context": 7}, "current-context is missing, or not text"),
    "a context that is not there": ({"current_context": "canary-token"}, "contexts has no entry"),
    "no contexts": ({"contexts": None}, "contexts is not a list"),
    "contexts by name": ({"contexts": {"canary.context": {}}}, "contexts is not a list"),
    "an empty context": ({"contexts": [None, {"name": "canary.context"}]}, r"contexts\[\].context. is not an object"),
    "a context without cluster": (
        {"contexts": [{"name": "canary.context", "context": {"user": "canary-token"}}]},
        r"contexts\[\].context.cluster is missing",
    ),
    "a context without user": (
        {"contexts": [{"name": "canary.context", "context": {"cluster": "shop"}}]},
        r"contexts\[\].context.user is missing",
    ),
    "no clusters": ({"clusters": []}, "clusters has no entry"),
    "two of a name": ({"clusters": good()["clusters"] * 2}, "clusters has two entries"),
    "no users": ({"users": "canary-token"}, "users is not a list"),
    "a user that is text": ({"users": [{"name": "pitcrew", "user": "canary-token"}]}, r"users\[\].user. is not an obj"),
}

CLUSTERS: Rows = {
    "no server": ({"server": None}, "server is missing"),
    "a server without TLS": ({"server": "http://api.example.com"}, "server is not of the form https://host:port"),
    "a server without scheme": ({"server": "canary-token"}, "server is not of the form"),
    "a server without host": ({"server": "https://"}, "server is not of the form"),
    "a server with a password": ({"server": "https://u:canary-password@api.example.com"}, "server is not of the form"),
    "a server with a query": ({"server": "https://api.example.com?t=canary-token"}, "server is not of the form"),
    "a server with a line break": ({"server": "https://api.example.com\ncanary-token"}, "server is not one line"),
    "an impossible port": ({"server": "https://api.example.com:99999"}, "server is not of the form"),
    "half an IPv6 address": ({"server": "https://[::1"}, "server is not of the form"),
    "no authority": ({"certificate-authority-data": None}, "certificate-authority-data is missing"),
    "an authority that is no base64": (
        {"certificate-authority-data": "canary-token"},
        "authority-data is not the base",
    ),
    "an authority of bytes": ({"certificate-authority-data": "/////w=="}, "authority-data is not the base64"),
    "an authority that is no PEM": ({"certificate-authority-data": encoded("canary-token")}, "authority-data holds no"),
    "an authority of garbage": (
        {"certificate-authority-data": encoded("-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n")},
        "authority-data holds no readable PEM",
    ),
    "an authority's file": ({"certificate-authority": "/canary-token"}, "base64, under `certificate-authority-data`"),
    "no verification": ({"insecure-skip-tls-verify": True}, "insecure-skip-tls-verify: TLS is always verified"),
    "a proxy that speaks SOCKS": ({"proxy-url": "socks5://u:canary-password@p:1"}, "proxy-url is not of the form"),
    "a proxy that is no URL": (
        {"proxy-url": "http://canary-password:99999"},
        "proxy-url is not of the form http/https",
    ),
    "a proxy in two lines": ({"proxy-url": "http://p\r\ncanary-password"}, "proxy-url is not one line"),
    "a name in a list": ({"tls-server-name": ["canary-token"]}, "tls-server-name is not one line"),
    "a name beyond ASCII": ({"tls-server-name": "kübernetes"}, "tls-server-name is not one line"),
}

USERS: Rows = {
    "nobody": ({}, "neither a token nor a client certificate"),
    "a blank token": ({"token": " \n"}, "neither a token nor a client certificate"),
    "a token that is a number": ({"token": 7}, "token is not one line"),
    "a token in two lines": ({"token": "canary-token\r\nImpersonate-User: root"}, "token is not one line"),
    "a token beyond ASCII": ({"token": "canary-tokén"}, "token is not one line"),
    "a program": (
        {"exec": {"command": "aws", "args": ["canary-token"]}},
        "exec: a program .* register the cluster as EKS",
    ),
    "an auth provider": ({"auth-provider": {"name": "canary-token"}}, "auth-provider: it left"),
    "a password": (TOKEN | {"password": "canary-password"}, "password: basic auth"),
    "a user name": (TOKEN | {"username": "canary-token"}, "username: basic auth"),
    "a token's file": ({"tokenFile": "/canary-token"}, "tokenFile: there is no such file"),
    "a certificate's file": (TOKEN | {"client-certificate": "/canary-token"}, "client-certificate: there is no such"),
    "a key's file": (CERTIFICATE | {"client-key": "/canary-token"}, "client-key: there is no such file"),
    "an impersonation": (TOKEN | {"as": "canary-password"}, "as: requests are made as the user itself"),
    "groups of one": (TOKEN | {"as-groups": ["canary-password"]}, "as-groups: requests are made"),
    "a certificate without key": (CERTIFICATE | {"client-key-data": None}, "client-key-data go together"),
    "a key without certificate": (CERTIFICATE | {"client-certificate-data": None}, "client-key-data go together"),
    "a key that is no base64": (CERTIFICATE | {"client-key-data": CLIENT.key}, "client-key-data is not one line"),
    "a key of bytes": (CERTIFICATE | {"client-key-data": "/////w=="}, "client-key-data is not the base64"),
    "a key of garbage": (CERTIFICATE | {"client-key-data": encoded("canary-password")}, "client-key-data are not"),
    "another's key": (CERTIFICATE | {"client-key-data": encoded(FORGER.pair().key)}, "client-key-data are not"),
    "a locked key": (CERTIFICATE | {"client-key-data": encoded(_under_a_pass_phrase())}, "client-key-data are not"),
    "the key as the certificate": (
        CERTIFICATE | {"client-certificate-data": encoded(CLIENT.key)},
        "client-certificate-data and client-key-data are not",
    ),
}

MISTAKES = {
    **TEXTS,
    **{name: (as_json(good(**spoiled)), field) for name, (spoiled, field) in TOPS.items()},
    **{name: (as_json(good(cluster=spoiled)), field) for name, (spoiled, field) in CLUSTERS.items()},
    **{name: (as_json(good(user=spoiled)), field) for name, (spoiled, field) in USERS.items()},
}


@pytest.mark.parametrize(("text", "field"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_and_no_value_is_shown(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], text: str, field: str
) -> None:
    began = time.perf_counter()

    with (
        caplog.at_level(logging.DEBUG),
        warnings.catch_warnings(record=True) as warned,
        pytest.raises(BadKubeconfigError, match=field) as problem,
    ):
        Transport(kubeconfig.parse(text))

    printed = "".join(capfd.readouterr())
    assert leaked(shown(problem.value) + caplog.text + printed + "".join(str(one.message) for one in warned)) == []
    assert problem.value.status is None
    assert time.perf_counter() - began < 3


def test_the_canaries_would_be_found() -> None:
    error = BadKubeconfigError("users[].user.token: canary-token")
    error.__context__ = ValueError("canary-password")

    assert leaked(shown(error)) == ["canary-token", "canary-password"]
