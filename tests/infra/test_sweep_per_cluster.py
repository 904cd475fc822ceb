"""A sweep of its own for each registered cluster, through one queue."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from aws_cdk import App, Stack, Validations
from cdk_nag import AwsSolutionsChecks

from infra.automation import Shared
from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.sweep_per_cluster import SweepPerCluster
from tests.infra.registrations import CLUSTERS
from tests.infra.scratch import LOOK, Scratch, deployed
from tests.infra.template import Template, actions_of


class Sweeping(Scratch):
    EVERY = timedelta(minutes=5)

    def __init__(self, scope: Stack, name: str, *, options: ProxyProtocolOptions, shared: Shared) -> None:
        super().__init__(scope, name, options=options, shared=shared)
        names = shared.clusters.clusters
        sweep = SweepPerCluster(self, "SweepPerCluster", function=self.look, clusters=names, every=self.EVERY)
        sweep.let_send(self.look)


class Rarely(Sweeping):
    EVERY = timedelta(days=1)


@pytest.fixture(scope="module")
def sweeping(new_app: Callable[..., App]) -> Template:
    app = new_app()
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    return deployed(Sweeping, app)


def queue_of(template: Template) -> tuple[str, dict[str, object]]:
    (found,) = ((key, queue) for key, queue in template.of_type("AWS::SQS::Queue").items() if "RedrivePolicy" in queue)
    return found


def test_each_cluster_has_a_schedule_that_sends_its_name_as_it_is_written(sweeping: Template) -> None:
    queue, _ = queue_of(sweeping)
    schedules = sweeping.of_type("AWS::Scheduler::Schedule").values()

    targets = [schedule["Target"] for schedule in schedules]

    assert [json.loads(target["Input"]) for target in targets] == [{"cluster": name} for name in CLUSTERS]
    assert {target["Arn"]["Fn::GetAtt"][0] for target in targets} == {queue}
    assert {schedule["ScheduleExpression"] for schedule in schedules} == {"rate(5 minutes)"}
    retries = [target["RetryPolicy"] for target in targets]
    assert retries == [{"MaximumEventAgeInSeconds": 300, "MaximumRetryAttempts": 0}] * len(CLUSTERS)


def test_the_schedules_may_send_to_the_queue_and_nothing_else(sweeping: Template) -> None:
    queue, _ = queue_of(sweeping)
    roles = {s["Target"]["RoleArn"]["Fn::GetAtt"][0] for s in sweeping.of_type("AWS::Scheduler::Schedule").values()}

    (role,) = roles
    (statement,) = sweeping.statements_of(role)

    assert actions_of([statement]) == {"sqs:SendMessage"}
    assert statement["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}
    trust = sweeping.of_type("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
    assert [one["Principal"] for one in trust] == [{"Service": "scheduler.amazonaws.com"}]


def test_a_message_is_tried_twice_and_kept_no_longer_than_that_takes(sweeping: Template) -> None:
    _, queue = queue_of(sweeping)
    poller = sweeping.the("AWS::Lambda::EventSourceMapping")

    assert queue["RedrivePolicy"]["maxReceiveCount"] == 2  # type: ignore[index] # JSON
    assert queue["VisibilityTimeout"] == 180
    assert queue["MessageRetentionPeriod"] == 540
    assert poller["BatchSize"] == 1
    assert poller["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert poller["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_a_message_is_kept_for_a_whole_period(new_app: Callable[..., App]) -> None:
    _, queue = queue_of(deployed(Rarely, new_app()))

    assert queue["MessageRetentionPeriod"] == 24 * 60 * 60


def test_the_function_may_send_one_message_a_match_of_a_pattern(sweeping: Template) -> None:
    queue, _ = queue_of(sweeping)
    granted = [s for s in sweeping.statements_of_function(LOOK) if "sqs:SendMessage" in actions_of([s])]

    assert [statement["Resource"] for statement in granted] == [{"Fn::GetAtt": [queue, "Arn"]}]
    assert sweeping.functions()[LOOK]["Environment"]["Variables"]["SWEEP_QUEUE_URL"] == {"Ref": queue}


def test_without_clusters_nothing_is_scheduled(new_app: Callable[..., App]) -> None:
    found = deployed(Sweeping, new_app(), {})

    assert found.of_type("AWS::Scheduler::Schedule") == {}


def test_cdk_nag_finds_nothing(sweeping: Template) -> None:
    reports = json.loads((sweeping.assembly / "validation-report.json").read_text())["pluginReports"]

    assert [report["violations"] for report in reports if report["pluginName"] == "AwsSolutions"] == [[]]
