"""A running stand-in, as the demo and the tests talk to it."""

import json
import os
import threading
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

from local.environment import ACCESS_KEY, REGION, SECRET_KEY

_NO_USER_SETUP = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}
"""Settings of a botocore session, as (key in the file, environment variable, default, conversion)."""

_making = threading.Lock()
"""Clients are not to be made by two threads of one session at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Its address, and what a child or we need to talk to it as the one who deploys."""

    endpoint: str
    environment: Mapping[str, str]
    """For children: the CDK CLI, the AWS CLI, a script."""
    process_id: int

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Return a boto3 client that nothing of the user's AWS set-up reaches."""
        return _client(self.endpoint, service, ACCESS_KEY, SECRET_KEY)

    def client_as(self, service: str, keys: Mapping[str, str]) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Return the same kind of client for somebody else; *keys* are the Credentials that AssumeRole answers."""
        return _client(self.endpoint, service, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def fire(self, schedule: str) -> None:
        """Deliver a schedule of the default group now."""
        self._control(f"schedules/{schedule}/fire", {})

    def inject(self, event: Mapping[str, Any]) -> None:
        """Put one event, in the shape in which a target receives it, on the default bus."""
        self._control("events", event)

    def lose_events(self, count: int) -> None:
        """Let the next *count* events of CloudTrail get lost."""
        self._control("trail/lose", {"count": count})

    def set_transitions(self, **seconds: float) -> None:
        """Let EC2's passing states last so long from now on: `pending`, `stopping`, `shutting_down`, `detaching`."""
        named = {state.replace("_", "-"): duration for state, duration in seconds.items()}
        self._control("ec2/transitions", {"seconds": named})

    def forget_instance(self, instance: str) -> None:
        """Let EC2 know an instance no more, as an hour after it was terminated."""
        self._control(f"ec2/instances/{instance}/forget", {})

    def fade_tags(self, instance: str) -> None:
        """Take an instance's tags off, as EC2 does some time after it was terminated."""
        self._control(f"ec2/instances/{instance}/fade", {})

    def set_lifecycle(self, instance: str, *, group: str, state: str) -> None:
        """Put an instance into an Auto Scaling group that is there, in a state such as `Warmed:Stopped`."""
        self._control(f"ec2/instances/{instance}/lifecycle", {"group": group, "state": state})

    def mount(self, volume: str) -> None:
        """Let the instance that has a volume use it: detached, it stays busy."""
        self._control(f"ec2/volumes/{volume}/mount", {})

    def unmount(self, volume: str) -> None:
        """Let the instance let go of a volume."""
        self._control(f"ec2/volumes/{volume}/unmount", {})

    def mailbox(self) -> dict[str, list[dict[str, str]]]:
        """Return `subject` and `message` of all that was published, in order, by the topic's ARN."""
        published: dict[str, list[dict[str, str]]] = self._control("mailbox", None)
        return published

    def queues(self) -> dict[str, dict[str, int]]:
        """Return the numbers of `visible` and `hidden` messages by queue name."""
        depths: dict[str, dict[str, int]] = self._control("queues", None)
        return depths

    def _control(self, path: str, content: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - JSON
        body = None if content is None else json.dumps(content).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.endpoint}/_local/{path}", body, timeout=30) as reply:
            return json.load(reply)


@cache
def _client(endpoint: str, service: str, access_key: str, secret_key: str, token: str | None = None) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Make a client once: that costs more than a call."""
    session = _session(access_key, secret_key, token)
    with _making:
        # boto3's stubs know the services by literal name only.
        return session.client(service, endpoint_url=endpoint, config=Config(proxies={}))  # type: ignore[call-overload]


@cache
def _session(access_key: str, secret_key: str, token: str | None) -> boto3.Session:
    """Make a session once: each holds some 8 MB of what botocore knows of AWS."""
    setup = botocore.session.Session(session_vars=_NO_USER_SETUP)
    return boto3.Session(access_key, secret_key, token, region_name=REGION, botocore_session=setup)
