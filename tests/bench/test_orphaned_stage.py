"""What the bench notes of events and requests."""

import json
import threading
from pathlib import Path
from typing import Any, cast

from bench.orphaned_attachments.stage import Events, Stage


def test_who_waits_for_a_state_is_told_when_it_was_first_entered() -> None:
    events, seen = Events(), list[float]()
    waiting = threading.Thread(target=lambda: seen.append(events.wait("i-1", "terminated")))
    waiting.start()

    events.tell("i-1", "shutting-down")
    events.tell("i-1", "terminated")
    waiting.join(10)
    first = events.wait("i-1", "terminated")
    events.tell("i-1", "terminated")

    assert seen == [first]
    assert events.wait("i-1", "terminated") == first >= events.wait("i-1", "shutting-down")


def test_requests_of_one_user_are_counted_by_verb_and_resource(tmp_path: Path) -> None:
    def line(user: str, verb: str, **about: object) -> str:
        return json.dumps({"user": {"username": user}, "verb": verb, "requestURI": "/version?timeout=1s", **about})

    audit = tmp_path / "audit.log"
    status = {"resource": "pods", "subresource": "status"}
    lines = [
        line("a", "get"),
        line("a", "patch", objectRef=status),
        *[line("a", "list", objectRef={"resource": "nodes"})] * 2,
        line("b", "list", objectRef={"resource": "nodes"}),
    ]
    audit.write_text("\n".join(lines) + "\n")
    stage = Stage(lab=cast("Any", None), events=Events(), endpoint="", audit=audit)

    assert stage.requests("a") == {"get /version": 1, "patch pods/status": 1, "list nodes": 2}
