"""Load balancers as AWS keeps them: ARNs by type, subnets by mapping, their listeners' end with theirs."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

import secrets
from typing import Any

from ministack.core.responses import get_region
from ministack.services import alb

from local.standin.elbv2_wire import Answer, Params, RefusedError, answer, listed, page, parameter

PART = {"application": "app", "network": "net", "gateway": "gwy"}
"""How a load balancer's type is written in its ARN (samples: `loadbalancer/net/<name>/<16 hex digits>`)."""


def create(params: Params) -> Answer:
    """CreateLoadBalancer by ministack, with SubnetMappings, then moved under the ARN of its type."""
    subnets = listed(params, "Subnets") or _mapped_subnets(params)
    made: Answer = alb._create_lb(params)
    if made[0] != 200:  # noqa: PLR2004 - an HTTP status
        return made
    record = next(lb for lb in alb._lbs.values() if lb["LoadBalancerName"] == parameter(params, "Name"))
    born, kind = record["LoadBalancerArn"], record["Type"]
    arn = f"{born.partition(':loadbalancer/')[0]}:loadbalancer/{PART[kind]}/{record['LoadBalancerName']}/{new_id()}"
    for store in (alb._lbs, alb._tags, alb._lb_attrs):
        store[arn] = store.pop(born)
    host = f"{record['LoadBalancerName']}-{arn.rpartition('/')[2]}"
    # Network load balancers are `<name>-<id>.elb.<region>.amazonaws.com`: facts/real-clients.md, first paragraph.
    record["DNSName"] = record["DNSName"] if kind == "application" else f"{host}.elb.{get_region()}.amazonaws.com"
    record["LoadBalancerArn"], record["Subnets"] = arn, subnets
    return answer("CreateLoadBalancer", f"<LoadBalancers>{alb._lb_xml(record)}</LoadBalancers>")


def delete(params: Params) -> Answer:
    """DeleteLoadBalancer: its listeners and their rules go with it; deleting it again succeeds (botocore)."""
    arn = parameter(params, "LoadBalancerArn")
    for listener in [key for key, record in alb._listeners.items() if record["LoadBalancerArn"] == arn]:
        alb._delete_listener({"ListenerArn": listener})
    deleted: Answer = alb._delete_lb(params)
    return deleted


def describe(params: Params) -> Answer:
    """DescribeLoadBalancers, in pages."""
    names, arns = listed(params, "Names"), listed(params, "LoadBalancerArns")
    found = {
        arn: record
        for arn, record in alb._lbs.items()
        if (not arns or arn in arns) and (not names or record["LoadBalancerName"] in names)
    }
    if len(found) < len(names or arns):
        raise RefusedError("LoadBalancerNotFound", "One or more load balancers not found")
    shown, more = page(params, found)
    return answer("DescribeLoadBalancers", f"<LoadBalancers>{''.join(map(alb._lb_xml, shown))}</LoadBalancers>{more}")


def existing_balancer(arn: str) -> dict[str, Any]:
    """Find the record of a load balancer; raises RefusedError where there is none."""
    if arn not in alb._lbs:
        raise RefusedError("LoadBalancerNotFound", f"One or more load balancers not found: '{arn}'")
    record: dict[str, Any] = alb._lbs[arn]
    return record


def new_id() -> str:
    """Make the last part of an ARN: 16 hex digits."""
    return secrets.token_hex(8)


def _mapped_subnets(params: Params) -> list[str]:
    subnets: list[str] = []
    while subnet := parameter(params, f"SubnetMappings.member.{len(subnets) + 1}.SubnetId"):
        subnets.append(subnet)
    return subnets
