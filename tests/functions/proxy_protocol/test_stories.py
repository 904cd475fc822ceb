"""What ends the same whatever happens twice, in another order, or too late.

Over 120 lines because the accounts and the runs are shared by all its properties.
"""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.proxy_protocol.decision import Policy
from tests.functions.proxy_protocol.account import Account
from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import body, created, listener_created, listener_modified, tagged
from tests.functions.proxy_protocol.facts import ASKED
from tests.functions.proxy_protocol.strategies import ATTRIBUTES, CHECKS, POLICIES, PROTOCOLS, TAGS

STATES = st.sampled_from([(), ("healthy",), ("draining",), ("initial", "unused"), ("unhealthy", "healthy")])
GROUPS = st.fixed_dictionaries(
    {
        "tags": TAGS,
        "protocol": PROTOCOLS,
        "check": CHECKS,
        "attributes": ATTRIBUTES.filter(lambda attributes: "proxy_protocol_v2.enabled" in attributes),
        "states": STATES,
        "is_attached": st.booleans(),
    }
)
ACCOUNTS = st.lists(GROUPS, min_size=1, max_size=4)


def _cloud(groups: list[dict[str, object]], configured: Policy) -> Cloud:
    cloud = Cloud(configured)
    for group in groups:
        cloud.account.add(service=None, cluster=None, **group)  # type: ignore[arg-type] # drawn keyword arguments
    return cloud


def _events(cloud: Cloud) -> list[str]:
    return [
        one
        for arn, group in cloud.account.groups.items()
        for one in (created(group), tagged(arn), listener_created(arn), listener_modified(arn))
    ]


def _by_event(cloud: Cloud) -> None:
    assert cloud.on_event(*_events(cloud)) == []


def _by_sweep(cloud: Cloud) -> None:
    cloud.sweep()


def _by_operator(cloud: Cloud) -> None:
    cloud.plan()
    cloud.apply()


def _by_an_operator_who_names_each_group(cloud: Cloud) -> None:
    for arn in list(cloud.account.groups):
        cloud.plan({"target": arn})
        cloud.apply()


Run = Callable[[Cloud], None]
RUNS: list[Run] = [_by_event, _by_sweep, _by_operator, _by_an_operator_who_names_each_group]


@settings(max_examples=150)
@given(groups=ACCOUNTS, configured=POLICIES, run=st.sampled_from(RUNS))
def test_a_run_after_the_same_run_changes_nothing(
    groups: list[dict[str, object]], configured: Policy, run: Run
) -> None:
    cloud = _cloud(groups, configured)
    run(cloud)
    state, written = cloud.account.state, len(cloud.calls.mutations)

    run(cloud)

    assert (cloud.account.state, len(cloud.calls.mutations)) == (state, written)


@settings(max_examples=150)
@given(groups=ACCOUNTS, configured=POLICIES, data=st.data())
def test_any_order_and_any_duplication_of_events_ends_in_the_same_state(
    groups: list[dict[str, object]], configured: Policy, data: st.DataObject
) -> None:
    straight, shuffled = _cloud(groups, configured), _cloud(groups, configured)
    events = _events(straight)
    twice = data.draw(st.lists(st.sampled_from(events), max_size=6))
    order = data.draw(st.permutations(events + twice))
    batches = data.draw(st.integers(1, 10))

    straight.on_event(*events)
    for start in range(0, len(order), batches):
        assert shuffled.on_event(*order[start : start + batches]) == []

    assert shuffled.account.state == straight.account.state


@settings(max_examples=100)
@given(groups=ACCOUNTS, configured=POLICIES)
def test_nothing_but_the_one_attribute_and_our_one_tag_is_ever_written(
    groups: list[dict[str, object]], configured: Policy
) -> None:
    cloud = _cloud(groups, configured)

    for run in RUNS:
        run(cloud)

    for call in cloud.calls.mutations:
        written = call.kwargs.get("Attributes") or call.kwargs["Tags"]
        assert [one["Key"] for one in written] in (["proxy_protocol_v2.enabled"], ["pitcrew:attributes-applied"])
        assert call.operation == "AddTags" or written[0]["Value"] == "true"


# One story with everything in it: a Service with two ports is made, opted in, re-created, and taken away.


def _story(account: Account) -> tuple[list[str], set[str]]:
    """Return the events, and the groups that are to be on in the end."""
    http = account.add(tags=dict(ASKED))
    https = account.add(tags=dict(ASKED))
    gone = account.add(tags=dict(ASKED))
    others = account.add(tags=dict(ASKED) | {"elbv2.k8s.aws/cluster": "prod"})
    silent = account.add()
    dead = account.groups[gone]
    account.delete(gone)
    events = [
        created(account.groups[http]),
        created(account.groups[http], age=timedelta(minutes=40)),
        created(account.groups[https]),
        created(dead),
        listener_created(gone),
        listener_modified(https, gone),
        tagged(others, silent),
        created(account.groups[others]),
        listener_created(silent),
        body("DeleteTargetGroup", request={"targetGroupArn": gone}),
        body("ModifyTargetGroupAttributes", request={"targetGroupArn": http}),
        body("CreateTargetGroup", errorCode="AccessDenied"),
    ]
    return events, {http, https}


@settings(max_examples=100)
@given(data=st.data())
def test_the_story_of_a_service_ends_the_same_however_its_events_arrive(data: st.DataObject) -> None:
    cloud = Cloud(policy("prod/other/*"))
    events, expected = _story(cloud.account)
    arriving = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events), max_size=8))))

    failed = [number for one in arriving for number in cloud.on_event(one)]

    assert failed == []
    assert cloud.account.switched_on == expected
    assert len(cloud.calls.mutations) == 2 * len(expected)


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_events_are_lost_one_sweep_makes_up_for_them(data: st.DataObject) -> None:
    cloud = Cloud(policy("prod/other/*"))
    events, expected = _story(cloud.account)
    arrived = data.draw(st.lists(st.sampled_from(events), unique=True))
    cloud.on_event(*arrived or ["{}"])

    cloud.sweep()

    assert cloud.account.switched_on == expected
