"""What the functions of the proxy-protocol automation may do."""

from tests.functions.proxy_protocol.recorded_calls import actions_by_entry_point
from tests.infra.actions import OWN, POLL
from tests.infra.allowed import Allowed

DESCRIBES = {
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTags",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetHealth",
    "elasticloadbalancing:DescribeListeners",
}
WRITES = {"elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:AddTags"}
LIST = {"tag:GetResources"}

OF_A_SERVICE = {
    "Null": {
        "aws:ResourceTag/kubernetes.io/service-name": "false",
        "aws:ResourceTag/elbv2.k8s.aws/cluster": "true",
    }
}
ONLY_OUR_MARK = OF_A_SERVICE | {"ForAllValues:StringEquals": {"aws:TagKeys": ["pitcrew:attributes-applied"]}}

ALLOWED = Allowed(
    functions={
        "on_event": OWN | DESCRIBES | WRITES | POLL,
        "sweep": OWN | DESCRIBES | WRITES | LIST,
        "plan": OWN | DESCRIBES | LIST,
        "apply": OWN | DESCRIBES | WRITES | {"states:DescribeExecution"},
    },
    used=actions_by_entry_point,
    reading={"plan"},
    unnamed=DESCRIBES | LIST,
    bound_by=[OF_A_SERVICE, ONLY_OUR_MARK],
)
