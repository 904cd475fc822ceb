from tests.infra.template import Template, actions_of


def test_an_operator_may_run_and_read_the_machine_and_set_the_mode(template: Template) -> None:
    policy = template.the("AWS::IAM::ManagedPolicy")

    assert "ManagedPolicyName" not in policy
    assert actions_of(policy["PolicyDocument"]["Statement"]) == {
        "states:StartExecution",
        "states:StopExecution",
        "states:DescribeStateMachine",
        "states:ListExecutions",
        "states:DescribeExecution",
        "states:GetExecutionHistory",
        "ssm:GetParameter",
        "ssm:GetParameterHistory",
        "ssm:PutParameter",
    }


def test_every_service_that_assumes_a_role_does_so_for_this_account(template: Template) -> None:
    for role in template.of_type("AWS::IAM::Role").values():
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_every_service_that_reaches_a_resource_does_so_for_one_source(template: Template) -> None:
    for kind in ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        for policy in template.of_type(kind).values():
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Allow":
                    assert "aws:SourceArn" in statement["Condition"]["ArnEquals"]
    assert not template.of_type("AWS::Lambda::Permission")
