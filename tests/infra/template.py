"""A synthesised template, asked the way the tests ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import App, Stack

ACCOUNT = "111122223333"
REGION = "eu-west-1"

Statement = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """The template of one stack, and the cloud assembly that it lies in."""

    body: Mapping[str, Any]
    assembly: Path

    @classmethod
    def of(cls, app: App, stack: Stack) -> "Template":
        """Synthesise *app*."""
        assembly = app.synth()
        return cls(assembly.get_stack_by_name(stack.stack_name).template, Path(assembly.directory))

    def of_type(self, kind: str, automation: str = "") -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of a type, by logical id, or of one automation's."""
        begins = camel(automation)
        return {
            key: resource.get("Properties", {})
            for key, resource in self.body["Resources"].items()
            if resource["Type"] == kind and key.startswith(begins)
        }

    def the(self, kind: str, automation: str = "") -> dict[str, Any]:
        """Return the properties of the only resource of a type, in all or of one automation."""
        (properties,) = self.of_type(kind, automation).values()
        return properties

    def functions(self) -> dict[str, dict[str, Any]]:
        """Return the functions as `<automation>.<entry point>`."""
        return {_name_of(function): function for function in self.of_type("AWS::Lambda::Function").values()}

    def mode_of(self, function: str) -> str:
        """Return the logical id of the mode parameter of a function's automation."""
        (logical_id,) = self.of_type("AWS::SSM::Parameter", function.partition(".")[0])
        return logical_id

    def statements_of(self, role: str) -> list[Statement]:
        """Return what the policies of a role say, by its logical id."""
        policies = self.of_type("AWS::IAM::Policy").values()
        return [s for p in policies if {"Ref": role} in p["Roles"] for s in p["PolicyDocument"]["Statement"]]

    def statements_of_function(self, name: str) -> list[Statement]:
        """Return what a function may do."""
        return self.statements_of(role_of(self.functions()[name]))

    def identity_statements(self) -> list[Statement]:
        """Return all that any identity may do."""
        policies = [*self.of_type("AWS::IAM::Policy").values(), *self.of_type("AWS::IAM::ManagedPolicy").values()]
        return [s for p in policies for s in p["PolicyDocument"]["Statement"]]


def camel(name: str) -> str:
    """Return how the logical ids of an automation's resources begin."""
    return "".join(word.capitalize() for word in name.split("_"))


def _name_of(function: Mapping[str, Any]) -> str:
    _functions, automation, *_module, entry_point = function["Handler"].split(".")
    return f"{automation}.{entry_point}"


def role_of(function: Mapping[str, Any]) -> str:
    """Return the logical id of a function's role."""
    logical_id, _attribute = function["Role"]["Fn::GetAtt"]
    return str(logical_id)


def listed(value: str | list[Any] | Mapping[str, Any]) -> list[Any]:
    """Return one or many as many, as policies write them."""
    return value if isinstance(value, list) else [value]


def actions_of(statements: Iterable[Statement]) -> set[str]:
    """Return every action that *statements* allow."""
    return {action for s in statements if s["Effect"] == "Allow" for action in listed(s["Action"])}


def is_mutating(action: str) -> bool:
    """Whether an action changes anything outside."""
    return not action.partition(":")[2].startswith(("Decrypt", "Describe", "Get", "List"))
