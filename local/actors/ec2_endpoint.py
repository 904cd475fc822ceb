"""EC2 on loopback, answered in this process: by moto, or by a subclass of its responses that knows more of AWS.

Not moto's own server: that needs packages which nothing else here does.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from moto.core.request import Request
from moto.ec2.responses import EC2Response
from werkzeug import Response
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

REGION = "us-east-1"
LOOPBACK = "127.0.0.1"


@contextmanager
def ec2_endpoint(service: type[EC2Response] = EC2Response) -> Iterator[str]:
    """Yield the URL at which *service* answers, one request at a time, while the block runs."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # it would tell of each request
    server = make_server(LOOPBACK, 0, lambda environ, start: _answer(service, environ)(environ, start))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ec2_client(url: str) -> "EC2Client":
    """Return a client of an EC2 that asks nobody who they are."""
    return boto3.client(
        "ec2",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 (no secret: it is not looked at)
    )


def _answer(service: type[EC2Response], environ: dict[str, object]) -> Response:
    status, headers, body = service.dispatch(Request(environ))
    return Response(body, status, headers)
