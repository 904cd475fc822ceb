"""Each permission that carries an event is taken away: what fails is what fails on AWS, and it works again after."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from local.stage import Stage
from local.stories.proxy_protocol import MACHINE, SWEEP
from local.target_groups import DEAD_LETTERS, ON_EVENT, QUEUE
from tests.local.groups import PATIENCE_SECONDS, Groups
from tests.local.policies import Role
from tests.local.trail import drained, messages

pytestmark = pytest.mark.usefixtures("enforcing")

UNDELIVERED = "ProxyProtocolEventsUndelivered"
INVOKE = "lambda:InvokeFunction"
WRITE = "elasticloadbalancing:ModifyTargetGroupAttributes"


@pytest.fixture(scope="module", autouse=True)
def doomed(stage: Stage) -> Iterator[tuple[str, ExitStack]]:
    """An execution whose role may call no function until the stack is closed.

    It is started before the module's other tests, since its tries take long.
    """
    client = stage.cloud.client("stepfunctions")
    machine = stage.physical("ProxyProtocolSetProxyProtocolMachine")
    with ExitStack() as stripped:
        stripped.enter_context(Role(stage, "ProxyProtocolSetProxyProtocolRole").without(INVOKE))
        yield client.start_execution(stateMachineArn=machine, input="{}")["executionArn"], stripped


def test_messages_stay_in_the_queue_of_a_function_that_may_not_receive(stage: Stage, groups: Groups) -> None:
    client = stage.cloud.client("lambda")
    drained(stage)

    def polled() -> bool:
        (mapping,) = client.list_event_source_mappings(FunctionName=stage.physical(ON_EVENT))["EventSourceMappings"]
        return "PROBLEM" not in mapping["LastProcessingResult"]

    with Role(stage, f"{ON_EVENT}Role").without("sqs:ReceiveMessage"):
        stage.wait(lambda: not polled(), what="the poller to see that it may not receive")
        group = groups.new()
        stage.wait(lambda: messages(stage, QUEUE), what="a message in the queue")
        assert not groups.is_on(group)

    groups.wait_until_on(group)


def test_an_event_that_the_queue_does_not_let_in_is_undelivered(stage: Stage, groups: Groups) -> None:
    sqs, queue, undelivered = stage.cloud.client("sqs"), stage.physical(QUEUE), stage.physical(UNDELIVERED)
    policy = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])["Attributes"]
    try:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": ""})
        group = groups.new()
        stage.wait(lambda: messages(stage, UNDELIVERED), what="an event in the dead letters of the rule's target")
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=policy)
    letter = sqs.receive_message(QueueUrl=undelivered, MessageAttributeNames=["All"])["Messages"][0]
    sqs.purge_queue(QueueUrl=undelivered)

    assert letter["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    assert group in letter["Body"]
    assert not groups.is_on(group)
    groups.wait_until_on(groups.new())


def test_a_schedule_that_may_not_call_the_function_sweeps_nothing(stage: Stage, groups: Groups) -> None:
    schedule, group, before = stage.physical("ProxyProtocolSweepSchedule"), groups.new_unseen(), _sweeps(stage)
    role, log = Role(stage, "ProxyProtocolSweepScheduleRole"), stage.folder / "cloud.log"
    with role.without(INVOKE):
        stage.cloud.fire(schedule)
        *_, denial = (line for line in log.read_text(encoding="utf-8").splitlines() if role.name in line)

    assert f"not authorized to perform: {INVOKE}" in denial
    assert not groups.is_on(group)
    stage.cloud.fire(schedule)
    groups.wait_until_on(group)
    stage.wait(lambda: _sweeps(stage) > before, what="the sweep to report", seconds=PATIENCE_SECONDS)
    assert _sweeps(stage) == before + 1


def test_a_refused_write_is_a_verdict_and_no_dead_letter(stage: Stage, groups: Groups) -> None:
    before = stage.metric("AccessDenied")
    with Role(stage, f"{ON_EVENT}Role").without(WRITE):
        group = groups.new()
        proof = groups.proof(group)
        drained(stage)

    assert proof["verdict"] == "Refused"
    assert WRITE in proof["error"]
    assert not groups.is_on(group)
    assert messages(stage, DEAD_LETTERS) == 0
    assert stage.wait(lambda: stage.metric("AccessDenied") - before, what="the metric AccessDenied") > 0
    groups.wait_until_on(groups.new())


def test_an_execution_fails_whose_machine_may_not_call_the_function(
    stage: Stage, doomed: tuple[str, ExitStack]
) -> None:
    client, (arn, stripped) = stage.cloud.client("stepfunctions"), doomed

    def ended() -> dict[str, Any] | None:
        execution: dict[str, Any] = client.describe_execution(executionArn=arn)
        return None if execution["status"] == "RUNNING" else execution

    execution = stage.wait(ended, what="the execution to give up", seconds=PATIENCE_SECONDS)
    stripped.close()

    assert (execution["status"], execution["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert INVOKE in execution["cause"]
    assert stage.execute(MACHINE, {})["status"] == "SUCCEEDED"


def _sweeps(stage: Stage) -> int:
    return sum(line["message"] == "sweep done" for line in stage.log(SWEEP) if "message" in line)
