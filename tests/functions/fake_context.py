"""The context that Lambda hands to a function."""

from uuid import uuid4

from aws_lambda_powertools.utilities.typing import LambdaContext


class FakeContext(LambdaContext):
    """The context of one call; each function has a name of its own, so that no wiring is shared among tests."""

    def __init__(self, *, seconds_left: float = 90.0, partition: str = "aws", region: str = "us-east-1") -> None:
        name = f"test-{uuid4().hex[:8]}"
        self._function_name = name
        self._memory_limit_in_mb = 256
        self._invoked_function_arn = f"arn:{partition}:lambda:{region}:123456789012:function:{name}"
        self._aws_request_id = "0c2e7f5b-0000-4000-8000-000000000000"
        self._seconds_left = seconds_left

    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override] # static in the type hints, not in Lambda
        return int(self._seconds_left * 1000)
