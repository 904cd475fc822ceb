"""Each mutating action that any deployed policy grants is denied on a resource that it does not name."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from local.environment import ACCOUNT, REGION
from local.stage import Stage
from local.target_groups import DEAD_LETTERS, ON_EVENT
from tests.local.policies import Documents, Role, Statement, actions_of, operator_documents, roles
from tests.local.probes import probe, refusal

OF_PROXY_PROTOCOL = (
    *(f"ProxyProtocol{name}Role" for name in ("OnEvent", "Sweep", "Plan", "Apply")),
    "ProxyProtocolSetProxyProtocolRole",
    "ProxyProtocolSweepScheduleRole",
)
GROUPS = {"elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:AddTags"}
"""Bound by tags, as test_denied.py tries; what another automation binds so, its own tests try."""

OFFERED = {"sns:Publish", "sqs:SendMessage"}
"""Granted where an automation asks for it."""

NO_RESOURCE = {
    f"logs:{verb}" for verb in ("PutResourcePolicy", *(f"{v}LogDelivery" for v in ("Create", "Update", "Delete")))
}
"""AWS knows no resource for them: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""

READS = ("Describe", "Get", "List")
MACHINES = f"arn:aws:states:{REGION}:{ACCOUNT}"
Arguments: TypeAlias = Callable[[Stage], dict[str, Any]]


def _letter(stage: Stage) -> dict[str, Any]:
    return {"QueueUrl": stage.physical(DEAD_LETTERS), "ReceiptHandle": "x"}


def _log(stage: Stage) -> dict[str, Any]:
    """Name the state machine's log group, in which no function writes."""
    return {"logGroupName": stage.physical("ProxyProtocolSetProxyProtocolLogs"), "logStreamName": "x"}


ELSEWHERE: dict[str, tuple[str, Arguments]] = {
    "lambda:InvokeFunction": ("invoke", lambda stage: {"FunctionName": stage.physical(ON_EVENT)}),
    "logs:CreateLogStream": ("create_log_stream", _log),
    "logs:PutLogEvents": (
        "put_log_events",
        lambda stage: {**_log(stage), "logEvents": [{"timestamp": 0, "message": "x"}]},
    ),
    "sqs:ChangeMessageVisibility": (
        "change_message_visibility",
        lambda stage: {**_letter(stage), "VisibilityTimeout": 0},
    ),
    "sqs:DeleteMessage": ("delete_message", _letter),
    "sns:Publish": ("publish", lambda _: {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:elsewhere", "Message": "x"}),
    "sqs:SendMessage": ("send_message", lambda stage: {"QueueUrl": stage.physical(DEAD_LETTERS), "MessageBody": "x"}),
    "sqs:ReceiveMessage": ("receive_message", lambda stage: {"QueueUrl": stage.physical(DEAD_LETTERS)}),
    "ssm:PutParameter": ("put_parameter", lambda _: {"Name": "/elsewhere/mode", "Value": "off", "Overwrite": True}),
    "states:StartExecution": ("start_execution", lambda _: {"stateMachineArn": f"{MACHINES}:stateMachine:elsewhere"}),
    "states:StopExecution": ("stop_execution", lambda _: {"executionArn": f"{MACHINES}:execution:elsewhere:x"}),
}
"""By action: the call, and arguments that name something else than the policy does."""


def test_each_mutating_action_is_in_the_table_or_bound_by_tags(stage: Stage) -> None:
    granted = [statement for documents in _held(stage).values() for statement in _statements(documents)]

    bound = actions_of([one for one in granted if "aws:ResourceTag/" in json.dumps(one.get("Condition"))])
    mutating = {action for action in actions_of(granted) if not action.partition(":")[2].startswith(READS)}

    assert mutating - bound <= NO_RESOURCE | ELSEWHERE.keys()
    assert bound >= GROUPS
    assert mutating >= ELSEWHERE.keys() - OFFERED


def test_the_stack_has_no_role_that_is_not_looked_at(stage: Stage) -> None:
    names = {role["RoleName"] for role in stage.cloud.client("iam").list_roles()["Roles"]}

    looked_at = {stage.physical(role) for role in roles(stage)}

    assert {name for name in names if name.startswith(stage.stack)} == looked_at
    assert {stage.physical(role) for role in OF_PROXY_PROTOCOL} <= looked_at


@pytest.mark.parametrize("action", ELSEWHERE)
def test_an_action_is_denied_on_a_resource_that_is_not_named(stage: Stage, action: str) -> None:
    call, arguments = ELSEWHERE[action]
    holders = {holder: documents for holder, documents in _held(stage).items() if action in _actions(documents)}

    assert holders or action in OFFERED
    for documents in holders.values():
        with probe(stage, documents) as caller:
            assert action in refusal(getattr(caller.client(_service(action)), call), **arguments(stage))


def _held(stage: Stage) -> dict[str, Documents]:
    """Return all policies of the stack, by who holds them."""
    return {role: Role(stage, role).documents for role in roles(stage)} | {"operator": operator_documents(stage)}


def _actions(documents: Documents) -> set[str]:
    return actions_of(_statements(documents))


def _statements(documents: Documents) -> list[Statement]:
    return [statement for document in documents.values() for statement in document["Statement"]]


def _service(action: str) -> str:
    prefix = action.partition(":")[0]
    return "stepfunctions" if prefix == "states" else prefix
