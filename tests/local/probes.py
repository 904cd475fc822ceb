"""Callers that may do exactly what a deployed policy says."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import pytest
from botocore.exceptions import ClientError

from local.environment import ACCOUNT
from local.stage import Stage
from tests.local.policies import Documents

Client: TypeAlias = Any
"""A boto3 client: they are made at run time."""


@contextmanager
def probe(stage: Stage, documents: Documents) -> Iterator["Probe"]:
    """Lend exactly these policies to a role that a test may take on."""
    iam, name = stage.cloud.client("iam"), f"probe-{uuid.uuid4().hex[:12]}"
    principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    for policy, document in documents.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    try:
        yield Probe(stage, f"arn:aws:iam::{ACCOUNT}:role/{name}")
    finally:
        for policy in documents:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        iam.delete_role(RoleName=name)


class Probe:
    """A caller that has taken on a role."""

    def __init__(self, stage: Stage, role: str) -> None:
        self._cloud = stage.cloud
        self._keys = stage.cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")["Credentials"]

    def client(self, service: str) -> Client:
        """Return a client whose calls are the role's."""
        return self._cloud.client_as(service, self._keys)


def refusal(call: Callable[..., object], **arguments: object) -> str:
    """Return AWS's words for why a call is denied; a call that is not denied fails the test."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    assert error["Code"] in {"AccessDenied", "AccessDeniedException", "AuthorizationError"}  # SNS says the last
    return error["Message"]
