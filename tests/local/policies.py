"""What the deployed roles may do, as IAM says it; taken away for a while, or lent to a probe."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.environment import ACCOUNT, REGION
from local.stage import Stage

Client: TypeAlias = Any
"""A boto3 client: they are made at run time."""

Statement: TypeAlias = Mapping[str, Any]
Documents: TypeAlias = dict[str, dict[str, Any]]
"""Policy documents by the name of the policy."""


class Role:
    """A role of the deployed stack, by its logical id."""

    def __init__(self, stage: Stage, logical: str) -> None:
        self._iam = stage.cloud.client("iam")
        self.name = stage.physical(logical)
        self.arn: str = self._iam.get_role(RoleName=self.name)["Role"]["Arn"]

    @property
    def documents(self) -> Documents:
        """The policies of the role."""
        names = self._iam.list_role_policies(RoleName=self.name)["PolicyNames"]
        return {
            name: self._iam.get_role_policy(RoleName=self.name, PolicyName=name)["PolicyDocument"] for name in names
        }

    @property
    def statements(self) -> list[Statement]:
        """All that the role may do."""
        return [statement for document in self.documents.values() for statement in document["Statement"]]

    @contextmanager
    def without(self, action: str) -> Iterator[None]:
        """Take *action* away from the role, and give it back."""
        before = self.documents
        assert action in actions_of(self.statements), f"{self.name} may not {action} anyway"
        self._put({name: _without(document, action) for name, document in before.items()})
        try:
            yield
        finally:
            self._put(before)

    def _put(self, documents: Documents) -> None:
        for name, document in documents.items():
            if document["Statement"]:
                text = json.dumps(document)
                self._iam.put_role_policy(RoleName=self.name, PolicyName=name, PolicyDocument=text)
            else:  # IAM takes no policy without a statement
                self._iam.delete_role_policy(RoleName=self.name, PolicyName=name)


def operator_documents(stage: Stage) -> Documents:
    """Return the managed policy of those who run the stack's machines."""
    iam, arn = stage.cloud.client("iam"), stage.physical("OperationsOperator")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return {"operator": iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]}


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
        self._endpoint = stage.cloud.endpoint
        taken = stage.cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="probe")["Credentials"]
        self._keys = (taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"], REGION)

    def client(self, service: str) -> Client:
        """Return a client whose calls are the role's."""
        session: Any = boto3.Session(*self._keys)
        return session.client(service, endpoint_url=self._endpoint, config=Config(proxies={}))


def refusal(call: Callable[..., object], **arguments: object) -> str:
    """Return AWS's words for why a call is denied; a call that is not denied fails the test."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    assert error["Code"] in {"AccessDenied", "AccessDeniedException"}
    return error["Message"]


def actions_of(statements: Sequence[Statement]) -> set[str]:
    """Return every action that *statements* allow."""
    return {action for one in statements if one["Effect"] == "Allow" for action in _listed(one["Action"])}


def _without(document: Mapping[str, Any], action: str) -> dict[str, Any]:
    kept = [
        {**one, "Action": [other for other in _listed(one["Action"]) if other != action]}
        for one in document["Statement"]
    ]
    return {**document, "Statement": [one for one in kept if one["Action"]]}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
