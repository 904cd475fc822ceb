"""A cluster that is reached through the proxy of its kubeconfig."""

import base64
import time

import pytest

import kube
from tests.cluster.acts import answer
from tests.cluster.connect_proxy import ConnectProxy
from tests.cluster.faulty import TOKEN, faulty

FINE = answer(200, {"kind": "Node"})
PATH = "/api/v1/nodes/a"


def test_a_proxy_carries_the_connection_and_is_told_no_token() -> None:
    with ConnectProxy() as proxy, faulty(FINE, access={"proxy_url": proxy.url("us%65r:p%40ss@")}) as met:
        assert met.cluster().get(PATH) == {"kind": "Node"}
        assert met.cluster().get(PATH) == {"kind": "Node"}

        assert len(proxy.heads) == 1
        assert base64.b64encode(b"user:p@ss").decode() in proxy.heads[0]
        assert TOKEN not in proxy.heads[0]


def test_a_proxy_that_refuses_is_a_server_out_of_reach() -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"
    with ConnectProxy(refusal) as proxy, faulty(FINE, access={"proxy_url": proxy.url()}) as met:
        began = time.monotonic()

        with pytest.raises(kube.ClusterUnreachableError, match="no connection"):
            met.cluster().delete(PATH)

        assert (met.server.connections, time.monotonic() - began < 6) == (0, True)
