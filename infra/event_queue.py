"""An EventBridge rule whose events reach a function through a queue."""

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from aws_cdk.aws_sqs import DeadLetterQueue, Queue, QueueEncryption
from constructs import Construct

from infra.python_function import PythonFunction

_TRIES = 5

_BATCH = 10

_CONCURRENCY = 2
"""The account's API buckets are shared with the clusters' own controllers."""

_VISIBILITY_IN_TIME_LIMITS = 6
"""https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""

_IS_A_DEAD_LETTER_QUEUE = Acknowledgment(
    id="AwsSolutions::AwsSolutions-SQS3",
    reason="It is the dead-letter queue of a rule's target; cdk-nag knows those of queues only.",
)


class EventQueue(Construct):
    """Rule on the default bus → queue → function; what fails is kept in one of two dead-letter queues.

    From EventBridge straight to Lambda would be asynchronous: a rule's dead-letter queue never sees a function's
    errors. With a queue each poison record is isolated, and the backlog can be seen.
    """

    def __init__(
        self, scope: Construct, construct_id: str, description: str, pattern: EventPattern, function: PythonFunction
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letters = self._dead_letter_queue("DeadLetters")
        self.undelivered = self._dead_letter_queue("Undelivered")
        Validations.of(self.undelivered).acknowledge(_IS_A_DEAD_LETTER_QUEUE)
        self.queue = Queue(
            self,
            "Queue",
            dead_letter_queue=DeadLetterQueue(max_receive_count=_TRIES, queue=self.dead_letters),
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(4),
            visibility_timeout=Duration.seconds(_VISIBILITY_IN_TIME_LIMITS * function.time_limit.to_seconds()),
        )
        target = SqsQueue(self.queue, dead_letter_queue=self.undelivered)
        Rule(self, "Rule", description=description, event_pattern=pattern, targets=[target])
        source = SqsEventSource(
            self.queue, batch_size=_BATCH, max_concurrency=_CONCURRENCY, report_batch_item_failures=True
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
