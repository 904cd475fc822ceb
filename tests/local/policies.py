"""What the deployed roles may do, as IAM says it; a test may take some of it away for a while."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from local.stage import Stage

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


def roles(stage: Stage) -> list[str]:
    """Return the logical ids of all roles of the stack."""
    names = {role["RoleName"] for role in stage.cloud.client("iam").list_roles()["Roles"]}
    return sorted(logical[:-8] for logical, physical in stage.resources.items() if physical in names)


def operator_documents(stage: Stage) -> Documents:
    """Return the managed policy of those who run the stack's machines."""
    iam, arn = stage.cloud.client("iam"), stage.physical("OperationsOperator")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return {"operator": iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]}


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
