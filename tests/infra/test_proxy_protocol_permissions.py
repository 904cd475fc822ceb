"""To which target groups the writes of the proxy-protocol functions are bound, and whose plans apply reads."""

from typing import Any

import pytest

from tests.infra.allowed.proxy_protocol import OF_A_SERVICE, ONLY_OUR_MARK
from tests.infra.template import ACCOUNT, REGION, Template, listed

GROUPS = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/k8s-*/*"


@pytest.mark.parametrize("function", ["on_event", "sweep", "apply"])
@pytest.mark.parametrize(
    ("action", "conditions"),
    [
        ("elasticloadbalancing:ModifyTargetGroupAttributes", OF_A_SERVICE),
        ("elasticloadbalancing:AddTags", ONLY_OUR_MARK),
    ],
)
def test_a_write_is_bound_to_groups_of_services_by_name_and_tags(
    template: Template, function: str, action: str, conditions: dict[str, Any]
) -> None:
    granted = template.statements_of_function(f"proxy_protocol.{function}")
    (statement,) = (s for s in granted if action in listed(s["Action"]))

    assert statement["Resource"] == GROUPS
    assert statement["Condition"] == conditions


def test_apply_reads_executions_of_its_own_machine_alone(template: Template) -> None:
    granted = template.statements_of_function("proxy_protocol.apply")
    (statement,) = (s for s in granted if "states:DescribeExecution" in listed(s["Action"]))

    assert statement["Resource"] == f"arn:aws:states:{REGION}:{ACCOUNT}:execution:Pitcrew-set-proxy-protocol:*"
