"""The calls of each entry point, in IAM's words and in Kubernetes': the page's "What … must allow"."""

from tests.functions.orphaned_attachments.recorded_calls import actions_by_entry_point, verbs, verbs_by_entry_point

MODE = {"ssm:GetParameter"}
INSTANCES = {"ec2:DescribeInstances", "autoscaling:DescribeAutoScalingInstances"}
EVIDENCE = MODE | INSTANCES | {"ec2:DescribeVolumes"}
START = {"states:ListExecutions", "states:StartExecution"}
STORAGE = "storage.k8s.io"


def test_each_entry_point_makes_just_these_calls_to_aws() -> None:
    assert actions_by_entry_point() == {
        "on_event": MODE | INSTANCES | START,
        "sweep": EVIDENCE | START | {"sqs:SendMessage", "sns:Publish"},
        "look": EVIDENCE,
        "act": EVIDENCE | {"ec2:DetachVolume"},
        "plan": EVIDENCE,
        "prepare": MODE | {"states:DescribeExecution"},
        "report": MODE | {"sns:Publish"},
    }


def test_all_together_ask_just_this_of_a_cluster() -> None:
    assert verbs() == {
        ("", "events", "create"),
        ("", "nodes", "list"),
        ("", "nodes", "patch"),
        ("", "persistentvolumes", "list"),
        ("", "pods", "delete"),
        ("", "pods", "list"),
        ("", "pods/status", "patch"),
        ("coordination.k8s.io", "leases", "get"),
        (STORAGE, "csinodes", "list"),
        (STORAGE, "volumeattachments", "delete"),
        (STORAGE, "volumeattachments", "list"),
        (STORAGE, "volumeattachments", "patch"),
    }


def test_only_an_act_changes_a_cluster() -> None:
    changing = {
        name for name, rights in verbs_by_entry_point().items() if {one[2] for one in rights} & {"patch", "delete"}
    }

    assert changing == {"act"}
