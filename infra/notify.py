"""The key `notify` of cdk.json: who gets the topic's messages by e-mail."""

import re
from dataclasses import dataclass

_FORM = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """Where AWS first asks whether messages are wanted; until that is confirmed, none is sent."""

    text: str

    @classmethod
    def parse(cls, text: str) -> "EmailAddress":
        """Read an address as it is written in cdk.json. Raises ValueError."""
        if not _FORM.fullmatch(text):
            raise ValueError('an e-mail address alone, such as "ops@example.com"')
        return cls(text)
