"""The entry points as Lambda calls them: their wiring, with boto3's own clients against moto.

Over 120 lines because the account that all four entry points need is set up here.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.models import stepfunctions_backends

from functions.proxy_protocol import handler
from functions.proxy_protocol.decision.service_pattern import ServicePattern
from functions.proxy_protocol.settings import Settings
from functions.proxy_protocol.sweep import SweepIncompleteError
from pitcrew.plan import ModeOffError, PlanNotFoundError
from pitcrew.request import BadInputError
from tests.functions.fake_context import FakeContext
from tests.functions.proxy_protocol.cloud import MACHINE, MODE_PARAMETER
from tests.functions.proxy_protocol.event_bodies import tagged

ON, OFF = "true", "false"
SETTINGS = Settings(services=(ServicePattern.parse("prod/shop/web"),), reads_per_second=100, writes_per_second=100)
EVERYTHING = {"input": {}, "execution": {"id": f"{MACHINE}:plan-1", "name": "plan-1"}}


class Aws:
    """An account played by moto, and a function deployed there."""

    def __init__(self, context: FakeContext, clients: dict[str, Any]) -> None:
        self.context = context
        self._elbv2, self._states, self._ssm = clients["elbv2"], clients["stepfunctions"], clients["ssm"]
        ec2 = clients["ec2"]
        self._vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        self._subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:1]

    def set_mode(self, mode: str) -> None:
        self._ssm.put_parameter(Name=MODE_PARAMETER, Value=mode, Type="String", Overwrite=True)

    def add(self) -> str:
        """Add an attached group of shop/web in cluster prod, with the attribute that moto leaves out."""
        tags = {"kubernetes.io/service-name": "shop/web", "kubernetes.io/cluster/prod": "owned"}
        made = self._elbv2.create_target_group(
            Name="k8s-shop-web-0123456789",
            Protocol="TCP",
            Port=30080,
            VpcId=self._vpc,
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        born_with = [{"Key": "proxy_protocol_v2.enabled", "Value": OFF}]
        self._elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=born_with)
        balancer = self._elbv2.create_load_balancer(Name="a1", Subnets=self._subnets, Type="network")
        self._elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="TCP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
        )
        return arn

    def value(self, arn: str) -> str:
        attributes = self._elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        return next(str(one["Value"]) for one in attributes if one["Key"] == "proxy_protocol_v2.enabled")

    def execute(self, *, given: object, output: object) -> str:
        """Leave an execution behind as the state machine does, and return the ARN of a second one."""
        machine = self._states.create_state_machine(
            name="Pitcrew-set-proxy-protocol", definition="{}", roleArn="arn:aws:iam::123456789012:role/any"
        )["stateMachineArn"]
        arn = self._states.start_execution(stateMachineArn=machine, name="plan-1", input=json.dumps(given))
        (execution,) = stepfunctions_backends["123456789012"]["us-east-1"].state_machines[0].executions
        execution.status, execution.output, execution.stop_date = "SUCCEEDED", json.dumps(output), datetime.now(UTC)
        return str(arn["executionArn"]).replace("plan-1", "apply-1")


@pytest.fixture(scope="module")
def made_once() -> tuple[FakeContext, dict[str, Any]]:
    """Make the function and boto3's clients once: each client costs more than all the calls of a test."""
    with mock_aws():
        session = boto3.Session()
        clients = {name: session.client(name) for name in ("elbv2", "ec2", "ssm", "stepfunctions")}
    return FakeContext(seconds_left=900), clients


@pytest.fixture
def aws(made_once: tuple[FakeContext, dict[str, Any]]) -> Iterator[Aws]:
    with mock_aws(), pytest.MonkeyPatch.context() as environment:
        environment.setenv("MODE_PARAMETER", MODE_PARAMETER)
        for key, value in SETTINGS.to_env().items():
            environment.setenv(key, value)
        yield Aws(*made_once)


def _batch(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]}


def test_the_import_of_the_handler_needs_no_environment() -> None:
    script = "import functions.proxy_protocol.handler"
    path = [entry for entry in sys.path if entry]

    done = subprocess.run([sys.executable, "-c", script], env={"PYTHONPATH": ":".join(path)}, check=False)  # noqa: S603 (this interpreter)

    assert done.returncode == 0


