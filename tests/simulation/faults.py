"""Every way in which a call can fail: as boto3 raises it, and as the layer `kube` does."""

from collections.abc import Callable, Iterator

import kube
from tests.functions.proxy_protocol.failures import Failure, read_timeout, refusal
from tests.simulation.calls import CrashError, Fault

NOT_FOUND = {
    "DescribeInstances": "InvalidInstanceID.NotFound",
    "DescribeVolumes": "InvalidVolume.NotFound",
    "DetachVolume": "InvalidVolume.NotFound",
    "GetParameter": "ParameterNotFound",
    "ListExecutions": "StateMachineDoesNotExist",
    "StartExecution": "StateMachineDoesNotExist",
    "Publish": "NotFound",
    "DescribeAutoScalingInstances": "ValidationError",
}
PAGED = {"DescribeInstances", "DescribeVolumes", "ListExecutions"}
WRITES = {"DetachVolume", "StartExecution", "Publish"}


def faults_of(call: str) -> Iterator[Fault]:
    """Yield what can happen to a call: to AWS in its words, to Kubernetes as `list pods`."""
    is_kubernetes = " " in call
    is_write = call in WRITES or call.split(maxsplit=1)[0] in {"patch", "post", "delete"}
    yield from _of_kubernetes(is_write=is_write) if is_kubernetes else _of_aws(call)
    if call in PAGED or call.startswith("list "):
        yield Fault("truncated page")
    yield Fault("crash before", lambda _: CrashError())
    if is_write:
        yield Fault("crash after", lambda _: CrashError(), is_after=True)
        yield Fault("timed out but applied", kube_lost if is_kubernetes else read_timeout, is_after=True)


def _of_aws(call: str) -> Iterator[Fault]:
    refusals = {
        "Throttling": refusal("Throttling"),
        "RequestLimitExceeded": refusal("RequestLimitExceeded"),
        "500": refusal("InternalError", status=500),
        "503": refusal("Unavailable", status=503),
        "timeout": read_timeout,
        "AccessDenied": refusal("UnauthorizedOperation", status=403),
        "not found": refusal(NOT_FOUND[call]),
    }
    yield from (Fault(name, fail) for name, fail in refusals.items())


def _of_kubernetes(*, is_write: bool) -> Iterator[Fault]:
    """Yield what `kube` makes of the answers: of a read, 429, 5xx and timeout are one error, and of a write two."""
    yield Fault("Throttling", _as(kube.ClusterUnreachableError))
    if is_write:
        yield Fault("500, 503 or timeout", kube_lost)
    yield Fault("AccessDenied", _as(kube.ForbiddenError))
    yield Fault("not found", _as(kube.NotFoundError))


def _as(error: Callable[[str], kube.KubeError]) -> Failure:
    return lambda call: error(f"{call} failed")


def kube_lost(call: str) -> kube.KubeError:
    return kube.OutcomeUnknownError(f"{call}: no answer came")
