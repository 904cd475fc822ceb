"""An API server in memory, as a Cluster asks it: it repeats what it was told and remembers what it was asked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kube.cluster import Cluster
from kube.errors import KubeError, NotFoundError
from kube.exchange import Request

Answer = dict[str, Any] | KubeError


@dataclass
class FakeApiServer:
    """Answers by path, each in its turn; the last one again and again. What is not there is not found."""

    answers: Mapping[str, list[Answer]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    now: float = 1000.0

    def clock(self) -> float:
        return self.now

    def request(self, request: Request, *, end: float) -> dict[str, Any]:
        self.asked.append(request)
        self.ends.append(end)
        answers = self.answers.get(request.path, [NotFoundError(f"{request}: not found")])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, KubeError):
            raise answer
        return answer

    def cluster(self) -> Cluster:
        return Cluster(self, seconds=30)

    @property
    def body(self) -> Any:  # noqa: ANN401 (any JSON)
        """What the last request carried."""
        return json.loads(self.asked[-1].body or b"null")


def page(*names: str, more: str = "") -> dict[str, Any]:
    """Return a page of a list: each object's uid is its name."""
    return {"metadata": {"continue": more}, "items": [{"metadata": {"name": name, "uid": name}} for name in names]}
