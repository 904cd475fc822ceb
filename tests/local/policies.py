"""What the deployed roles may do, as IAM says it; taken away for a while, or lent to a probe."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import boto3
from botocore.config import Config

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
        self._stage = stage
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

    @contextmanager
    def probe(self) -> Iterator["Probe"]:
        """Lend exactly these policies to a role that a test may take on."""
        name = f"probe-{self.name}"[:64]
        principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        trust = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}]}
        self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        for policy, document in self.documents.items():
            self._iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        try:
            yield Probe(self._stage, f"arn:aws:iam::{ACCOUNT}:role/{name}")
        finally:
            for policy in self.documents:
                self._iam.delete_role_policy(RoleName=name, PolicyName=policy)
            self._iam.delete_role(RoleName=name)


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
