"""What the proxy-protocol functions may do."""

from aws_cdk import Stack

from infra.python_function import PythonFunction

_ELB = "elasticloadbalancing"
_MARK = "pitcrew:attributes-applied"

_NO_RESOURCE = (
    "AWS knows no resource for these reads (https://docs.aws.amazon.com/service-authorization/latest/reference/: "
    "list_awselasticloadbalancingv2.html, list_amazonresourcegrouptaggingapi.html)."
)

_OF_A_SERVICE = {
    "aws:ResourceTag/kubernetes.io/service-name": "false",
    "aws:ResourceTag/elbv2.k8s.aws/cluster": "true",
}
"""Condition `Null`: the tag of a Service is there, and that of AWS Load Balancer Controller is not. So even a faulty
function cannot touch the groups of an API server, or those that another controller looks after."""


def let_describe(*functions: PythonFunction) -> None:
    """Let *functions* read the facts of target groups that they know by ARN."""
    nouns = ("TargetGroups", "Tags", "TargetGroupAttributes", "TargetHealth", "Listeners")
    for function in functions:
        function.allow([f"{_ELB}:Describe{noun}" for noun in nouns], ["*"], because=_NO_RESOURCE)


def let_list(*functions: PythonFunction) -> None:
    """Let *functions* find the target groups that carry a tag."""
    for function in functions:
        function.allow(["tag:GetResources"], ["*"], because=_NO_RESOURCE)


def let_write(*functions: PythonFunction) -> None:
    """Let *functions* set attributes of the target groups of Services, and mark those with our one tag."""
    because = (
        "Clusters make the groups: `k8s-` is how their cloud provider begins the names, their tags are a condition."
    )
    for function in functions:
        groups = Stack.of(function).format_arn(service=_ELB, resource="targetgroup", resource_name="k8s-*/*")
        function.allow([f"{_ELB}:ModifyTargetGroupAttributes"], [groups], {"Null": _OF_A_SERVICE}, because=because)
        only_our_mark = {"Null": _OF_A_SERVICE, "ForAllValues:StringEquals": {"aws:TagKeys": [_MARK]}}
        function.allow([f"{_ELB}:AddTags"], [groups], only_our_mark, because=because)
