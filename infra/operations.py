"""What operators of all automations share: the topic, and the policy of those who run the machines."""

from collections.abc import Iterable

from aws_cdk import Stack
from aws_cdk.aws_iam import ManagedPolicy, PolicyStatement
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from aws_cdk.aws_ssm import StringParameter
from constructs import Construct

from infra.console_machine import EXECUTIONS_OF_ONE_MACHINE, ConsoleMachine
from infra.notify import EmailAddress
from infra.python_function import PythonFunction
from infra.service_role import acknowledge_wildcards


class Operations(Construct):
    """The topic of notifications and alarms, and the managed policy *Operator*."""

    def __init__(self, scope: Construct, construct_id: str, *, notify: Iterable[EmailAddress] = ()) -> None:
        super().__init__(scope, construct_id)
        # Without a KMS key: an alarm cannot publish to a topic under the managed key alias/aws/sns
        # (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).
        self.topic = Topic(self, "Topic", enforce_ssl=True)
        for address in dict.fromkeys(notify):  # each once, however often it is written
            self.topic.add_subscription(EmailSubscription(address.text))
        self._operator = ManagedPolicy(
            self,
            "Operator",
            description=f"Start and read the state machines of {Stack.of(self).stack_name}, and set its modes",
        )

    def let_operators_run(self, machine: ConsoleMachine) -> None:
        """Let operators start the machine, and read and stop its executions."""
        self._allow(["states:StartExecution", "states:DescribeStateMachine", "states:ListExecutions"], machine.arn)
        self._allow(
            ["states:DescribeExecution", "states:GetExecutionHistory", "states:StopExecution"],
            machine.executions_arn,
        )
        acknowledge_wildcards(self._operator, [machine.executions_arn], EXECUTIONS_OF_ONE_MACHINE)

    def let_operators_set(self, mode: StringParameter) -> None:
        """Let operators read and set a mode parameter."""
        self._allow(["ssm:GetParameter", "ssm:GetParameterHistory", "ssm:PutParameter"], mode.parameter_arn)

    def let_publish(self, function: PythonFunction) -> None:
        """Let *function* publish to the topic, whose ARN is its variable TOPIC_ARN."""
        function.allow(["sns:Publish"], [self.topic.topic_arn])
        function.tell("TOPIC_ARN", self.topic.topic_arn)

    def _allow(self, actions: list[str], resource: str) -> None:
        self._operator.add_statements(PolicyStatement(actions=actions, resources=[resource]))
