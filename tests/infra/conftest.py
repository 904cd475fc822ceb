import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra import ROOT
from infra.config import Place
from infra.stack import PitcrewStack
from tests.infra.registrations import PLACES, environments
from tests.infra.template import ACCOUNT, REGION, Template

WITHOUT_LAYERS: dict[str, list[str]] = {"aws:cdk:bundling-stacks": []}

Synthesize = Callable[..., Template]
"""Makes the template for a Place, with these `environments` in cdk.json."""


@pytest.fixture(scope="session")
def new_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., App]:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]

    def new(environments: Mapping[str, Any] | None = None) -> App:
        outdir = tmp_path_factory.mktemp("cdk.out")
        block = context["pitcrew"] | {"environments": environments or {}}
        return App(analytics_reporting=False, context=context | WITHOUT_LAYERS | {"pitcrew": block}, outdir=str(outdir))

    return new


@pytest.fixture(scope="session")
def synthesize(new_app: Callable[..., App]) -> Synthesize:
    def synthesize(place: Place, environments: Mapping[str, Any] | None = None) -> Template:
        app = new_app(environments)
        return Template.of(app, PitcrewStack(app, place))

    return synthesize


@pytest.fixture(scope="session")
def copies(synthesize: Synthesize) -> dict[Place, Template]:
    """The stack and a copy of it in three partitions, with clusters in two VPCs."""
    return {place: synthesize(place, environments()) for place in PLACES}


@pytest.fixture(scope="session")
def audited(new_app: Callable[..., App]) -> tuple[App, Template]:
    """The app and its stack as `cdk synth` makes them, cdk-nag included; synthesised once for all tests."""
    return _audited(new_app())


@pytest.fixture(scope="session")
def audited_with_clusters(new_app: Callable[..., App]) -> tuple[App, Template]:
    return _audited(new_app(environments()))


@pytest.fixture(scope="session")
def template(audited: tuple[App, Template]) -> Template:
    return audited[1]


@pytest.fixture(scope="session")
def with_clusters(audited_with_clusters: tuple[App, Template]) -> Template:
    return audited_with_clusters[1]


@pytest.fixture(scope="session")
def role_arns(template: Template) -> dict[str, str]:
    """An ARN for each role of the template, by its logical id."""
    return {role: f"arn:aws:iam::{ACCOUNT}:role/{role}" for role in template.of_type("AWS::IAM::Role")}


def _audited(app: App) -> tuple[App, Template]:
    stack = PitcrewStack(app, Place(account=ACCOUNT, region=REGION))
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    return app, Template.of(app, stack)
