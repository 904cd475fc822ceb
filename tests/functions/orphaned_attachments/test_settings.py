"""Settings on their way through the environment."""

import json
from datetime import timedelta

import pytest

from functions.orphaned_attachments.decision.policy import Policy
from functions.orphaned_attachments.settings import Settings

SETTINGS = Settings(
    sweep_every=timedelta(minutes=7),
    hold_node=False,
    max_nodes=5,
    max_nodes_percent=10,
    min_healthy_percent=60,
    cluster_ids=("prod", "dev"),
)


@pytest.mark.parametrize("settings", [Settings(), SETTINGS])
def test_settings_come_back_as_they_left(settings: Settings) -> None:
    assert Settings.from_env(settings.to_env()) == settings


def test_every_setting_travels() -> None:
    assert set(json.loads(SETTINGS.to_env()["SETTINGS"])) == set(Settings.__slots__)


def test_the_policy_has_what_the_settings_say_and_its_own_defaults_else() -> None:
    assert SETTINGS.policy() == Policy(hold_node=False, max_nodes=5, max_nodes_percent=10, min_healthy_percent=60)
    assert Settings().policy() == Policy()


@pytest.mark.parametrize(
    ("text", "error"),
    [("", ValueError), ("{}", KeyError), ('{"sweep_every": 1, "cluster_ids": [], "novelty": 1}', TypeError)],
)
def test_settings_that_were_broken_by_hand_are_an_error(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Settings.from_env({"SETTINGS": text})
