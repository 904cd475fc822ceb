"""No rule hears what our own functions cause: every rule against every write of every function."""

from collections.abc import Mapping
from itertools import product

from tests.infra.event_pattern import matches, recorded, resolved
from tests.infra.template import Template, actions_of, is_mutating, role_of

OTHERS_ROLE = "arn:aws:iam::111122223333:role/cloud-controller-manager"


def test_no_write_of_ours_comes_back_as_an_event(template: Template, role_arns: Mapping[str, str]) -> None:
    rules = [resolved(rule["EventPattern"], role_arns) for rule in template.of_type("AWS::Events::Rule").values()]
    ours = {
        (*action.split(":"), role_of(function))
        for function in template.functions().values()
        for action in actions_of(template.statements_of(role_of(function)))
        if is_mutating(action)
    }

    loops = [
        (name, role)
        for rule, (service, name, role) in product(rules, ours)
        if matches(rule, recorded(service, name, role_arns[role]))
    ]

    heard_of_others = {
        name for rule, (service, name, _) in product(rules, ours) if matches(rule, recorded(service, name, OTHERS_ROLE))
    }
    assert heard_of_others >= {"AddTags"}
    assert loops == []
