"""What the template grants is what the functions use, both ways: nothing is denied, and nothing granted is idle."""

import pytest

from tests.infra.actions import LOG, POLL
from tests.infra.allowed import ALLOWED, FUNCTIONS, WITH_CLUSTERS
from tests.infra.template import Template, actions_of


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_granted_the_calls_that_it_makes_and_no_others(template: Template, function: str) -> None:
    automation, _, entry_point = function.partition(".")

    granted = actions_of(template.statements_of_function(function)) | WITH_CLUSTERS[function]

    assert granted - LOG - POLL == ALLOWED[automation].used()[entry_point]
