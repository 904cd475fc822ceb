"""An EventBridge rule whose events reach a function through a queue."""

from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk.aws_events import EventPattern, Rule
from aws_cdk.aws_events_targets import SqsQueue
from constructs import Construct

from infra.function_queue import FunctionQueue
from infra.python_function import PythonFunction

_TRIES = 5

_BATCH = 10

_IS_A_DEAD_LETTER_QUEUE = Acknowledgment(
    id="AwsSolutions::AwsSolutions-SQS3",
    reason="It is the dead-letter queue of a rule's target; cdk-nag knows those of queues only.",
)


class EventQueue(FunctionQueue):
    """Rule on the default bus → queue → function; what fails is kept in one of two dead-letter queues.

    From EventBridge straight to Lambda would be asynchronous: a rule's dead-letter queue never sees a function's
    errors. With a queue each poison record is isolated, and the backlog can be seen.
    """

    def __init__(
        self, scope: Construct, construct_id: str, description: str, pattern: EventPattern, function: PythonFunction
    ) -> None:
        super().__init__(scope, construct_id, function, batch=_BATCH, tries=_TRIES, retention=Duration.days(4))
        self.undelivered = self._dead_letter_queue("Undelivered")
        Validations.of(self.undelivered).acknowledge(_IS_A_DEAD_LETTER_QUEUE)
        self.match("Rule", description, pattern)

    def match(self, construct_id: str, description: str, pattern: EventPattern) -> None:
        """Add a rule whose events go the same way."""
        target = SqsQueue(self.queue, dead_letter_queue=self.undelivered)
        Rule(self, construct_id, description=description, event_pattern=pattern, targets=[target])
