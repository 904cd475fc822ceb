"""What each answer of an API server becomes."""

import json

import pytest

from kube import errors
from kube.answers import read
from kube.exchange import Reply, Request
from tests.layers.kubernetes.kubeconfigs import TOKEN, leaked, shown

GET = Request(method="GET", path="/api/v1/nodes/one")
DELETE = Request(method="DELETE", path="/api/v1/nodes/one")
SECRET = TOKEN["token"]
REVIEW = Request(method="POST", path="/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", is_question=True)


def _status(code: int, message: str = "said so") -> Reply:
    body = {"kind": "Status", "code": code, "message": message, "reason": "Because"}
    return Reply(code, {}, json.dumps(body).encode())


@pytest.mark.parametrize("code", [200, 201, 202])
def test_success_is_the_object(code: int) -> None:
    assert read(GET, Reply(code, {}, b'{"kind": "Node"}'), secret="") == {"kind": "Node"}


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (401, errors.UnauthorizedError),
        (403, errors.ForbiddenError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (410, errors.ListExpiredError),
        (429, errors.ConflictError),
        (400, errors.InvalidError),
        (405, errors.InvalidError),
        (415, errors.InvalidError),
        (422, errors.InvalidError),
        (500, errors.ClusterUnreachableError),
        (302, errors.ClusterUnreachableError),
    ],
)
def test_a_refusal_is_an_error_with_its_status(code: int, kind: type[errors.KubeError]) -> None:
    with pytest.raises(errors.KubeError, match="GET /api/v1/nodes/one: said so") as problem:
        read(GET, _status(code), secret="")

    assert type(problem.value) is kind
    assert problem.value.status == json.loads(_status(code).body)


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (GET, errors.ClusterUnreachableError),
        (REVIEW, errors.ClusterUnreachableError),
        (DELETE, errors.OutcomeUnknownError),
    ],
)
@pytest.mark.parametrize(("code", "body"), [(200, b"<html>"), (200, b"[]"), (200, b""), (204, b""), (502, b"<html>")])
def test_no_word_of_an_api_server_leaves_the_outcome_of_a_mutation_unknown(
    request_: Request, kind: type[errors.KubeError], code: int, body: bytes
) -> None:
    with pytest.raises(errors.KubeError, match=f"the answer was HTTP {code}") as problem:
        read(request_, Reply(code, {}, body), secret="")

    assert (type(problem.value), problem.value.status) == (kind, None)


@pytest.mark.parametrize("body", [b"<html>no</html>", b'{"message": "no"}', b'"Status"', b"[" * 100_000, b"\xff\xfe"])
def test_a_refusal_by_somebody_else_is_known_by_its_number(body: bytes) -> None:
    with pytest.raises(errors.ForbiddenError, match="the answer was HTTP 403") as problem:
        read(GET, Reply(403, {}, body), secret="")

    assert problem.value.status is None


@pytest.mark.parametrize("code", [401, 403, 422, 500])
def test_a_token_that_comes_back_is_cut_out(code: int) -> None:
    with pytest.raises(errors.KubeError, match="who is Bearer") as problem:
        read(GET, _status(code, f"who is Bearer {SECRET}?"), secret=SECRET)

    assert leaked(shown(problem.value)) == []


def test_an_object_is_not_tampered_with() -> None:
    assert read(GET, Reply(200, {}, b'{"a": "kind"}'), secret="kind") == {"a": "kind"}


def test_a_long_speech_is_cut() -> None:
    with pytest.raises(errors.ForbiddenError) as problem:
        read(GET, _status(403, "x" * 10_000), secret="")

    assert len(str(problem.value)) < 1100


def test_a_request_and_a_reply_do_not_show_their_bodies() -> None:
    exchange = Request(method="POST", path="/api", body=SECRET.encode()), Reply(200, {}, SECRET.encode())

    assert leaked(f"{exchange} {exchange[0]} {exchange[1]}") == []
