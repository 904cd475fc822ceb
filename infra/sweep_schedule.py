"""A schedule that starts a sweep."""

from datetime import timedelta

from aws_cdk import Duration, Stack
from aws_cdk.aws_scheduler import Schedule, ScheduleExpression
from aws_cdk.aws_scheduler_targets import LambdaInvoke
from constructs import Construct

from infra.python_function import PythonFunction
from infra.service_role import ServiceRole

_LONGEST_IN_LAMBDA = timedelta(hours=6)
"""https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html"""


class SweepSchedule(Construct):
    """Starts *function* at a rate. A sweep that fails is not tried again: the next one looks at everything anew.

    The Scheduler's call is asynchronous, so Lambda has a queue and retries of its own, which are bounded likewise.
    """

    def __init__(self, scope: Construct, construct_id: str, *, function: PythonFunction, every: timedelta) -> None:
        super().__init__(scope, construct_id)
        group = Stack.of(self).format_arn(service="scheduler", resource="schedule-group", resource_name="default")
        role = ServiceRole(self, "Role", "scheduler.amazonaws.com", source_arn=group)
        role.allow(["lambda:InvokeFunction"], [function.function_arn])
        Schedule(
            self,
            "Schedule",
            description=function.node.path,
            schedule=ScheduleExpression.rate(_duration(every)),
            target=LambdaInvoke(
                function,
                max_event_age=_duration(every),
                retry_attempts=0,
                role=role.without_policy_updates(),  # which would allow all versions of the function
            ),
        )
        function.configure_async_invoke(
            max_event_age=_duration(min(every, _LONGEST_IN_LAMBDA)),
            retry_attempts=0,
        )


def _duration(delta: timedelta) -> Duration:
    return Duration.minutes(delta // timedelta(minutes=1))
