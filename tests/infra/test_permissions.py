"""What the stack may do, in all: the lists of each automation, and nothing else."""

import json

import pytest

from infra.automation import discover
from tests.infra.actions import INTERFACES, LOG, LOG_DELIVERY, PROOF
from tests.infra.allowed import ALLOWED, FUNCTIONS
from tests.infra.template import Template, actions_of, is_mutating, listed

READING = [f"{automation}.{name}" for automation, one in ALLOWED.items() for name in one.reading]
UNNAMED = set().union(*(one.unnamed for one in ALLOWED.values()))
BOUND_BY = [condition for one in ALLOWED.values() for condition in one.bound_by]


def test_every_automation_says_what_it_may_do() -> None:
    assert ALLOWED.keys() == discover().keys()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_just_this(template: Template, function: str) -> None:
    assert actions_of(template.statements_of_function(function)) == FUNCTIONS[function]


def test_there_are_no_other_functions(template: Template) -> None:
    assert template.functions().keys() == FUNCTIONS.keys()


@pytest.mark.parametrize("function", READING)
def test_the_role_of_a_function_that_only_reads_cannot_change_anything(
    template: Template, with_clusters: Template, function: str
) -> None:
    mutating, with_vpc = (
        {a for a in actions_of(t.statements_of_function(function)) if is_mutating(a)} for t in (template, with_clusters)
    )

    assert mutating == LOG
    assert with_vpc - INTERFACES == mutating


def test_no_action_is_a_wildcard(with_clusters: Template) -> None:
    assert not {a for a in actions_of(with_clusters.identity_statements()) if "*" in a}


def test_every_resource_is_named_but_for_these(template: Template, with_clusters: Template) -> None:
    unnamed, with_vpc = (
        actions_of(s for s in t.identity_statements() if "*" in listed(s["Resource"]))
        for t in (template, with_clusters)
    )

    assert unnamed == UNNAMED | LOG_DELIVERY
    assert with_vpc == unnamed | PROOF | INTERFACES


def test_what_is_mutated_is_this_stacks_own_or_bound_by_tags(with_clusters: Template) -> None:
    own = with_clusters.body["Resources"].keys()
    for statement in with_clusters.identity_statements():
        actions = actions_of([statement])
        if not any(map(is_mutating, actions)) or actions <= LOG_DELIVERY or actions <= INTERFACES:
            continue
        for resource in listed(statement["Resource"]):
            is_own = any(logical_id in json.dumps(resource) for logical_id in own) or "Pitcrew" in str(resource)
            assert is_own or statement["Condition"] in BOUND_BY


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_the_own_log_group_and_mode_are_reached(template: Template, function: str) -> None:
    statements = template.statements_of_function(function)
    (logs,) = (s for s in statements if "logs:PutLogEvents" in listed(s["Action"]))
    (mode,) = (s for s in statements if "ssm:GetParameter" in listed(s["Action"]))

    assert logs["Resource"]["Fn::GetAtt"][0] == template.functions()[function]["LoggingConfig"]["LogGroup"]["Ref"]
    assert template.mode_of(function) in json.dumps(mode["Resource"])
