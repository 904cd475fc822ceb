"""Listeners as AWS keeps them: idempotent birth, ARNs by type, and which group is used by which load balancer."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import alb

from local.standin.elbv2_balancers import PART, existing_balancer, new_id
from local.standin.elbv2_groups import existing
from local.standin.elbv2_wire import Answer, Handler, Params, RefusedError, answer, listed, page, parameter


def create(params: Params) -> Answer:
    """CreateListener: idempotent for the same settings; every group it forwards to must exist."""
    balancer = existing_balancer(parameter(params, "LoadBalancerArn"))
    actions = alb._parse_actions(params)
    for group in _forwarded(actions):
        existing(group)
    port, protocol = int(parameter(params, "Port", "80")), parameter(params, "Protocol", "HTTP")
    for other in alb._listeners.values():
        if (other["LoadBalancerArn"], other["Port"]) != (balancer["LoadBalancerArn"], port):
            continue
        if (other["Protocol"], other["DefaultActions"]) != (protocol, actions):
            raise RefusedError("DuplicateListener", "A listener already exists on this port for this load balancer")
        return _listener_answer(other)
    return _listener_answer(_new_listener(params, balancer))


def _new_listener(params: Params, balancer: dict[str, Any]) -> dict[str, Any]:
    """Let ministack make the listener, then move it and its default rule under the ARN of a load balancer's type."""
    before = set(alb._listeners)
    alb._create_listener(params)
    (born,) = set(alb._listeners) - before
    tail = f"{PART[balancer['Type']]}/{balancer['LoadBalancerName']}/{balancer['LoadBalancerArn'].rpartition('/')[2]}"
    place = f"arn:aws:elasticloadbalancing:{get_region()}:{get_account_id()}"
    arn = f"{place}:listener/{tail}/{new_id()}"
    for store in (alb._listeners, alb._listener_attrs, alb._tags):
        store[arn] = store.pop(born)
    record: dict[str, Any] = alb._listeners[arn]
    record["ListenerArn"] = arn
    for rule_arn, rule in list(alb._rules.items()):
        if rule["ListenerArn"] == born:
            moved = f"{arn.replace(':listener/', ':listener-rule/')}/{new_id()}"
            alb._rules[moved] = {**alb._rules.pop(rule_arn), "RuleArn": moved, "ListenerArn": arn}
    return record


def modify(params: Params) -> Answer:
    """ModifyListener by ministack; every group it forwards to must exist."""
    for group in _forwarded(alb._parse_actions(params)):
        existing(group)
    modified: Answer = alb._modify_listener(params)
    return modified


def describe(params: Params) -> Answer:
    """DescribeListeners, in pages, of one load balancer or by ARN."""
    arns, balancer = listed(params, "ListenerArns"), parameter(params, "LoadBalancerArn")
    if balancer:
        existing_balancer(balancer)
    found = {
        arn: record
        for arn, record in alb._listeners.items()
        if (not arns or arn in arns) and (not balancer or record["LoadBalancerArn"] == balancer)
    }
    if len(found) < len(arns):
        raise RefusedError("ListenerNotFound", "One or more listeners not found")
    shown, more = page(params, found)
    return answer("DescribeListeners", f"<Listeners>{''.join(map(alb._listener_xml, shown))}</Listeners>{more}")


def keeping_use(handler: Handler) -> Handler:
    """Make *handler* leave every group's LoadBalancerArns as the listeners and rules now say."""

    def handle(params: Params) -> Answer:
        answered = handler(params)
        used: dict[str, list[str]] = {arn: [] for arn in alb._tgs}
        for record in (*alb._listeners.values(), *alb._rules.values()):
            balancer = record.get("LoadBalancerArn") or alb._listeners[record["ListenerArn"]]["LoadBalancerArn"]
            for group in _forwarded(record.get("DefaultActions") or record.get("Actions", [])):
                if balancer not in used.setdefault(group, []):
                    used[group].append(balancer)
        for arn, group in alb._tgs.items():
            group["LoadBalancerArns"] = used[arn]
        return answered

    return handle


def _forwarded(actions: list[dict[str, Any]]) -> Iterator[str]:
    for action in actions:
        groups = action.get("ForwardConfig", [])
        yield from groups or ([action["TargetGroupArn"]] if "TargetGroupArn" in action else [])


def _listener_answer(record: dict[str, Any]) -> Answer:
    return answer("CreateListener", f"<Listeners>{alb._listener_xml(record)}</Listeners>")
