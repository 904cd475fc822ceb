"""EC2 with instances that all run, and volumes that are attached to them by turns; names as in the played cluster.

EC2 speaks a query protocol of its own: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, takewhile

from bench.cluster.names import instance_id, pv_name, volume_id, zone

_REQUEST_ID = "<requestId>00000000-1111-2222-3333-444444444444</requestId>"
_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
_SINCE = "2026-01-02T03:04:05.000Z"

Filters = Mapping[str, frozenset[str]]


class Ec2:
    """The instances and volumes of one account and region, each written once."""

    OPERATIONS = frozenset({"DescribeInstances", "DescribeVolumes"})

    def __init__(self, *, nodes: int, volumes: int) -> None:
        self._instances = {instance_id(index): _instance(index) for index in range(nodes)}
        self._volumes = {volume_id(index): _volume(index, nodes) for index in range(volumes)}
        self._holder = {volume_id(index): instance_id(index % nodes) for index in range(volumes)}

    def answer(self, operation: str, form: Mapping[str, str]) -> bytes:
        """Answer one request."""
        filters = _filters(form)
        content = self._described(filters) if operation == "DescribeInstances" else self._page(filters, form)
        return f'<{operation}Response xmlns="{_NAMESPACE}">{_REQUEST_ID}{content}</{operation}Response>'.encode()

    def _described(self, filters: Filters) -> str:
        is_asked = "running" in filters.get("instance-state-name", frozenset({"running"}))
        found = [self._instances[one] for one in filters["instance-id"] if one in self._instances] if is_asked else []
        return _set(
            "reservationSet", (f"<reservationId>r-1</reservationId>{_set('instancesSet', found)}",) * bool(found)
        )

    def _page(self, filters: Filters, form: Mapping[str, str]) -> str:
        """Return a page of the volumes of an instance, of some by id, or of all: each has the tags that are asked."""
        holders = filters.get("attachment.instance-id")
        found = [
            one
            for one in filters.get("volume-id", self._volumes)
            if one in self._volumes and (holders is None or self._holder[one] in holders)
        ]
        start, size = int(form.get("NextToken", "0")), int(form.get("MaxResults", len(found)))
        token = f"<nextToken>{start + size}</nextToken>" if start + size < len(found) else ""
        return _set("volumeSet", (self._volumes[one] for one in found[start : start + size])) + token


def _filters(form: Mapping[str, str]) -> Filters:
    """Return the values by filter, from the numbered fields that they come in."""
    names = takewhile(bool, (form.get(f"Filter.{number}.Name", "") for number in count(1)))
    return {name: frozenset(_numbered(form, f"Filter.{number}.Value")) for number, name in enumerate(names, 1)}


def _numbered(form: Mapping[str, str], name: str) -> Iterator[str]:
    return takewhile(bool, (form.get(f"{name}.{number}", "") for number in count(1)))


def _instance(index: int) -> str:
    state = _fields({"code": 16, "name": "running"})
    tags = {"Name": f"prod-{index}", "kubernetes.io/cluster/prod": "owned"}
    fields = {
        "instanceId": instance_id(index),
        "imageId": "ami-0123456789abcdef0",
        "instanceType": "m7i.2xlarge",
        "launchTime": _SINCE,
        "rootDeviceName": "/dev/xvda",
    }
    return f"{_fields(fields)}<instanceState>{state}</instanceState>{_tags(tags)}"


def _volume(index: int, nodes: int) -> str:
    claim = f"data-db-{index}"
    tags = {
        "CSIVolumeName": pv_name(index),
        "KubernetesCluster": "prod",
        "Name": f"prod-dynamic-{pv_name(index)}",
        "ebs.csi.aws.com/cluster": "true",
        "kubernetes.io/cluster/prod": "owned",
        "kubernetes.io/created-for/pv/name": pv_name(index),
        "kubernetes.io/created-for/pvc/name": claim,
        "kubernetes.io/created-for/pvc/namespace": "shop",
    }
    attachment = {
        "volumeId": volume_id(index),
        "instanceId": instance_id(index % nodes),
        "device": f"/dev/xvda{'abcdefgh'[index // nodes % 8]}",
        "status": "attached",
        "attachTime": _SINCE,
        "deleteOnTermination": "false",
    }
    fields = {"volumeId": volume_id(index), "size": 20, "availabilityZone": zone(index % nodes), "status": "in-use"}
    fields |= {"createTime": _SINCE, "volumeType": "gp3", "iops": 3000, "throughput": 125, "encrypted": "true"}
    return f"{_fields(fields)}{_set('attachmentSet', [_fields(attachment)])}{_tags(tags)}"


def _tags(tags: Mapping[str, str]) -> str:
    return _set("tagSet", (_fields({"key": key, "value": value}) for key, value in tags.items()))


def _set(name: str, items: Iterable[str]) -> str:
    return f"<{name}>{''.join(f'<item>{one}</item>' for one in items)}</{name}>"


def _fields(values: Mapping[str, object]) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
