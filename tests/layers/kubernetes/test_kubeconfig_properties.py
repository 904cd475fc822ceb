"""Whatever a kubeconfig says, TLS is verified or the kubeconfig is refused."""

import json
import ssl
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kube import kubeconfig, tls
from kube.access import Access
from kube.errors import BadKubeconfigError
from kube.transport import Transport
from tests.layers.kubernetes.kubeconfigs import CERTIFICATE, CLUSTER, TOKEN, as_json, leaked, shown
from tests.layers.kubernetes.kubeconfigs import kubeconfig as good

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)

SERVERS = st.sampled_from(
    [
        *("https://a", "https://a:1/b", "https://[::1]:6443", "HTTPS://A", "http://a", "https://", "https://a:b"),
        *("https://a:99999", "https://[::1", "https://a?b", "https://u@a", "//a", "https://a b", "https://a..b"),
    ]
)
PROXIES = SERVERS | st.sampled_from(["http://u:p@a:1", "socks5://a", "http://", "http://a%zz", "http://[::1"])


def _fields(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the known fields, each with a value that fits or with any other."""
    return st.fixed_dictionaries({}, optional={name: fits | JSON for name, fits in known.items()})


TLS = {"insecure-skip-tls-verify": st.booleans(), "tls-server-name": st.text(max_size=5), "proxy-url": PROXIES}
CLUSTERS = _fields({**{name: st.just(value) for name, value in CLUSTER.items()}, "server": SERVERS, **TLS})
USERS = _fields({name: st.just(value) for name, value in (TOKEN | CERTIFICATE).items()})
GOOD_CLUSTERS = st.builds(lambda spoiled: CLUSTER | spoiled, CLUSTERS)
GOOD_USERS = st.builds(lambda spoiled: TOKEN | spoiled, USERS)
TOPS = st.fixed_dictionaries({}, optional=dict.fromkeys(("clusters", "users", "contexts", "current-context"), JSON))


def _accepted(text: str) -> Access | None:
    """Return what a connection is made of, or None where the kubeconfig is refused without a word of its secrets."""
    try:
        access = kubeconfig.parse(text)
        Transport(access)
    except BadKubeconfigError as error:
        refusal = shown(error)
    else:
        return access
    assert leaked(refusal) == []
    return None


@given(cluster=CLUSTERS | GOOD_CLUSTERS, user=USERS | GOOD_USERS, top=st.just({}) | TOPS)
def test_any_kubeconfig_verifies_or_is_refused(
    cluster: dict[str, Any], user: dict[str, Any], top: dict[str, Any]
) -> None:
    config = good() | {"clusters": [{"name": "shop", "cluster": cluster}], "users": [{"name": "pitcrew", "user": user}]}

    access = _accepted(as_json(config | top))

    if access is None:
        return
    context = tls.context(access)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert [authority["issuer"] for authority in context.get_ca_certs()] == [((("commonName", "forger"),),)]
    assert access.server.lower().startswith("https://")
    assert access.token or (access.certificate and access.key)


@given(JSON.map(json.dumps) | st.text())
def test_any_text_at_all_is_refused(text: str) -> None:
    assert _accepted(text) is None
