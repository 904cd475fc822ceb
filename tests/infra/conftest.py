import json
from collections.abc import Callable
from pathlib import Path

import pytest
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra import ROOT
from infra.config import Place
from infra.stack import PitcrewStack
from tests.infra.template import ACCOUNT, REGION, Template

WITHOUT_LAYERS: dict[str, list[str]] = {"aws:cdk:bundling-stacks": []}


@pytest.fixture(scope="session")
def new_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], App]:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]

    def new() -> App:
        outdir = tmp_path_factory.mktemp("cdk.out")
        return App(analytics_reporting=False, context=context | WITHOUT_LAYERS, outdir=str(outdir))

    return new


@pytest.fixture(scope="session")
def synthesize(new_app: Callable[[], App]) -> Callable[[Place], Template]:
    def synthesize(place: Place) -> Template:
        app = new_app()
        stack = PitcrewStack(app, place)
        assembly = app.synth()
        return Template(assembly.get_stack_by_name(stack.stack_name).template, Path(assembly.directory))

    return synthesize


@pytest.fixture(scope="session")
def audited(new_app: Callable[[], App]) -> tuple[App, Template]:
    """The app and its stack as `cdk synth` makes them, cdk-nag included; synthesised once for all tests."""
    app = new_app()
    PitcrewStack(app, Place(account=ACCOUNT, region=REGION))
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    assembly = app.synth()
    return app, Template(assembly.get_stack_by_name("Pitcrew").template, Path(assembly.directory))


@pytest.fixture(scope="session")
def template(audited: tuple[App, Template]) -> Template:
    return audited[1]
