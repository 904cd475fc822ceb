import json
from typing import Any

import pytest
from aws_cdk import App, Validations

from tests.infra.template import Template


@pytest.fixture(scope="module", params=["audited", "audited_with_clusters"])
def audit(request: pytest.FixtureRequest) -> tuple[App, Template]:
    found: tuple[App, Template] = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def report(audit: tuple[App, Template]) -> dict[str, Any]:
    reports = json.loads((audit[1].assembly / "validation-report.json").read_text())["pluginReports"]
    (nag,) = (report for report in reports if report["pluginName"] == "AwsSolutions")
    found: dict[str, Any] = nag
    return found


def test_cdk_nag_finds_nothing(report: dict[str, Any]) -> None:
    assert report["conclusion"] == "success"
    assert report["violations"] == []


def test_each_acknowledgement_answers_a_finding_which_would_be_back_without_it(
    audit: tuple[App, Template], report: dict[str, Any]
) -> None:
    given = {
        (construct.node.path, finding.partition("::")[2])
        for construct in audit[0].node.find_all()
        for entry in construct.node.metadata
        if entry.type == Validations.ACKNOWLEDGED_RULES_METADATA_KEY
        for finding in entry.data
    }

    answered = {(entry["acknowledgedAt"], entry["ruleName"]) for entry in report["suppressedViolations"]}

    assert {(path, finding) for path, finding in given} == answered


def test_each_acknowledgement_has_a_reason(report: dict[str, Any]) -> None:
    assert all(len(entry["reason"].split()) >= 5 for entry in report["suppressedViolations"])
