"""The calls of each entry point, in IAM's words; the page's "What AWS must allow" without what later issues bring."""

from tests.functions.proxy_protocol.recorded_calls import actions_by_entry_point

ELB = "elasticloadbalancing"
DESCRIBES = {
    f"{ELB}:Describe{noun}" for noun in ("TargetGroups", "Tags", "TargetGroupAttributes", "TargetHealth", "Listeners")
}
WRITES = {f"{ELB}:ModifyTargetGroupAttributes", f"{ELB}:AddTags"}
MODE = {"ssm:GetParameter"}


def test_each_entry_point_makes_just_these_calls() -> None:
    assert actions_by_entry_point() == {
        "on_event": DESCRIBES | WRITES | MODE,
        "sweep": DESCRIBES | WRITES | MODE | {"tag:GetResources"},
        "plan": DESCRIBES | MODE | {"tag:GetResources"},
        "apply": DESCRIBES | WRITES | MODE | {"states:DescribeExecution"},
    }
