"""HTTP around the answers, the one secret from the first line of standard input (JSON). Prints its port.

Ends when its standard input does, as it does with whoever started it.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping

from bench.cloud.answers import Account, Answer
from bench.cloud.ec2 import Ec2
from bench.cloud.inventory import target_groups
from bench.cloud.shapes import REQUEST_ID


class Connection(asyncio.Protocol):
    """One connection that is kept alive; a client sends the next request when it has its answer."""

    def __init__(self, account: Account, journal: list[tuple[str, float]], delay: float) -> None:
        self._account = account
        self._journal = journal
        self._delay = delay
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer as soon as a request is complete."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        headers = _headers(head)
        if len(body) < int(headers.get("content-length", "0")):
            return
        self._received = b""
        if head.startswith(b"GET /calls "):
            self._send(Answer("", json.dumps(self._journal).encode()))
            self._journal.clear()
            return
        answer = self._account.answer(headers.get("x-amz-target", ""), body)
        self._journal.append((answer.operation, time.monotonic()))
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        head = (
            f"HTTP/1.1 {answer.status} -\r\nContent-Type: {answer.content_type}\r\nx-amzn-RequestId: {REQUEST_ID}\r\n"
            f"Content-Length: {len(answer.body)}\r\n\r\n"
        )
        if isinstance(self._transport, asyncio.WriteTransport) and not self._transport.is_closing():
            self._transport.write(head.encode() + answer.body)


def _headers(head: bytes) -> Mapping[str, str]:
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return {name.lower(): value.strip() for name, _, value in lines}


async def _serve(account: Account, delay: float) -> None:
    loop, journal = asyncio.get_running_loop(), list[tuple[str, float]]()
    server = await loop.create_server(lambda: Connection(account, journal, delay), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def main() -> None:
    """Play the account that the arguments describe."""
    parser = argparse.ArgumentParser(prog="python -m bench.cloud")
    parser.add_argument("--groups", type=int, required=True)
    parser.add_argument("--are-set", action="store_true")
    parser.add_argument("--nodes", type=int, default=0, help="instances of a cluster")
    parser.add_argument("--volumes", type=int, default=0, help="on these instances")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    arguments = parser.parse_args()
    account = Account(
        target_groups(arguments.groups, are_set=arguments.are_set),
        ec2=Ec2(nodes=arguments.nodes, volumes=arguments.volumes),
        secret=json.loads(sys.stdin.readline()),
    )
    asyncio.run(_serve(account, arguments.delay))


if __name__ == "__main__":
    main()
