"""The block `vpc` of cdk.json: where functions stand that reach private API servers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar

from infra.options import ConfigError, read_block, read_object

_MOST: Mapping[str, int] = {"subnet_ids": 16, "security_group_ids": 5}
"""https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vpc:
    """Subnets and security groups of one VPC; without any, functions stand in none."""

    vpc_id: str = ""
    """The VPC that the ids below are of, for who reads it; AWS itself goes by the subnets."""

    subnet_ids: tuple[str, ...] = ()
    """Where the functions' network interfaces are: subnets with a way to the API servers and to AWS's APIs."""

    security_group_ids: tuple[str, ...] = ()
    """What guards those interfaces; the API servers' own groups have to let these in."""

    PREFIXES: ClassVar[Mapping[str, str]] = {"vpc_id": "vpc", "subnet_ids": "subnet", "security_group_ids": "sg"}

    @classmethod
    def read(cls, value: object, path: str) -> "Vpc":
        """Read the block; an empty one takes back what a broader place says. Raises ConfigError."""
        keys = [field.name for field in fields(cls)]
        block = read_object(value, path, known=keys)
        if block and block.keys() != set(keys):
            raise ConfigError(path, list(block), f"all of {', '.join(keys)}, or none")
        values = read_block(cls, block, path)
        for key, most in _MOST.items():
            if block and not 0 < len(values[key]) <= most:
                raise ConfigError(f"{path}.{key}", block[key], f"a list of 1 to {most}")
        for key, found in values.items():
            for one in [found] if isinstance(found, str) else found:
                _check_id(one, cls.PREFIXES[key], f"{path}.{key}")
        return cls(**values)


def _check_id(given: str, prefix: str, path: str) -> None:
    if not re.fullmatch(rf"{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", given):
        raise ConfigError(path, given, f"{prefix}- and 8 or 17 digits or letters from a to f")
