"""The state machine of the proxy-protocol automation."""

from tests.infra.definitions import load, states_of, ways_into


def test_only_an_input_with_a_plan_reaches_the_function_that_may_change_anything() -> None:
    definition = load("set-proxy-protocol")
    applying = {name for name, state in states_of(definition) if state.get("Resource") == "${ApplyFunction}"}

    assert len(applying) == 1
    assert definition["StartAt"] not in applying
    assert ways_into(definition, applying) == [
        "{% $type($states.input.input) = 'object' and $exists($states.input.input.apply) %}"
    ]
