"""The floor: the least that urllib3 needs for the layer's requests. The argument is the secret's name."""

import time

STARTED = time.monotonic()

import base64  # noqa: E402 (the clock starts before the imports: they are what is measured)
import json  # noqa: E402
import ssl  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402

import boto3  # noqa: E402
import urllib3  # noqa: E402

text = boto3.client("secretsmanager").get_secret_value(SecretId=sys.argv[1])["SecretString"]
config = json.loads(text)
cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
tls = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
with tempfile.NamedTemporaryFile() as file:
    file.write(base64.b64decode(user["client-certificate-data"]) + base64.b64decode(user["client-key-data"]))
    file.flush()
    tls.load_cert_chain(file.name)
pool = urllib3.PoolManager(ssl_context=tls)
nodes, fields = 0, {"limit": "250"}
while True:
    answer = pool.request(
        "GET", f"{cluster['server']}/api/v1/nodes", fields=fields, headers={"Accept-Encoding": "gzip"}
    )
    page = json.loads(answer.data)
    nodes += sum(node["spec"]["providerID"] != "" for node in page["items"])
    if not page["metadata"].get("continue"):
        break
    fields["continue"] = page["metadata"]["continue"]
ENDED = time.monotonic()

from bench.programs.listing import say  # noqa: E402 (not measured)

say(STARTED, ENDED, nodes=nodes)
