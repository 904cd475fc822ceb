"""Who an API server must prove to be before anything is sent to it, and who we say we are."""

from typing import Any

import pytest

import kube
from tests.cluster.acts import answer
from tests.cluster.faulty import AUTHORITY, faulty
from tests.cluster.forged_certificates import LOOPBACK, Forger

FINE = answer(200, {"kind": "Node"})
PATH = "/api/v1/nodes/a"
NAME = "api.prod.example.com"

UNTRUSTED: dict[str, tuple[dict[str, Any], str]] = {
    "another authority": ({"pair": Forger().pair(LOOPBACK)}, "certificate"),
    "an authority of the same name": ({"access": {"ca": Forger().certificate}}, "certificate"),
    "another name": ({"pair": AUTHORITY.pair("localhost")}, "doesn't match"),
    "another address": ({"pair": AUTHORITY.pair("127.0.0.2")}, "doesn't match"),
    "its address as a common name only": ({"pair": AUTHORITY.pair(NAME, common_name=LOOPBACK)}, "doesn't match"),
    "its address as a DNS name": ({"pair": AUTHORITY.pair(NAME, dns=LOOPBACK)}, "doesn't match"),
    "not the tls-server-name": ({"access": {"tls_server_name": NAME}}, "doesn't match"),
    "expired": ({"pair": AUTHORITY.pair(LOOPBACK, expired=True)}, "expired"),
}


@pytest.mark.parametrize(("met", "why"), UNTRUSTED.values(), ids=UNTRUSTED)
@pytest.mark.parametrize("call", ["read", "mutation"])
def test_a_server_with_the_wrong_certificate_gets_no_request(met: dict[str, Any], why: str, call: str) -> None:
    with faulty(FINE, **met) as faults:
        cluster = faults.cluster()

        with pytest.raises(kube.ClusterUnreachableError, match=why):
            _ = cluster.get(PATH) if call == "read" else cluster.delete(PATH)

        assert (faults.server.seen, faults.server.connections, faults.clock.naps) == ([], 1, [])


def test_the_tls_server_name_is_what_is_asked_for_and_looked_for() -> None:
    with faulty(FINE, pair=AUTHORITY.pair(NAME), access={"tls_server_name": NAME}) as met:
        assert met.cluster().get(PATH) == {"kind": "Node"}

        assert met.server.server_names == [NAME]


def test_a_client_certificate_says_who_we_are() -> None:
    client = AUTHORITY.pair(common_name="pitcrew")
    access = {"token": "", "certificate": client.certificate, "key": client.key}
    with faulty(FINE, access=access, client_ca=AUTHORITY.certificate) as met:
        assert met.cluster().get(PATH) == {"kind": "Node"}

        assert "Authorization" not in met.server.seen[0].headers


def test_a_client_certificate_that_the_server_does_not_take_is_no_outcome() -> None:
    client = Forger().pair(common_name="pitcrew")
    access = {"token": "", "certificate": client.certificate, "key": client.key}
    with faulty(FINE, access=access, client_ca=AUTHORITY.certificate) as met:
        with pytest.raises(kube.ClusterUnreachableError):
            met.cluster(seconds=1).get(PATH)

        assert met.server.seen == []
