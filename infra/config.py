"""The context block `pitcrew` of cdk.json as the options of one account, region and copy of the stack."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from itertools import accumulate, takewhile
from typing import Any

from aws_cdk.region_info import RegionInfo

from infra.clusters import Clusters
from infra.notify import EmailAddress
from infra.options import ConfigError, read_block, read_object
from infra.vpc import Vpc

_ROOT = "cdk.json: pitcrew"
_KEY = "<account>, <account>/<region> or <account>/<region>/<copy>"
_ACCOUNT = re.compile(r"[0-9]{12}")
_COPY = re.compile(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?")
_COPY_ALLOWED = "at most 32 lower-case letters, digits and inner hyphens"

Blocks = dict[str, dict[str, Any]]
"""Values that were read, by automation; those of no single automation under the empty name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonOptions:
    """Keys beside the automations' blocks; each reaches every automation that has a setting of its name."""

    cluster_ids: tuple[str, ...] = ()
    clusters: Clusters = field(default_factory=Clusters)
    vpc: Vpc = field(default_factory=Vpc)
    notify: tuple[EmailAddress, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the block says for one place."""

    common: CommonOptions
    automations: Mapping[str, Any]
    """An instance of each automation's options, by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stack goes; what is not known at synth is None."""

    account: str | None = None
    region: str | None = None
    copy: str | None = None

    def as_keys(self) -> list[str]:
        """Keys of `environments` that speak of this place, the most specific last."""
        known = takewhile(bool, (self.account, self.region, self.copy))
        return list(accumulate(map(str, known), "{}/{}".format))


def options_for(place: Place, block: object, kinds: Mapping[str, type[Any]]) -> Configuration:
    """Read *block* for *place*; *kinds* are the dataclasses of the automations' options.

    Every environment is read, so that a mistake in any shows at the first synth anywhere. Raises ConfigError.
    """
    if place.copy is not None and not _COPY.fullmatch(place.copy):
        raise ConfigError("-c copy", place.copy, _COPY_ALLOWED)
    parts = read_object({} if block is None else block, _ROOT, known=("defaults", "environments"))
    environments = {}
    for key, value in read_object(parts.get("environments", {}), f"{_ROOT}.environments").items():
        _check_key(key, place)
        environments[key] = _read(value, f"{_ROOT}.environments.{key}", kinds)
    layers = {"defaults": _read(parts.get("defaults", {}), f"{_ROOT}.defaults", kinds)}
    layers |= {f"environments.{key}": environments[key] for key in place.as_keys() if key in environments}
    common = _merged("", CommonOptions, layers.values())
    _check_vpc(common, layers)
    automations = {name: _merged(name, kind, layers.values()) for name, kind in kinds.items()}
    return Configuration(common=common, automations=automations)


def _read(value: object, path: str, kinds: Mapping[str, type[Any]]) -> Blocks:
    common = _names_of(CommonOptions)
    block = read_object(value, path, known=(*common, *kinds))
    blocks = {"": read_block(CommonOptions, {key: block[key] for key in block if key in common}, path)}
    for name, kind in kinds.items():
        own = [field for field in _names_of(kind) if field not in common]
        values = read_object(block.get(name, {}), f"{path}.{name}", known=own)
        blocks[name] = read_block(kind, values, f"{path}.{name}")
    return blocks


def _merged(name: str, kind: type[Any], layers: Iterable[Blocks]) -> Any:  # noqa: ANN401 (an instance of *kind*)
    """Make the options of one automation: the last of *layers* that has a key says its value."""
    values: dict[str, Any] = {}
    for layer in layers:
        values |= layer[""] | layer[name]
    return kind(**{key: value for key, value in values.items() if key in _names_of(kind)})


def _names_of(kind: type[Any]) -> list[str]:
    return [field.name for field in fields(kind)]


def _check_vpc(common: CommonOptions, layers: Mapping[str, Blocks]) -> None:
    if common.vpc.subnet_ids and not common.clusters:
        where = [path for path, blocks in layers.items() if "vpc" in blocks[""]][-1]
        allowed = "a VPC only where clusters are registered: functions stand in it to reach them"
        raise ConfigError(f"{_ROOT}.{where}.vpc", common.vpc.vpc_id, allowed)


def _check_key(key: str, place: Place) -> None:
    path = f"{_ROOT}.environments"
    account, *rest = key.split("/")
    if not _ACCOUNT.fullmatch(account):
        raise ConfigError(path, key, f"{_KEY}; an account has 12 digits", known=place.as_keys())
    # A region newer than this CDK is known where it is deployed to.
    regions = {info.name for info in RegionInfo.regions} | {place.region or ""}
    if rest and rest[0] not in regions:
        known = [f"{account}/{region}" for region in sorted(regions)]
        raise ConfigError(path, key, f"{_KEY}; {rest[0]} is not a region of AWS", known=known)
    if len(rest) > 1 and not _COPY.fullmatch("/".join(rest[1:])):
        raise ConfigError(path, key, f"{_KEY}; a copy is {_COPY_ALLOWED}")
