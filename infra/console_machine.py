"""A state machine that an operator starts from the console."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import Acknowledgment, ArnFormat, CfnOutput, RemovalPolicy, Stack, Validations
from aws_cdk.aws_logs import LogGroup, RetentionDays
from aws_cdk.aws_stepfunctions import DefinitionBody, LogLevel, LogOptions, StateMachine
from constructs import Construct

from infra.console import console_url
from infra.python_function import PythonFunction
from infra.service_role import ServiceRole, acknowledge_wildcards

EXECUTIONS_OF_ONE_MACHINE = "They are named when they start."
"""Why a policy says `:*` after a machine's name."""

_LOG_DELIVERY = (
    "Step Functions' log delivery has no resource that could be named "
    "(https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy)."
)

_NO_TRACING = Acknowledgment(
    id="AwsSolutions::AwsSolutions-SF2",
    reason="The history of each execution is kept, and X-Ray would cost a permission on every resource.",
)


class ConsoleMachine(Construct):
    """The Standard state machine `<stack>-<file>`, which can call just the functions given.

    Its name is written, not made, so that the policies of its functions can name its executions: a reference to the
    machine would be a cycle to CloudFormation.
    """

    def __init__(
        self, scope: Construct, construct_id: str, definition: Path, functions: Mapping[str, PythonFunction]
    ) -> None:
        """Lay out the machine of the file `<name>.asl.json`; *functions* go by their placeholders in it."""
        super().__init__(scope, construct_id)
        self._name = definition.name.removesuffix(".asl.json")
        self.arn = machine_arn(self, self._name)
        self.executions_arn = executions_arn(self, self._name)
        functions_by_arn = {placeholder: function.function_arn for placeholder, function in functions.items()}
        machine = StateMachine(
            self,
            "Machine",
            definition_body=DefinitionBody.from_string(definition.read_text(encoding="utf-8")),
            definition_substitutions=functions_by_arn,
            logs=LogOptions(destination=self._log_group(), include_execution_data=False, level=LogLevel.ALL),
            role=self._role(list(functions_by_arn.values())),
            state_machine_name=_full_name(self, self._name),
        )
        Validations.of(machine).acknowledge(_NO_TRACING)
        CfnOutput(
            Stack.of(self),
            f"{construct_id}Console",
            value=console_url(self, "states", f"#/statemachines/view/{self.arn}"),
        )

    def _role(self, functions: list[str]) -> ServiceRole:
        role = ServiceRole(self, "Role", "states.amazonaws.com", source_arn=self.arn)
        role.allow(["lambda:InvokeFunction"], functions)
        acknowledge_wildcards(role, ["*"], _LOG_DELIVERY)
        return role

    def _log_group(self) -> LogGroup:
        return LogGroup(
            self,
            "Logs",
            # With this prefix the account's one policy for delivered logs does not grow over its limit
            # (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy).
            log_group_name=f"/aws/vendedlogs/states/{_full_name(self, self._name)}",
            retention=RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )


def let_read_executions(function: PythonFunction, name: str) -> None:
    """Let *function* read executions of the machine `<stack>-<name>`; a plan is the output of one."""
    executions = executions_arn(function, name)
    function.allow(["states:DescribeExecution"], [executions], because=EXECUTIONS_OF_ONE_MACHINE)


def let_start_executions(function: PythonFunction, name: str) -> None:
    """Let *function* start the machine `<stack>-<name>`, and see which of its executions run."""
    function.allow(["states:StartExecution", "states:ListExecutions"], [machine_arn(function, name)])


def machine_arn(scope: Construct, name: str) -> str:
    """Return the ARN of the machine `<stack>-<name>`, which need not exist yet."""
    return _arn(scope, "stateMachine", name)


def executions_arn(scope: Construct, name: str) -> str:
    """Return the ARN of all executions of the machine `<stack>-<name>`, which need not exist yet."""
    return f"{_arn(scope, 'execution', name)}:*"


def _arn(scope: Construct, resource: str, name: str) -> str:
    return Stack.of(scope).format_arn(
        service="states",
        resource=resource,
        resource_name=_full_name(scope, name),
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def _full_name(scope: Construct, name: str) -> str:
    return f"{Stack.of(scope).stack_name}-{name}"
