"""The measure: boto3 reads the kubeconfig, and no cluster is asked. The argument is the secret's name."""

import time

STARTED = time.monotonic()

import sys  # noqa: E402 (the clock starts before the imports: they are what is measured)

import boto3  # noqa: E402

boto3.client("secretsmanager").get_secret_value(SecretId=sys.argv[1])
ENDED = time.monotonic()

from bench.programs.listing import say  # noqa: E402 (not measured)

say(STARTED, ENDED, nodes=0)
