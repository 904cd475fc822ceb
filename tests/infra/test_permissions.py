"""What the stack may do. Over 120 lines because its allow-list stands in one place."""

import json
from typing import Any

import pytest

from tests.infra.template import ACCOUNT, REGION, Template, actions_of, is_mutating, listed

DESCRIBES = {
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeListeners",
}
WRITES = {"elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:AddTags"}
OWN = {"logs:CreateLogStream", "logs:PutLogEvents", "ssm:GetParameter"}
QUEUE = {f"sqs:{call}" for call in ("ReceiveMessage", "ChangeMessageVisibility", "GetQueueUrl", "DeleteMessage")}
QUEUE |= {"sqs:GetQueueAttributes"}
LIST = {"tag:GetResources"}
LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
# The proof that a cluster is the one meant; EC2 knows no resource for it.
PROOF = {"ec2:DescribeInstances"}
# Lambda's own network interfaces in a VPC: it makes them in the function's name, and wants them on all resources.
INTERFACES = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}
GROUPS = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/k8s-*/*"
OF_A_SERVICE = {
    "aws:ResourceTag/kubernetes.io/service-name": "false",
    "aws:ResourceTag/elbv2.k8s.aws/cluster": "true",
}


@pytest.mark.parametrize(
    ("function", "actions"),
    [
        ("on_event", OWN | DESCRIBES | WRITES | QUEUE),
        ("sweep", OWN | DESCRIBES | WRITES | LIST),
        ("plan", OWN | DESCRIBES | LIST),
        ("apply", OWN | DESCRIBES | WRITES | {"states:DescribeExecution"}),
    ],
)
def test_a_function_may_do_just_this(template: Template, function: str, actions: set[str]) -> None:
    assert actions_of(template.statements_of_function(function)) == actions


def test_there_are_no_other_functions(template: Template) -> None:
    assert template.functions().keys() == {"on_event", "sweep", "plan", "apply"}


def test_the_role_of_plan_cannot_change_anything(template: Template, with_clusters: Template) -> None:
    mutating, with_vpc = (
        {a for a in actions_of(t.statements_of_function("plan")) if is_mutating(a)} for t in (template, with_clusters)
    )

    assert mutating == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert with_vpc - INTERFACES == mutating


def test_no_action_is_a_wildcard(with_clusters: Template) -> None:
    assert not {a for a in actions_of(with_clusters.identity_statements()) if "*" in a}


def test_every_resource_is_named_but_for_these(template: Template, with_clusters: Template) -> None:
    unnamed, with_vpc = (
        actions_of(s for s in t.identity_statements() if "*" in listed(s["Resource"]))
        for t in (template, with_clusters)
    )

    assert unnamed == DESCRIBES | LIST | LOG_DELIVERY
    assert with_vpc == unnamed | PROOF | INTERFACES


@pytest.mark.parametrize("function", ["on_event", "sweep", "apply"])
@pytest.mark.parametrize(
    ("action", "conditions"),
    [
        ("elasticloadbalancing:ModifyTargetGroupAttributes", {"Null": OF_A_SERVICE}),
        (
            "elasticloadbalancing:AddTags",
            {
                "Null": OF_A_SERVICE,
                "ForAllValues:StringEquals": {"aws:TagKeys": ["pitcrew:attributes-applied"]},
            },
        ),
    ],
)
def test_a_write_is_bound_to_groups_of_services_by_name_and_tags(
    template: Template, function: str, action: str, conditions: dict[str, Any]
) -> None:
    (statement,) = (s for s in template.statements_of_function(function) if action in listed(s["Action"]))

    assert statement["Resource"] == GROUPS
    assert statement["Condition"] == conditions


def test_what_is_mutated_is_this_stacks_own_or_bound_by_tags(with_clusters: Template) -> None:
    own = with_clusters.body["Resources"].keys()
    for statement in with_clusters.identity_statements():
        actions = actions_of([statement])
        if not any(map(is_mutating, actions)) or actions <= LOG_DELIVERY or actions <= INTERFACES:
            continue
        for resource in listed(statement["Resource"]):
            is_own = any(logical_id in json.dumps(resource) for logical_id in own) or "Pitcrew" in str(resource)
            assert is_own or statement["Condition"]["Null"] == OF_A_SERVICE


def test_only_the_own_log_group_and_mode_are_reached(template: Template) -> None:
    statements = template.statements_of_function("plan")
    (logs,) = (s for s in statements if "logs:PutLogEvents" in listed(s["Action"]))
    (mode,) = (s for s in statements if "ssm:GetParameter" in listed(s["Action"]))

    assert logs["Resource"]["Fn::GetAtt"][0] in template.of_type("AWS::Logs::LogGroup")
    assert next(iter(template.of_type("AWS::SSM::Parameter"))) in json.dumps(mode["Resource"])


def test_apply_reads_executions_of_its_own_machine_alone(template: Template) -> None:
    (statement,) = (
        s for s in template.statements_of_function("apply") if "states:DescribeExecution" in listed(s["Action"])
    )

    assert statement["Resource"] == f"arn:aws:states:{REGION}:{ACCOUNT}:execution:Pitcrew-set-proxy-protocol:*"
