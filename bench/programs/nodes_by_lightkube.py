"""lightkube, as its page shows it: https://lightkube.readthedocs.io. The argument is the secret's name."""

import time

STARTED = time.monotonic()

import json  # noqa: E402 (the clock starts before the imports: they are what is measured)
import sys  # noqa: E402

import boto3  # noqa: E402
from lightkube import Client, KubeConfig  # type: ignore[import-not-found]  # noqa: E402  # in its own environment
from lightkube.resources.core_v1 import Node  # type: ignore[import-not-found]  # noqa: E402  # the same

text = boto3.client("secretsmanager").get_secret_value(SecretId=sys.argv[1])["SecretString"]
client = Client(config=KubeConfig.from_dict(json.loads(text)))
nodes = sum(node.spec.providerID != "" for node in client.list(Node, chunk_size=250))
ENDED = time.monotonic()

from bench.programs.listing import say  # noqa: E402 (not measured)

say(STARTED, ENDED, nodes=nodes)
