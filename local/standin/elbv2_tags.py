"""Tags of load balancing resources: DescribeTags with AWS's limit, and the Resource Groups Tagging API."""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams_aws.py holds them

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any, TypeAlias

from ministack.services import alb, tagging

from local.standin.elbv2_wire import Answer, Params, RefusedError, answer, element, listed, members

MOST_ARNS = 20
"""Of one DescribeTags: botocore elbv2/2015-12-01, DescribeTagsInput. The refusal's wire code is an assumption."""

MOST_RESOURCES = 100
"""Of one page of GetResources: botocore resourcegroupstaggingapi/2017-01-26, GetResourcesInput."""

Json: TypeAlias = dict[str, Any]

_ministacks_get_resources = tagging._get_resources


def describe_tags(params: Params) -> Answer:
    """DescribeTags: one unknown ARN fails the call, and so do more than 20."""
    arns = listed(params, "ResourceArns")
    if len(arns) > MOST_ARNS:
        limit = f"Member must have length less than or equal to {MOST_ARNS}"
        raise RefusedError("ValidationError", f"Value at 'resourceArns' failed to satisfy constraint: {limit}")
    _, refusal = alb._resolve_taggable_elbv2_arns(arns)
    if refusal:
        refused: Answer = refusal
        return refused
    return answer("DescribeTags", members("TagDescriptions", map(_description, arns)))


def _description(arn: str) -> str:
    pairs = (element("Key", tag["Key"]) + element("Value", tag["Value"]) for tag in alb._tags.get(arn, []))
    return element("ResourceArn", arn) + members("Tags", pairs)


def tagged() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Every load balancing resource of this account that has tags, by ARN: ministack's collectors have this shape."""
    yield from ((arn, tags) for arn, tags in alb._tags.items() if tags)


def get_resources(request: Json) -> Answer:
    """GetResources in pages; the token names the last resource shown, so that deletions between pages shift nothing."""
    size = request.get("ResourcesPerPage", MOST_RESOURCES)
    if not 1 <= size <= MOST_RESOURCES:
        return _invalid(f"ResourcesPerPage must be between 1 and {MOST_RESOURCES}, not {size}")
    found: Answer = _ministacks_get_resources(request)
    status, headers, body = found
    if status != 200:  # noqa: PLR2004 - an HTTP status
        return found
    try:
        after = b64decode(request.get("PaginationToken") or "", validate=True).decode()
    except ValueError:
        return _invalid("The PaginationToken is not one of ours")
    resources = sorted(json.loads(body)["ResourceTagMappingList"], key=lambda resource: str(resource["ResourceARN"]))
    left = [resource for resource in resources if resource["ResourceARN"] > after]
    token = b64encode(left[size - 1]["ResourceARN"].encode()).decode() if len(left) > size else ""
    return status, headers, json.dumps({"ResourceTagMappingList": left[:size], "PaginationToken": token}).encode()


def _invalid(message: str) -> Answer:
    refused: Answer = tagging._invalid_parameter(message)
    return refused
