"""What the played cluster's machines and volumes are called, for the Kubernetes API and for EC2 alike."""

import hashlib

REGION = "us-east-1"


def node_name(index: int) -> str:
    """Return the name of a Node."""
    return f"ip-10-{index // 65536}-{index // 256 % 256}-{index % 256}.ec2.internal"


def zone(index: int) -> str:
    """Return the availability zone of a Node."""
    return f"{REGION}{'abc'[index % 3]}"


def instance_id(index: int) -> str:
    """Return the id of the instance behind a Node."""
    return f"i-{digest(index, 17)}"


def volume_id(index: int) -> str:
    """Return the id of an EBS volume."""
    return f"vol-{digest(f'volume {index}', 17)}"


def pv_name(index: int) -> str:
    """Return the name of a volume's PersistentVolume, as the external-provisioner makes one."""
    return f"pvc-{uid(f'claim {index}')}"


def uid(thing: object) -> str:
    """Return something that looks like the uid of *thing*."""
    made = digest(thing, 32)
    return "-".join([made[:8], made[8:12], made[12:16], made[16:20], made[20:]])


def digest(thing: object, digits: int) -> str:
    """Return as many hexadecimal digits, always the same of the same *thing*."""
    return hashlib.sha256(str(thing).encode()).hexdigest()[:digits]
