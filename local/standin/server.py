"""The stand-in's process: `python -m local.standin.server FOLDER`, all its files in FOLDER.

Prints `{"endpoint": "http://127.0.0.1:PORT"}` when it is ready, and ends when its standard input closes: a parent
that was killed cannot say goodbye.
"""

import asyncio
import importlib
import json
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Never, TypeAlias

from hypercorn.asyncio import serve
from hypercorn.config import Config

from local.environment import ACCOUNT, REGION

ADDITIONS = (
    *("transport", "runtime", "targets", "effects", "stepfunctions", "mailbox"),
    *("ec2", "elbv2", "cloudtrail", "permissions"),
)
GRACE_SECONDS = 0.2

Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


def main() -> None:
    """Serve until standard input closes or a signal comes."""
    folder = Path(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0))
    endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
    os.environ |= _settings(folder, endpoint)
    _install_additions()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    asyncio.run(serve(_application(endpoint), _hypercorn(listener)))  # type: ignore[arg-type]  # its own ASGI types
    _end()


def _settings(folder: Path, endpoint: str) -> dict[str, str]:
    """Return what ministack reads when it is imported; no Docker, and nothing outside *folder*."""
    return {
        "AUTH": "true",
        "AWS_ENDPOINT_URL": endpoint,
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
        "GATEWAY_PORT": endpoint.rpartition(":")[2],
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_ACCOUNT_CONCURRENCY": "8",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "S3_DATA_DIR": str(folder / "s3"),
        "SFN_WAIT_SCALE": "1",  # a state machine waits in the same time that its functions read off their clock
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(folder / "state"),
        "TMPDIR": str(folder),
    }


def _install_additions() -> None:
    for name in ADDITIONS:
        importlib.import_module(f"local.standin.{name}").install()


def _application(endpoint: str) -> Callable[[Message, Receive, Send], Awaitable[None]]:
    """Return ministack's application, with the control paths before it and one line when it is ready."""
    from ministack.app import app  # noqa: PLC0415 - ministack reads its settings when it is imported

    from local.standin import control  # noqa: PLC0415 - ministack reads its settings when it is imported

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        async def announce(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                sys.stdout.write(json.dumps({"endpoint": endpoint}) + "\n")
                sys.stdout.flush()

        if scope["type"] == "http" and scope["path"].startswith(control.PREFIX):
            await control.answer(scope, receive, send)
        else:
            await app(scope, receive, announce if scope["type"] == "lifespan" else send)

    return application


def _hypercorn(listener: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.graceful_timeout = GRACE_SECONDS
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    return config


def _end_with_parent() -> Never:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    _end()


def _end() -> Never:
    """End at once, the functions' processes first: everything is in memory, and threads may wait for each other."""
    from ministack.core import lambda_runtime  # noqa: PLC0415 - ministack reads its settings when it is imported

    lambda_runtime.reset()
    os._exit(0)


if __name__ == "__main__":
    main()
