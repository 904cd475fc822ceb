"""The official client, as its examples have it: https://github.com/kubernetes-client/python/tree/master/examples.

The argument is the secret's name.
"""

import time

STARTED = time.monotonic()

import json  # noqa: E402 (the clock starts before the imports: they are what is measured)
import sys  # noqa: E402

import boto3  # noqa: E402
from kubernetes import client, config  # type: ignore[import-not-found]  # noqa: E402  # in its own environment

text = boto3.client("secretsmanager").get_secret_value(SecretId=sys.argv[1])["SecretString"]
config.load_kube_config_from_dict(json.loads(text))
api = client.CoreV1Api()
nodes, token = 0, None
while True:
    page = api.list_node(limit=250, _continue=token)
    nodes += sum(node.spec.provider_id != "" for node in page.items)
    token = page.metadata.var_continue
    if not token:
        break
ENDED = time.monotonic()

from bench.programs.listing import say  # noqa: E402 (not measured)

say(STARTED, ENDED, nodes=nodes)
