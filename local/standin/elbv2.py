"""ELBv2 as AWS does it for network load balancers, where ministack's (made for application ones) differs.

What each part mends is said at its top; CloudFormation makes load balancers past it, as ministack has them.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

from ministack.services import alb, tagging

from local.standin import (
    elbv2_balancers,
    elbv2_forward,
    elbv2_group_changes,
    elbv2_groups,
    elbv2_listeners,
    elbv2_tags,
    elbv2_targets,
)
from local.standin.elbv2_listeners import keeping_use
from local.standin.elbv2_wire import answering

SERVICE = "elasticloadbalancing"

_ACTIONS = {
    "CreateTargetGroup": elbv2_groups.create,
    "DescribeTargetGroups": elbv2_groups.describe,
    "ModifyTargetGroup": elbv2_group_changes.modify,
    "DeleteTargetGroup": elbv2_group_changes.delete,
    "DescribeTargetGroupAttributes": elbv2_group_changes.describe_attributes,
    "ModifyTargetGroupAttributes": elbv2_group_changes.modify_attributes,
    "RegisterTargets": elbv2_targets.register,
    "DeregisterTargets": elbv2_targets.deregister,
    "DescribeTargetHealth": elbv2_targets.describe_health,
    "DescribeTags": elbv2_tags.describe_tags,
    "CreateLoadBalancer": elbv2_balancers.create,
    "DescribeLoadBalancers": elbv2_balancers.describe,
    "DeleteLoadBalancer": keeping_use(elbv2_balancers.delete),
    "CreateListener": keeping_use(elbv2_listeners.create),
    "DescribeListeners": elbv2_listeners.describe,
    "ModifyListener": keeping_use(elbv2_listeners.modify),
    "DeleteListener": keeping_use(alb._delete_listener),
    "CreateRule": keeping_use(alb._create_rule),
    "ModifyRule": keeping_use(alb._modify_rule),
    "DeleteRule": keeping_use(alb._delete_rule),
}


def install() -> None:
    """Put our handlers in the place of ministack's."""
    alb._ACTION_MAP |= {action: answering(handler) for action, handler in _ACTIONS.items()}
    alb._tg_xml = elbv2_groups.group_xml
    elbv2_forward.install()
    tagging._COLLECTORS[SERVICE] = elbv2_tags.tagged
    tagging._HANDLERS["GetResources"] = elbv2_tags.get_resources
