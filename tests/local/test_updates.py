"""A second copy of the stack, an update of its code, and its end: the first copy does not notice."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.deployment import deploy, leftovers, synth
from local.environment import ROOT
from local.stage import CDK, Stage
from local.standin.process import run
from local.stories.proxy_protocol import AUTOMATION
from local.target_groups import ON_EVENT
from tests.local.trail import judged, wait_until_judged

COPY = ("-c", "copy=two")
SAMPLE = "elbv2-create-target-group.opted-in.standin"
SAID, SAYS = "mode is off: nothing is decided", "mode is off: nothing at all is decided"
NOT_COPIED = (".*", "__pycache__", "node_modules", "cdk.out", "bench", "docs", "tests")
LINKED = (".venv", "node_modules")


@pytest.fixture(scope="module")
def before(stage: Stage) -> list[str]:
    """What is in the account without the copy."""
    return leftovers(stage)


@pytest.fixture(scope="module")
def copy(stage: Stage, before: list[str]) -> Iterator[Stage]:
    """The second copy, deployed beside the first."""
    folder = stage.folder / "two"
    folder.mkdir()
    copy = Stage(cloud=stage.cloud, folder=folder, stack=f"{stage.stack}-two")
    synth(folder, *COPY)
    deploy(copy)
    yield copy
    if _exists(copy):
        copy.cdk("destroy", "--force")
    assert leftovers(stage) == before


@pytest.fixture
def changed_sources(tmp_path: Path) -> Path:
    """The sources with one sentence of a function changed; what was installed is linked."""
    sources = tmp_path / "sources"
    shutil.copytree(ROOT, sources, ignore=shutil.ignore_patterns(*NOT_COPIED))
    for name in LINKED:
        (sources / name).symlink_to(ROOT / name)
    handler = sources / "functions" / AUTOMATION / "handler.py"
    text = handler.read_text(encoding="utf-8")
    assert SAID in text
    handler.write_text(text.replace(SAID, SAYS), encoding="utf-8")
    return sources


def test_both_copies_judge_an_event(stage: Stage, copy: Stage, load_event: Callable[[str], dict[str, Any]]) -> None:
    event = load_event(SAMPLE) | {"id": str(uuid.uuid4())}
    stage.set_mode(AUTOMATION, "observe")

    stage.cloud.inject(event)

    wait_until_judged(stage, event)
    wait_until_judged(copy, event)
    assert event["id"] in judged(stage) & judged(copy)


def test_the_copies_share_nothing(stage: Stage, copy: Stage) -> None:
    assert set(stage.resources.values()).isdisjoint(copy.resources.values())


def test_an_update_of_the_code_takes_effect_and_keeps_the_mode(
    copy: Stage, changed_sources: Path, load_event: Callable[[str], dict[str, Any]]
) -> None:
    copy.set_mode(AUTOMATION, "off")

    done = run(
        [CDK, "deploy", *COPY, "--require-approval", "never"],
        environment=copy.cloud.environment,
        cwd=changed_sources,
    )

    assert done.returncode == 0, done.stdout
    copy.cloud.inject(load_event(SAMPLE) | {"id": str(uuid.uuid4())})
    copy.wait(
        lambda: any(line.get("message") == SAYS for line in copy.log(ON_EVENT)),
        what="the changed function to see the mode that was set before",
    )


def test_destroying_the_copy_leaves_the_first_whole(
    stage: Stage, copy: Stage, before: list[str], load_event: Callable[[str], dict[str, Any]]
) -> None:
    event = load_event(SAMPLE) | {"id": str(uuid.uuid4())}

    copy.cdk("destroy", "--force")

    assert not _exists(copy)
    assert leftovers(stage) == before
    stage.cloud.inject(event)
    wait_until_judged(stage, event)


def _exists(stage: Stage) -> bool:
    try:
        stage.cloud.client("cloudformation").describe_stacks(StackName=stage.stack)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return False
        raise
    return True
