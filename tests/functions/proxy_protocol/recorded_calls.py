"""Which AWS calls each entry point makes: played on the fakes, for the test that compares them with the template."""

from collections.abc import Callable

from tests.functions.proxy_protocol.account import Account
from tests.functions.proxy_protocol.cloud import Cloud, policy
from tests.functions.proxy_protocol.event_bodies import created, listener_created, tagged
from tests.functions.proxy_protocol.facts import ASKED


def actions_by_entry_point() -> dict[str, frozenset[str]]:
    """Return the IAM actions that `on_event`, `sweep`, `plan` and `apply` use, over runs with every kind of call."""
    return {name: _actions(play) for name, play in _PLAYS.items()}


def _actions(play: Callable[[Cloud], None]) -> frozenset[str]:
    cloud = Cloud(policy("*/shop/*:80", "prod/edge/web"))
    _set_up(cloud.account)
    play(cloud)
    return frozenset(call.iam_action for call in cloud.calls.made)


def _set_up(account: Account) -> None:
    """Add one group for each way through the decision that costs a call of its own."""
    account.add(tags=dict(ASKED))
    account.add(service="shop/api")
    account.add(service="edge/web", states=("healthy",))
    account.add(service=None)
    account.add(service="quiet/web")


def _play_events(cloud: Cloud) -> None:
    for arn, group in cloud.account.groups.items():
        cloud.on_event(listener_created(arn), tagged(arn), created(group))


def _play_sweep(cloud: Cloud) -> None:
    cloud.sweep()


def _play_plan(cloud: Cloud) -> None:
    cloud.plan()
    for arn in cloud.account.groups:
        cloud.plan({"target": arn})


def _play_apply(cloud: Cloud) -> None:
    for number, target in enumerate([{}, *({"target": arn} for arn in cloud.account.groups)]):
        cloud.plan(target, name=f"plan-{number}")
    planned = len(cloud.calls.made)
    for number in range(len(cloud.account.groups) + 1):
        cloud.apply(f"plan-{number}", name=f"apply-{number}")
    del cloud.calls.made[:planned]


_PLAYS: dict[str, Callable[[Cloud], None]] = {
    "on_event": _play_events,
    "sweep": _play_sweep,
    "plan": _play_plan,
    "apply": _play_apply,
}
