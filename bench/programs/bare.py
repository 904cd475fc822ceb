"""The measure: a script of boto3 alone that makes given calls on each target group on standard input.

Arguments: the operations, in order. Prints the same as invoke.py, but for the memory.
"""

import time

STARTED = time.monotonic()

import json  # noqa: E402 (the clock starts before the imports: they are what is measured)
import sys  # noqa: E402

import boto3  # noqa: E402

ssm, elbv2 = boto3.client("ssm"), boto3.client("elbv2")
CALLS = {
    "GetParameter": lambda _: ssm.get_parameter(Name="/Pitcrew/proxy_protocol/mode"),
    "DescribeTags": lambda arn: elbv2.describe_tags(ResourceArns=[arn]),
    "DescribeTargetGroups": lambda arn: elbv2.describe_target_groups(TargetGroupArns=[arn]),
    "DescribeTargetGroupAttributes": lambda arn: elbv2.describe_target_group_attributes(TargetGroupArn=arn),
    "DescribeTargetHealth": lambda arn: elbv2.describe_target_health(TargetGroupArn=arn),
    "ModifyTargetGroupAttributes": lambda arn: elbv2.modify_target_group_attributes(
        TargetGroupArn=arn,
        Attributes=[{"Key": "proxy_protocol_v2.enabled", "Value": "true"}],
    ),
    "AddTags": lambda arn: elbv2.add_tags(
        ResourceArns=[arn],
        Tags=[{"Key": "pitcrew:attributes-applied", "Value": "0123456789abcdef"}],
    ),
}

seconds = []
for arn in json.load(sys.stdin):
    begun = time.perf_counter()
    for operation in sys.argv[1:]:
        CALLS[operation](arn)
    seconds.append(time.perf_counter() - begun)
sys.stderr.write("\n" + json.dumps({"started": STARTED, "seconds": seconds}))
