"""A schedule for each registered cluster, and the queue through which all of them reach one function."""

from collections.abc import Iterable
from datetime import timedelta

from aws_cdk import Duration, Stack
from aws_cdk.aws_scheduler import Schedule, ScheduleExpression, ScheduleTargetInput
from aws_cdk.aws_scheduler_targets import SqsSendMessage
from constructs import Construct

from infra.function_queue import FunctionQueue, visibility
from infra.python_function import PythonFunction
from infra.service_role import ServiceRole

_TRIES = 2
"""Each message is worth little: the next one asks for the same."""


class SweepPerCluster(FunctionQueue):
    """Schedule (one a cluster) → queue → function: *function* is given `{"cluster": "<name>"}` at a rate.

    A name with wildcards comes as it is written; who is given it may put one message a match into the same queue
    (`let_send`).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: PythonFunction,
        clusters: Iterable[str],
        every: timedelta,
    ) -> None:
        # What expires while it still is tried would never be a dead letter.
        time_for_all_tries = (_TRIES + 1) * visibility(function).to_seconds()
        retention = Duration.seconds(max(every // timedelta(seconds=1), time_for_all_tries))
        super().__init__(scope, construct_id, function, batch=1, tries=_TRIES, retention=retention)
        names = list(clusters)
        if not names:
            return
        group = Stack.of(self).format_arn(service="scheduler", resource="schedule-group", resource_name="default")
        role = ServiceRole(self, "Role", "scheduler.amazonaws.com", source_arn=group)
        for name in names:
            self._schedule(name, role, every=Duration.minutes(every // timedelta(minutes=1)))

    def let_send(self, function: PythonFunction) -> None:
        """Let *function* put messages of its own into the queue, whose URL is its variable SWEEP_QUEUE_URL."""
        function.allow(["sqs:SendMessage"], [self.queue.queue_arn])
        function.tell("SWEEP_QUEUE_URL", self.queue.queue_url)

    def _schedule(self, name: str, role: ServiceRole, *, every: Duration) -> None:
        target = SqsSendMessage(
            self.queue,
            input=ScheduleTargetInput.from_object({"cluster": name}),
            max_event_age=every,
            retry_attempts=0,
            role=role,  # which is let send
        )
        Schedule(
            self,
            f"Schedule-{name}",
            description=f"{self.node.path} of {name}",
            schedule=ScheduleExpression.rate(every),
            target=target,
        )
