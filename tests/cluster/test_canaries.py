"""No token and no key is in a log, an error or a repr, whatever goes wrong and whatever the server sends back."""

import logging

import pytest

import kube
from kube.access import Access
from kube.cluster import Cluster
from tests.cluster.acts import answer
from tests.cluster.faulty import AUTHORITY, TOKEN, Faulty, faulty
from tests.cluster.forged_certificates import LOOPBACK, Forger, Pair
from tests.cluster.scripted_server import Act, Line, Seen
from tests.cluster.test_faults import ROWS
from tests.layers.kubernetes.kubeconfigs import shown

CLIENT = AUTHORITY.pair(common_name="pitcrew")
CANARIES = (TOKEN, CLIENT.key.splitlines()[1])
USER = {"certificate": CLIENT.certificate, "key": CLIENT.key}


def _says(*lines: str) -> Act:
    """Answer these lines, in which {} is the token."""

    def act(line: Line, seen: Seen) -> bool:
        token = seen.headers["Authorization"].removeprefix("Bearer ")
        line.send("\r\n".join(lines).replace("{}", token).encode())
        return False

    return act


def _refuses(status: int) -> Act:
    """Repeat the token in a Status."""
    return lambda line, seen: answer(status, {"kind": "Status", "message": seen.headers["Authorization"]})(line, seen)


ECHOES: dict[str, tuple[Act, ...]] = {
    "in place of HTTP": (_says("{}", "", ""),),
    "as a status": (_says("HTTP/1.1 {} OK", "", ""),),
    "as a reason": (_says("HTTP/1.1 500 {}", "Content-Length: 0", "", ""),),
    "as a length": (_says("HTTP/1.1 200 OK", "Content-Length: {}", "", "{}"),),
    "as an encoding": (_says("HTTP/1.1 200 OK", "Content-Encoding: {}", "Transfer-Encoding: {}", "", "{}"),),
    "as a chunk": (_says("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "{}", ""),),
    "as gzip": (_says("HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Length: 5", "", "{}"),),
    "as no header": (_says("HTTP/1.1 200 OK", "{}", "Content-Length: 3", "", "{}"),),
    "as a redirection": (_says("HTTP/1.1 302 Found", "Location: https://{}/", "Content-Length: 0", "", ""),),
    "as when to come again": (_says("HTTP/1.1 429 Wait", "Retry-After: {}", "Content-Length: 0", "", ""),),
    **{f"in a Status of {status}": (_refuses(status),) for status in (401, 403, 404, 409, 410, 422, 500, 503)},
}


def _trouble(cluster: Cluster, *, is_mutation: bool) -> BaseException | None:
    try:
        _ = cluster.delete("/api/v1/nodes/a") if is_mutation else cluster.get("/api/v1/nodes/a")
    except kube.KubeError as error:
        return error
    return None


def _assert_silent(met: Faulty, trouble: BaseException | None, log: str) -> None:
    told = [shown(trouble), repr(getattr(trouble, "status", ""))] if trouble else []
    reprs = map(repr, (met.accesses, met.connection, met.cluster(), vars(met.cluster())))
    everything = "\n".join([*told, *reprs, log])
    assert [canary for canary in CANARIES if canary in everything] == []


@pytest.mark.parametrize("is_mutation", [False, True], ids=["read", "mutation"])
@pytest.mark.parametrize("script", [*(row.script for row in ROWS.values()), *ECHOES.values()], ids=[*ROWS, *ECHOES])
def test_a_fault_shows_no_secret(
    caplog: pytest.LogCaptureFixture, script: tuple[Act, ...], *, is_mutation: bool
) -> None:
    with caplog.at_level(logging.DEBUG), faulty(*script, access=USER) as met:
        trouble = _trouble(met.cluster(seconds=0.5), is_mutation=is_mutation)

        _assert_silent(met, trouble, caplog.text)


@pytest.mark.parametrize("name", ECHOES)
def test_an_echo_is_an_error_of_this_layer(name: str) -> None:
    with faulty(*ECHOES[name]) as met:
        assert isinstance(_trouble(met.cluster(seconds=0.5), is_mutation=True), kube.KubeError)


@pytest.mark.parametrize(
    "pair", [Forger().pair(LOOPBACK), AUTHORITY.pair("b.example"), AUTHORITY.pair(LOOPBACK, expired=True)]
)
def test_a_server_without_trust_shows_no_secret(caplog: pytest.LogCaptureFixture, pair: Pair) -> None:
    with caplog.at_level(logging.DEBUG), faulty(answer(200, {}), pair=pair, access=USER) as met:
        trouble = _trouble(met.cluster(seconds=0.5), is_mutation=True)

        assert isinstance(trouble, kube.ClusterUnreachableError)
        _assert_silent(met, trouble, caplog.text)


def test_the_canaries_would_be_found() -> None:
    with faulty(answer(200, {})) as met, pytest.raises(AssertionError):
        _assert_silent(met, kube.KubeError("", status={"message": Access(server="", ca="", token=TOKEN).token}), "")
