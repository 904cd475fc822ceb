"""May a role that a service of AWS takes on do this? ministack asks for no one but the callers of its API."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

from ministack.core import iam_evaluator
from ministack.core.iam_actions import identity_denial_message
from ministack.core.responses import get_region
from ministack.services import iam


def role_refusal(role_arn: str, action: str, resource_arn: str, *, session: str) -> str | None:
    """Say, in AWS's words, why the role may not do *action*; None where it may.

    The role's policies, its boundary and the resource's own policy count; whom the role trusts is not looked at.
    """
    account, role = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    question = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        principal_type="AssumedRole",
        principal_account=account,
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        service_context={"aws:tagkeys": None},
    )
    limits = iam_evaluator._permissions_boundary(iam._roles, role, account)
    result = iam_evaluator.evaluate(question, iam_evaluator._gather_role_policies(role, account), *limits)
    if policy := iam_evaluator._resource_policy(resource_arn.split(":")[2], resource_arn):
        result = iam_evaluator.combine_resource_policy(result, question, *policy, limits=limits)
    if result.decision == "Allow":
        return None
    message: str = identity_denial_message(
        action, question.principal_arn, resource_arn, explicit_deny=result.decision == "Deny"
    )
    return message


def service_refusal(service: str, action: str, resource_arn: str, *, source_arn: str) -> str | None:
    """Say why the policy of a resource does not let in *service*, that acts for *source_arn*; None where it does.

    Where the resource does not exist, nothing is refused: that is another failure.
    """
    if not (policy := iam_evaluator._resource_policy(resource_arn.split(":")[2], resource_arn)):
        return None
    question = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource_arn,
        region=get_region(),
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": source_arn.split(":")[4]},
    )
    document, _owner = policy
    if iam_evaluator.evaluate_resource_policy(document, question, service).decision == "Allow":
        return None
    reason = f"because no resource-based policy allows the {action} action"
    return f"{service} is not authorized to perform: {action} on resource: {resource_arn} for {source_arn} {reason}"
