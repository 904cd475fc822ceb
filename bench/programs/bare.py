"""The measure: a script of boto3 alone that makes given calls on each target group on standard input.

Arguments: the operations, in order. Prints the same as invoke.py, but for the memory.
"""

import time

STARTED = time.monotonic()

import json  # noqa: E402 (the clock starts before the imports: they are what is measured)
import sys  # noqa: E402

import boto3  # noqa: E402

ssm, elbv2 = boto3.client("ssm"), boto3.client("elbv2")


def call(operation: str, arn: str) -> None:
    """Make one call on a target group."""
    match operation:
        case "GetParameter":
            ssm.get_parameter(Name="/Pitcrew/proxy_protocol/mode")
        case "DescribeTags":
            elbv2.describe_tags(ResourceArns=[arn])
        case "DescribeTargetGroups":
            elbv2.describe_target_groups(TargetGroupArns=[arn])
        case "DescribeTargetGroupAttributes":
            elbv2.describe_target_group_attributes(TargetGroupArn=arn)
        case "ModifyTargetGroupAttributes":
            elbv2.modify_target_group_attributes(
                TargetGroupArn=arn,
                Attributes=[{"Key": "proxy_protocol_v2.enabled", "Value": "true"}],
            )
        case "AddTags":
            elbv2.add_tags(
                ResourceArns=[arn], Tags=[{"Key": "pitcrew:attributes-applied", "Value": "0123456789abcdef"}]
            )
        case unknown:
            sys.exit(f"the bare script does not know {unknown}: Pitcrew makes a new call, and so should it")


seconds = []
for group in json.load(sys.stdin):
    begun = time.perf_counter()
    for asked in sys.argv[1:]:
        call(asked, group)
    seconds.append(time.perf_counter() - begun)
sys.stderr.write("\n" + json.dumps({"started": STARTED, "seconds": seconds}))
