"""The project's own cdk.json."""

import json
from dataclasses import fields
from typing import Any

import pytest

from infra import ROOT
from infra.automation import discover
from infra.config import CommonOptions, Configuration, Place, options_for

KINDS = {name: construct.OPTIONS for name, construct in discover().items()}


@pytest.fixture
def block() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]["pitcrew"]
    return found


def test_what_is_written_is_what_would_hold_without_it(block: dict[str, Any]) -> None:
    options = options_for(Place(), block, KINDS)

    assert options == Configuration(common=CommonOptions(), automations={name: kind() for name, kind in KINDS.items()})
    assert {"cluster_ids", "clusters", "notify"} < block["defaults"].keys()


@pytest.mark.parametrize("automation", KINDS)
def test_every_option_of_an_automation_is_written(block: dict[str, Any], automation: str) -> None:
    common = {field.name for field in fields(CommonOptions)}

    assert block["defaults"][automation].keys() == {field.name for field in fields(KINDS[automation])} - common
