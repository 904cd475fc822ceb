"""The CDK command line's part of the story: bootstrap, deploy, diff, destroy."""

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

from local.cloud_provider import ROLE
from local.cluster import ended_cluster
from local.environment import ACCOUNT, REGION, ROOT, child_environment
from local.registration import configured, register
from local.stage import CDK, Stage
from local.standin.process import run, running_cloud
from local.story import Row, StoryError, expect

Tell: TypeAlias = Callable[[str, Callable[[], list[Row]]], list[Row]]
"""Plays what it is given under the sentence that is true afterwards."""


@contextlib.contextmanager
def running_stage(folder: Path, *, with_cluster: bool) -> Iterator[Stage]:
    """Run a stand-in, and a cluster that `bring_up` starts, while the block does.

    The cluster ends first: who plays beside it asks the cloud to the last.
    """
    with contextlib.ExitStack() as running:
        cloud = running.enter_context(running_cloud(folder))
        cluster = running.enter_context(ended_cluster()) if with_cluster else None
        yield Stage(cloud=cloud, folder=folder, cluster=cluster)


def bring_up(stage: Stage, tell: Tell) -> list[Row]:
    """Bootstrap the account while the app is synthesised, and deploy it. Raises StoryError."""
    with ThreadPoolExecutor() as pool:
        made = pool.submit(synth, stage.folder, configuration=configured(stage.folder) if stage.cluster else ROOT)
        tell("the real CDK command line bootstraps the account", lambda: bootstrap(stage))
        tell("the app is synthesised, cdk-nag finds nothing", made.result)
        # Not beside the synth, which takes most of the memory.
        registered = pool.submit(_register, stage)
        rows = tell("cdk deploy", lambda: deploy(stage))
        if stage.cluster:
            tell("a real Kubernetes cluster runs, its kubeconfig is in Secrets Manager", registered.result)
    return rows


def _register(stage: Stage) -> list[Row]:
    if stage.cluster:
        stage.cluster.start()
        register(stage.cluster, stage.cloud, stage.clusters_provider)
    return []


def synth(folder: Path, *options: str, configuration: Path = ROOT) -> list[Row]:
    """Write the assembly to *folder*, for the stand-in's account, as the cdk.json in *configuration* has it.

    Raises StoryError.
    """
    environment = child_environment(folder) | {"CDK_DEFAULT_ACCOUNT": ACCOUNT, "CDK_DEFAULT_REGION": REGION}
    output = str(folder / "cdk.out")
    done = run([CDK, "synth", "--quiet", "--output", output, *options], environment=environment, cwd=configuration)
    if done.returncode:
        raise StoryError(f"cdk synth failed:\n{done.stdout}")
    return []


def bootstrap(stage: Stage) -> list[Row]:
    """Prepare the account as its owner would, once; in an empty folder, so that no app is synthesised for it."""
    empty = stage.folder / "empty"
    empty.mkdir()
    done = run([CDK, "bootstrap", f"aws://{ACCOUNT}/{REGION}"], environment=stage.cloud.environment, cwd=empty)
    if done.returncode:
        raise StoryError(f"cdk bootstrap failed:\n{done.stdout}")
    return []


def deploy(stage: Stage) -> list[Row]:
    """Deploy the stack."""
    began = time.monotonic()
    stage.cdk("deploy", "--require-approval", "never", "--progress", "events")
    return [Row(what="cdk deploy", verdict=stage.stack, seconds=time.monotonic() - began)]


def unchanged(stage: Stage) -> list[Row]:
    """Compare what is deployed with what would be; `cdk diff --fail` fails on any difference."""
    began = time.monotonic()
    stage.cdk("diff", "--fail")
    return [Row(what="cdk diff", verdict="no difference", seconds=time.monotonic() - began)]


def destroyed(stage: Stage) -> list[Row]:
    """Destroy the stack, and look for anything that is left of it."""
    began = time.monotonic()
    stage.cdk("destroy", "--force")
    left = leftovers(stage)
    expect(not left, f"cdk destroy left {', '.join(left)}")
    return [Row(what="cdk destroy", verdict="nothing left", seconds=time.monotonic() - began)]


def leftovers(stage: Stage) -> list[str]:
    """Name what is in the account beside what bootstrap and the story's own cluster made there."""
    client = stage.cloud.client
    found = [
        *(one["FunctionName"] for one in client("lambda").list_functions()["Functions"]),
        *(one["UUID"] for one in client("lambda").list_event_source_mappings()["EventSourceMappings"]),
        *client("sqs").list_queues().get("QueueUrls", []),
        *(one["Name"] for one in client("events").list_rules()["Rules"]),
        *(one["Name"] for one in client("scheduler").list_schedules()["Schedules"]),
        *(one["name"] for one in client("stepfunctions").list_state_machines()["stateMachines"]),
        *(one["logGroupName"] for one in client("logs").describe_log_groups()["logGroups"]),
        *(one["TopicArn"] for one in client("sns").list_topics()["Topics"]),
        *(one["AlarmName"] for one in client("cloudwatch").describe_alarms()["MetricAlarms"]),
        *(one["Name"] for one in client("ssm").describe_parameters()["Parameters"]),
        *(one["RoleName"] for one in client("iam").list_roles()["Roles"]),
        *(one["PolicyName"] for one in client("iam").list_policies(Scope="Local")["Policies"]),
    ]
    return [name for name in found if not name.startswith(("cdk-", "/cdk-bootstrap/", ROLE))]
