"""EC2: moto's, in this process and behind ministack's address, with what moto leaves out.

moto changes states at once and lets every volume be detached; what differs on AWS is said in the other
`ec2_*.py`. Who may call is still ministack's to judge, before us.
"""

from typing import Any

from ministack import app
from moto.core.request import Request

from local.standin import ec2_states
from local.standin.ec2_events import emit
from local.standin.ec2_service import Ec2


def install() -> None:
    """Answer EC2's requests in ministack's place, and tell EventBridge of each state."""
    app.SERVICE_HANDLERS["ec2"] = answer
    ec2_states.listeners.append(emit)


async def answer(
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    _query_params: dict[str, Any],
) -> tuple[int, dict[str, str], bytes]:
    """Answer one request; every SDK sends its parameters in the body."""
    request = Request.from_primitives(method, f"http://{headers['host']}{path}", headers, body)
    status, answered, content = Ec2.dispatch(request)
    # moto gives the answer's head an id of its own, and its body always the same.
    content = content.replace(">request-id<", f">{answered['x-amzn-requestid']}<")
    return status, answered, content.encode()
