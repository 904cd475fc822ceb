"""What the template grants is what the functions use, both ways: nothing is denied, and nothing granted is idle."""

import pytest

from tests.functions.proxy_protocol.recorded_calls import actions_by_entry_point
from tests.infra.template import Template, actions_of

BY_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents"}
"""Used by Lambda in the function's name: its log."""

BY_POLLER = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}
"""Used by the poller of the queue in the function's name."""


@pytest.mark.parametrize("function", ["on_event", "sweep", "plan", "apply"])
def test_a_function_is_granted_the_calls_that_it_makes_and_no_others(template: Template, function: str) -> None:
    granted = actions_of(template.statements_of_function(function)) - BY_LAMBDA
    if function == "on_event":
        granted -= BY_POLLER

    assert granted == actions_by_entry_point()[function]
