"""What is asked of an API server, and what it answers, or why it did not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kube.errors import KubeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of the API server."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    content_type: str = "application/json"
    is_question: bool = False
    """Whether a POST changes nothing (a review)."""

    @property
    def is_mutation(self) -> bool:
        """Whether doing it twice is not the same as once."""
        return self.method != "GET" and not self.is_question

    def __str__(self) -> str:
        """Say verb and path, as errors name a request."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's answer, wholly read."""

    status: int
    headers: Mapping[str, str]
    """Names are found in any case."""

    body: bytes = field(repr=False)


class AgainError(Exception):
    """Nothing came of it that could be called a result, and to ask again is safe."""

    def __init__(self, error: KubeError, *, after: float = 0.0) -> None:
        super().__init__()
        self.error = error
        """What to raise where it is not asked again."""
        self.after = after
        """Seconds to wait, as the server wishes."""
