"""An object of a kubeconfig, read field by field: an error names the field and shows no value."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from urllib3.util import parse_url

from kube.errors import BadKubeconfigError


class Fields:
    """The fields of one object, which stands at *path*. Any call raises BadKubeconfigError."""

    def __init__(self, values: object, path: str) -> None:
        if not isinstance(values, Mapping):
            raise BadKubeconfigError(f"{path or 'the kubeconfig'} is not an object")
        self._values: Mapping[str, Any] = values
        self._path = path

    def entry(self, plural: str, singular: str, name: str) -> Self:
        """Return the object in the entry called *name* of one of the three lists."""
        entries = self._values.get(plural)
        if not isinstance(entries, list):
            raise BadKubeconfigError(f"{plural} is not a list")
        found = [entry for entry in entries if isinstance(entry, Mapping) and entry.get("name") == name]
        if len(found) != 1:
            raise BadKubeconfigError(
                f"{plural} has {'two entries' if found else 'no entry'} with the name that is asked for"
            )
        return type(self)(found[0].get(singular), f"{plural}[].{singular}.")

    def refuse(self, instead: Mapping[str, str]) -> None:
        """Let none of these fields say anything."""
        for field, advice in instead.items():
            if self._values.get(field):
                raise BadKubeconfigError(f"{self._path}{field}: {advice}")

    def text(self, field: str) -> str:
        """Return a text that must be there."""
        value = self._values.get(field)
        if not isinstance(value, str) or not value:
            raise BadKubeconfigError(f"{self._path}{field} is missing, or not text")
        return value

    def line(self, field: str) -> str:
        """Return one line of ASCII, as a header and a name are; empty where there is none."""
        value = self._values.get(field) or ""
        if not isinstance(value, str) or not value.isascii() or not value.strip().isprintable():
            raise BadKubeconfigError(f"{self._path}{field} is not one line of ASCII text")
        return value.strip()

    def pem(self, field: str) -> str:
        """Return what is there in base64; empty where there is nothing."""
        value = self.line(field)
        with suppress(ValueError):
            return base64.b64decode(value, validate=True).decode("ascii")
        raise BadKubeconfigError(f"{self._path}{field} is not the base64 of a PEM text")

    def address(self, field: str, *schemes: str, has_user: bool = False) -> str:
        """Return a URL, with user and password only where it says so; empty where there is none."""
        value = self.line(field)
        with suppress(ValueError):
            url = parse_url(value)
            is_plain = url.host and not url.query and not url.fragment and (has_user or not url.auth)
            if not value or (url.scheme in schemes and is_plain):
                return value
        raise BadKubeconfigError(f"{self._path}{field} is not of the form {'/'.join(schemes)}://host:port")
