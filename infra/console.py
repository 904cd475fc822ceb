"""Links to the AWS console, for the stack's outputs."""

from aws_cdk import Stack
from constructs import Construct

_HOSTS = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
"""Where it is not the usual one, by partition; the partition of a stack without a region is not known at synth."""


def console_url(scope: Construct, service: str, page: str) -> str:
    """Address of *page* (what follows the region, with its `#`) of a service's console."""
    stack = Stack.of(scope)
    host = _HOSTS.get(stack.partition, "console.aws.amazon.com")
    return f"https://{stack.region}.{host}/{service}/home?region={stack.region}{page}"
