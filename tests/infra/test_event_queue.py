"""Every queue of the stack, whoever takes from it; what is of one automation's is in its own tests."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.aws_events import EventPattern

from infra.automation import Shared
from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.event_queue import EventQueue
from tests.infra.scratch import Scratch, deployed
from tests.infra.template import Template

Resource = Mapping[str, Any]


@pytest.fixture(scope="module")
def fed(template: Template) -> list[tuple[Resource, Resource, Resource]]:
    """Each queue in front of a function, what polls it, and the function."""
    queues, functions = template.of_type("AWS::SQS::Queue"), template.of_type("AWS::Lambda::Function")
    return [
        (queues[poller["EventSourceArn"]["Fn::GetAtt"][0]], poller, functions[poller["FunctionName"]["Ref"]])
        for poller in template.of_type("AWS::Lambda::EventSourceMapping").values()
    ]


def test_a_queue_gives_each_batch_time_to_end_and_keeps_what_fails(
    template: Template, fed: list[tuple[Resource, Resource, Resource]]
) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    for queue, _, function in fed:
        kept = queues[queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]
        tries = queue["RedrivePolicy"]["maxReceiveCount"]

        assert queue["VisibilityTimeout"] == 6 * function["Timeout"]
        assert queue["MessageRetentionPeriod"] > tries * queue["VisibilityTimeout"]
        assert kept["MessageRetentionPeriod"] == 14 * 86400
    assert fed


def test_records_fail_alone_and_two_batches_run_at_once(fed: list[tuple[Resource, Resource, Resource]]) -> None:
    for _, poller, _ in fed:
        assert poller["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert poller["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_every_queue_is_encrypted_and_refuses_plain_connections(template: Template) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    refusing = [
        policy["Queues"]
        for policy in template.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    ]

    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())
    assert sorted(map(json.dumps, refusing)) == sorted(json.dumps([{"Ref": queue}]) for queue in queues)


def test_what_a_rule_cannot_deliver_is_kept(template: Template) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    targets = [target for rule in template.of_type("AWS::Events::Rule").values() for target in rule["Targets"]]

    assert targets
    for target in targets:
        kept, _ = target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"]
        assert queues[kept]["MessageRetentionPeriod"] == 14 * 86400


class Listening(Scratch):
    def __init__(self, scope: Stack, name: str, *, options: ProxyProtocolOptions, shared: Shared) -> None:
        super().__init__(scope, name, options=options, shared=shared)
        queue = EventQueue(self, "Events", "one", EventPattern(source=["aws.ec2"]), self.look)
        queue.match("Another", "another", EventPattern(source=["aws.health"]))


def test_events_of_a_further_rule_go_the_same_way(new_app: Callable[..., App]) -> None:
    rules = deployed(Listening, new_app()).of_type("AWS::Events::Rule").values()

    assert [rule["EventPattern"] for rule in rules] == [{"source": ["aws.ec2"]}, {"source": ["aws.health"]}]
    first, second = ([(target["Arn"], target["DeadLetterConfig"]) for target in rule["Targets"]] for rule in rules)
    assert first == second
