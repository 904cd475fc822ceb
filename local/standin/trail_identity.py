"""Who made a call, as CloudTrail's `userIdentity` says it (samples `elbv2-*.standin.json`)."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

from typing import Any

from ministack.core.iam_evaluator import CredentialResolutionError, resolve_credential
from ministack.services import iam


def user_identity(access_key_id: str, account: str) -> dict[str, Any]:
    """Name the holder of an access key; a role's session has a `sessionIssuer`, a user and the root have none."""
    holder = resolve_credential(access_key_id, account)
    if isinstance(holder, CredentialResolutionError):
        # AWS writes down calls with unknown keys too, without an identity that could be told.
        return {"type": "Unknown", "accessKeyId": access_key_id}
    identity = {"arn": holder.principal_arn, "accountId": holder.account_id}
    if holder.principal_type == "AssumedRole":
        return {"type": "AssumedRole", **identity, "sessionContext": {"sessionIssuer": _issuer(holder.principal_arn)}}
    if holder.principal_type == "User":
        return {"type": "IAMUser", **identity, "userName": holder.principal_name}
    return {"type": holder.principal_type, **identity}


def _issuer(session_arn: str) -> dict[str, str]:
    """Describe the role of `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; its ARN may have a path."""
    account, name = session_arn.split(":")[4], session_arn.split("/")[1]
    role = iam._roles.get_scoped(account, None, name) or {}
    return {"type": "Role", "userName": name, "arn": role.get("Arn", f"arn:aws:iam::{account}:role/{name}")}
