"""Variables of a state machine on the stand-in: when they get their values, and where.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

import json

from .aws import Client
from .machines import NewMachine, States, end_of, start


def test_variables_of_one_state_are_assigned_at_once(machines: Client, machine: NewMachine) -> None:
    states: States = {
        "Begin": {"Type": "Pass", "Assign": {"x": 3, "a": 6}, "Next": "Swap"},
        "Swap": {"Type": "Pass", "Assign": {"x": "{% $a %}", "next": "{% $x %}"}, "Next": "End"},
        "End": {"Type": "Succeed", "Output": {"x": "{% $x %}", "next": "{% $next %}"}},
    }
    ended = end_of(machines, start(machines, machine(states)))
    assert json.loads(ended["output"]) == {"x": 6, "next": 3}


def test_an_iteration_cannot_assign_a_variable_from_around_it(machines: Client, machine: NewMachine) -> None:
    inner = {"StartAt": "Set", "States": {"Set": {"Type": "Pass", "Assign": {"x": 2}, "End": True}}}
    states: States = {
        "Begin": {"Type": "Pass", "Assign": {"x": 1}, "Next": "Each"},
        "Each": {"Type": "Map", "Items": [1], "ItemProcessor": inner, "End": True},
    }
    assert end_of(machines, start(machines, machine(states)))["status"] == "FAILED"


def test_a_choice_hands_on_its_own_output_where_no_rule_matches(machines: Client, machine: NewMachine) -> None:
    own = {"Output": {"said": "{% $x %}"}, "Assign": {"x": 2}}
    never = {"Condition": "{% $x = 7 %}", "Next": "End"}
    states: States = {
        "Begin": {"Type": "Pass", "Assign": {"x": 1}, "Next": "Choose"},
        "Choose": {"Type": "Choice", "Choices": [never], "Default": "End", **own},
        "End": {"Type": "Succeed", "Output": {"said": "{% $states.input.said %}", "x": "{% $x %}"}},
    }
    ended = end_of(machines, start(machines, machine(states)))
    assert json.loads(ended["output"]) == {"said": 1, "x": 2}
