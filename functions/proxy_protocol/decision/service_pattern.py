"""Entries of the setting `services`: which Services are switched on by configuration."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

_WILDCARDS = frozenset("*?")
_FORM = "<cluster>/<namespace>/<service>, optionally followed by :<port>,<port>… (Service ports, 1 to 65535)"


@dataclass(frozen=True, slots=True)
class ServicePattern:
    """One entry, such as `prod/ingress-nginx/ingress-nginx-controller:80,443` or `*/edge/*`."""

    cluster: str
    namespace: str
    service: str
    ports: frozenset[int] = frozenset()
    """Service ports (a listener's port) that the entry speaks of; empty: all of them."""

    @classmethod
    def parse(cls, text: str) -> "ServicePattern":
        """Read an entry as written in cdk.json. Raises ValueError saying what is wrong and what is allowed."""
        names, colon, ports = text.partition(":")
        parts = names.split("/")
        if len(parts) != len(("cluster", "namespace", "service")) or not all(map(_is_glob, parts)):
            raise ValueError(f"{text!r} is not of the form {_FORM}; * and ? are the wildcards")
        if colon and not all(map(_is_port, ports.split(","))):
            raise ValueError(f"{text!r} has bad ports: {ports!r} is not a list of ports of the form {_FORM}")
        cluster, namespace, service = parts
        numbers = frozenset(map(int, ports.split(","))) if colon else frozenset[int]()
        return cls(cluster, namespace, service, numbers)

    @property
    def is_wildcard(self) -> bool:
        """Whether the entry names Services by a pattern: such a wish is not addressed to us."""
        return any(_WILDCARDS & set(part) for part in (self.cluster, self.namespace, self.service))

    def matches(self, *, cluster: str, namespace: str, service: str) -> bool:
        """Whether the entry speaks of this Service; ports are judged apart, since they cost a call."""
        return (
            fnmatchcase(cluster, self.cluster)
            and fnmatchcase(namespace, self.namespace)
            and fnmatchcase(service, self.service)
        )

    def __str__(self) -> str:
        """Write the entry as it is read, ports in order."""
        ports = ",".join(map(str, sorted(self.ports)))
        return f"{self.cluster}/{self.namespace}/{self.service}" + (f":{ports}" if ports else "")


def _is_glob(part: str) -> bool:
    return bool(part) and all(letter.isalnum() or letter in "-._*?" for letter in part) and part.isascii()


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= 65535  # noqa: PLR2004 (the range of TCP ports)
