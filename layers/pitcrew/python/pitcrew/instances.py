"""Which EC2 instances are those of this account and region: how a cluster proves to be the one that is meant."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client


class Instances:
    """The instances of one account and region; the client is made when first needed, which is seldom."""

    def __init__(self, make_client: "Callable[[], EC2Client]") -> None:
        self._make_client = make_client

    def any_is_here(self, instance_ids: Sequence[str]) -> bool:
        """Whether EC2 knows any of these instances here, in one call: a filter, unlike an id, may name none."""
        found = self._make_client().describe_instances(Filters=[{"Name": "instance-id", "Values": list(instance_ids)}])
        return any(reservation["Instances"] for reservation in found["Reservations"])
