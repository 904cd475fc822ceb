import json
import os
import subprocess
import sys

from infra import ROOT


def test_a_mistake_in_cdk_json_ends_the_synth_with_one_line() -> None:
    context = {"pitcrew": {"defaults": {"proxy_protocol": {"mode": "enforced"}}}}

    run = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, ROOT / "app.py"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=os.environ
        | {"CDK_CONTEXT_JSON": json.dumps(context), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"},
        text=True,
    )

    assert run.returncode == 1
    assert run.stderr == (
        'cdk.json: pitcrew.defaults.proxy_protocol.mode: "enforced" was given (did you mean "enforce"?); '
        "allowed: observe, enforce, off\n"
    )
