"""What the fakes share: every call is checked against AWS's own model, recorded, and broken where a test says so."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape
from botocore.validate import validate_parameters

from tests.functions.proxy_protocol.failures import Failure

IAM_PREFIXES = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag", "stepfunctions": "states"}
"""Where IAM spells a service in another way than boto3."""


@dataclass(frozen=True)
class Call:
    """One call to AWS: boto3's name of the service, AWS's name of the operation."""

    service: str
    operation: str
    kwargs: Mapping[str, Any]

    @property
    def iam_action(self) -> str:
        return f"{IAM_PREFIXES.get(self.service, self.service)}:{self.operation}"

    @property
    def is_mutating(self) -> bool:
        return not self.operation.startswith(("Describe", "Get", "List"))


@dataclass
class _Fault:
    operation: str
    failure: Failure
    is_after: bool
    only: Callable[[Mapping[str, Any]], bool]
    times: float


@dataclass
class Calls:
    """The record of all calls, and the faults to come."""

    made: list[Call] = field(default_factory=list)
    _faults: list[_Fault] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def fail(
        self,
        operation: str,
        failure: Failure,
        *,
        after: bool = False,
        only: Callable[[Mapping[str, Any]], bool] = lambda _: True,
        times: float = float("inf"),
    ) -> None:
        """Let *operation* fail: before it does anything, or (*after*) when it is done and only the answer is lost."""
        self._faults.append(_Fault(operation, failure, after, only, times))

    def make(
        self, service: str, operation: str, kwargs: Mapping[str, Any], effect: Callable[..., dict[str, Any]]
    ) -> dict[str, Any]:
        """Check, record and do one call."""
        validate_parameters(kwargs, _input_shape(service, operation))
        with self._lock:
            self.made.append(Call(service, operation, kwargs))
            self._break(operation, kwargs, is_after=False)
            answer = effect(**kwargs)
            self._break(operation, kwargs, is_after=True)
            return {**answer, "ResponseMetadata": {"RequestId": f"request-{len(self.made)}"}}

    def _break(self, operation: str, kwargs: Mapping[str, Any], *, is_after: bool) -> None:
        for fault in self._faults:
            if (fault.operation, fault.is_after) == (operation, is_after) and fault.times > 0 and fault.only(kwargs):
                fault.times -= 1
                raise fault.failure(operation)

    def of(self, operation: str) -> list[Call]:
        return [call for call in self.made if call.operation == operation]

    def count(self, service: str) -> Counter[str]:
        return Counter(call.operation for call in self.made if call.service == service)

    @property
    def mutations(self) -> list[Call]:
        return [call for call in self.made if call.is_mutating]


@cache
def _input_shape(service: str, operation: str) -> Shape:
    shape = _model(service).operation_model(operation).input_shape
    assert shape, "each of these operations takes something"
    return shape


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)
