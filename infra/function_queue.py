"""A queue in front of a function."""

from aws_cdk import Duration
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from aws_cdk.aws_sqs import DeadLetterQueue, Queue, QueueEncryption
from constructs import Construct

from infra.python_function import PythonFunction

_CONCURRENCY = 2
"""The account's API buckets are shared with the clusters' own controllers."""

_VISIBILITY_IN_TIME_LIMITS = 6
"""https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""


class FunctionQueue(Construct):
    """Queue → function; a record that fails *tries* times, alone, is kept among the dead letters."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        function: PythonFunction,
        *,
        batch: int,
        tries: int,
        retention: Duration,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = self._dead_letter_queue("DeadLetters")
        self.queue = Queue(
            self,
            "Queue",
            dead_letter_queue=DeadLetterQueue(max_receive_count=tries, queue=self.dead_letters),
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=retention,
            visibility_timeout=visibility(function),
        )
        source = SqsEventSource(
            self.queue, batch_size=batch, max_concurrency=_CONCURRENCY, report_batch_item_failures=True
        )
        function.add_event_source(source)

    def _dead_letter_queue(self, construct_id: str) -> Queue:
        return Queue(
            self,
            construct_id,
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),  # the longest: a person has to come by
        )


def visibility(function: PythonFunction) -> Duration:
    """Return how long a record that *function* has taken is hidden from its next try."""
    return Duration.seconds(_VISIBILITY_IN_TIME_LIMITS * function.time_limit.to_seconds())