def test_an_event_switches_a_group_on_and_its_poison_neighbour_fails_alone(aws: Aws) -> None:
    aws.set_mode("enforce")
    arn = aws.add()

    answer = handler.on_event(_batch(tagged(arn), "{"), aws.context)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert aws.value(arn) == ON


def test_an_event_in_mode_off_is_done_and_nothing_is_decided(aws: Aws, log_lines: list[dict[str, Any]]) -> None:
    aws.set_mode("off")
    arn = aws.add()

    answer = handler.on_event(_batch(tagged(arn), "{"), aws.context)

    assert answer == {"batchItemFailures": []}
    assert aws.value(arn) == OFF
    assert [line["message"] for line in log_lines] == ["mode is off: nothing is decided"]


@pytest.mark.parametrize("mode", ["observe", ""])
def test_an_event_in_mode_observe_or_without_one_changes_nothing(
    aws: Aws, metrics: Callable[[], list[dict[str, Any]]], mode: str
) -> None:
    if mode:
        aws.set_mode(mode)
    arn = aws.add()

    handler.on_event(_batch(tagged(arn)), aws.context)

    assert aws.value(arn) == OFF
    assert bool([one for one in metrics() if "ModeUnreadable" in one]) is not bool(mode)


def test_a_sweep_switches_a_group_on(aws: Aws) -> None:
    aws.set_mode("enforce")
    arn = aws.add()

    counts = handler.sweep({}, aws.context)

    assert counts == {"Enable": 1}
    assert aws.value(arn) == ON


def test_a_sweep_keeps_time_for_its_report(aws: Aws) -> None:
    aws.set_mode("enforce")
    arn = aws.add()
    hurried = FakeContext(seconds_left=handler.SPARE_SECONDS)

    with pytest.raises(SweepIncompleteError):
        handler.sweep({}, hurried)

    assert aws.value(arn) == OFF


def test_a_plan_changes_nothing_and_its_apply_switches_the_group_on(aws: Aws) -> None:
    aws.set_mode("observe")
    arn = aws.add()

    output = handler.plan(EVERYTHING, aws.context)

    assert (output["counts"], output["planId"], aws.value(arn)) == ({"Enable": 1}, "plan-1", OFF)
    execution = {"id": aws.execute(given={}, output=output), "name": "apply-1"}

    applied = handler.apply({"input": {"apply": "plan-1"}, "execution": execution}, aws.context)

    assert applied["counts"] == {"applied": 1}
    assert aws.value(arn) == ON


def test_an_apply_in_mode_off_is_refused(aws: Aws) -> None:
    aws.set_mode("off")
    output = {"planId": "plan-1", "table": []}
    execution = {"id": aws.execute(given={}, output=output), "name": "apply-1"}

    with pytest.raises(ModeOffError):
        handler.apply({"input": {"apply": "plan-1"}, "execution": execution}, aws.context)


@pytest.mark.parametrize("given", [[], {"dryRun": False}, {"target": ""}, None])
def test_a_bad_input_reaches_the_state_machine_under_its_name(aws: Aws, given: object) -> None:
    with pytest.raises(BadInputError):
        handler.plan({"input": given, "execution": {"name": "x"}}, aws.context)
    with pytest.raises(BadInputError):
        handler.apply({"input": given, "execution": {"id": "x", "name": "x"}}, aws.context)


@pytest.mark.parametrize("event", [{}, {"input": {}}, {"input": {}, "execution": None}, {"input": {}, "execution": {}}])
def test_a_call_by_hand_is_told_to_start_the_state_machine(aws: Aws, event: dict[str, Any]) -> None:
    for run in (handler.plan, handler.apply):
        with pytest.raises(BadInputError, match="state machine"):
            run(event, aws.context)


def test_an_unknown_plan_is_refused(aws: Aws) -> None:
    execution = {"id": aws.execute(given={}, output={}), "name": "apply-1"}

    with pytest.raises(PlanNotFoundError):
        handler.apply({"input": {"apply": "nobody"}, "execution": execution}, aws.context)


def test_the_output_of_each_run_is_json_as_lambda_writes_it(aws: Aws) -> None:
    aws.set_mode("enforce")
    aws.add()

    output = handler.plan(EVERYTHING, aws.context)

    assert json.loads(json.dumps(output)) == output
    assert json.loads(json.dumps(handler.sweep({}, aws.context))) == {"Enable": 1}
