"""What the orphaned-attachments functions may do."""

from collections.abc import Iterable

from aws_cdk import Stack

from infra.python_function import PythonFunction

_NO_RESOURCE = (
    "AWS knows no resource for these reads (https://docs.aws.amazon.com/service-authorization/latest/reference/: "
    "list_amazonec2.html, list_amazonec2autoscaling.html)."
)

_TAGS_SAY = "The clusters' controllers make instances and volumes; whose they are, their tags say, and are a condition."


def let_read_instances(*functions: PythonFunction) -> None:
    """Let *functions* read the state of instances."""
    for function in functions:
        actions = ["ec2:DescribeInstances", "autoscaling:DescribeAutoScalingInstances"]
        function.allow(actions, ["*"], because=_NO_RESOURCE)


def let_read_volumes(*functions: PythonFunction) -> None:
    """Let *functions* read where volumes are attached."""
    for function in functions:
        function.allow(["ec2:DescribeVolumes"], ["*"], because=_NO_RESOURCE)


def let_detach(function: PythonFunction, cluster_ids: Iterable[str]) -> None:
    """Let *function* detach volumes of these clusters from instances of theirs.

    IAM asks for the volume and for the instance. A cluster that a pattern registers is none of them: IAM cannot glob a
    tag's key, so that there a person is given the command.
    """
    cluster_ids = list(cluster_ids)
    volumes, instances = (
        Stack.of(function).format_arn(service="ec2", resource=resource, resource_name="*")
        for resource in ("volume", "instance")
    )
    for cluster_id in cluster_ids:
        owned = {"StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{cluster_id}": "owned"}}
        function.allow(["ec2:DetachVolume"], [volumes, instances], owned, because=_TAGS_SAY)
    if cluster_ids:
        by_the_driver = {"StringEquals": {"aws:ResourceTag/ebs.csi.aws.com/cluster": "true"}}
        function.allow(["ec2:DetachVolume"], [volumes], by_the_driver, because=_TAGS_SAY)
