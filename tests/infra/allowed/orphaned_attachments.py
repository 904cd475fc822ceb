"""What the functions of the orphaned-attachments automation may do."""

from kube.registration import is_pattern
from tests.functions.orphaned_attachments.recorded_calls import actions_by_entry_point
from tests.infra.actions import OWN, POLL
from tests.infra.allowed import Allowed
from tests.infra.registrations import CLUSTERS

INSTANCES = {"ec2:DescribeInstances", "autoscaling:DescribeAutoScalingInstances"}
VOLUMES = {"ec2:DescribeVolumes"}
START = {"states:StartExecution", "states:ListExecutions"}
IDS = [one.get("cluster_id", name) for name, one in CLUSTERS.items() if not is_pattern(name)]

ALLOWED = Allowed(
    functions={
        "on_event": OWN | INSTANCES | START | POLL,
        "sweep": OWN | INSTANCES | VOLUMES | START | POLL | {"sqs:SendMessage", "sns:Publish"},
        "look": OWN | INSTANCES | VOLUMES,
        "act": OWN | INSTANCES | VOLUMES,
        "plan": OWN | INSTANCES | VOLUMES,
        "prepare": OWN | {"states:DescribeExecution"},
        "report": OWN | {"sns:Publish"},
    },
    with_clusters={"act": {"ec2:DetachVolume"}},
    used=actions_by_entry_point,
    reading={"look", "plan", "prepare"},
    unnamed=INSTANCES | VOLUMES,
    bound_by=[
        {"StringEquals": {"aws:ResourceTag/ebs.csi.aws.com/cluster": "true"}},
        *({"StringEquals": {f"aws:ResourceTag/kubernetes.io/cluster/{one}": "owned"}} for one in IDS),
    ],
)
