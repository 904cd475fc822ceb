"""What starts the proxy-protocol functions, and which of them may do what."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern
from constructs import Construct

from functions.proxy_protocol import handler
from infra.automation import Automation, Shared
from infra.automations.proxy_protocol.options import ProxyProtocolOptions
from infra.automations.proxy_protocol.permissions import let_describe, let_list, let_write
from infra.console_machine import ConsoleMachine, let_read_executions
from infra.event_queue import EventQueue
from infra.python_function import PythonFunction
from infra.sweep_schedule import SweepSchedule

_BATCH_TIMEOUT = Duration.seconds(90)
"""Ten records at their deadline of 8 s each, and a cold start."""

_RUN_TIMEOUT = Duration.minutes(15)
"""Lambda's longest: a sweep or an operator's run is paced, and says how far it came."""

_MACHINE = Path(__file__).with_name("set-proxy-protocol.asl.json")


class ProxyProtocol(Automation):
    """Proxy protocol on new NLB target groups: by event, by sweep, and by an operator."""

    OPTIONS = ProxyProtocolOptions

    def __init__(self, scope: Construct, name: str, *, options: ProxyProtocolOptions, shared: Shared) -> None:
        super().__init__(scope, name, options=options, shared=shared)
        on_event = self.function("OnEvent", handler.on_event, timeout=_BATCH_TIMEOUT)
        sweep = self.function("Sweep", handler.sweep, timeout=_RUN_TIMEOUT, reserved_concurrency=1)
        plan = self.function("Plan", handler.plan, timeout=_RUN_TIMEOUT)
        apply = self.function("Apply", handler.apply, timeout=_RUN_TIMEOUT)

        let_describe(on_event, sweep, plan, apply)
        let_list(sweep, plan)
        let_write(on_event, sweep, apply)
        let_read_executions(apply, "set-proxy-protocol")

        pattern = _pattern([on_event, sweep, apply])
        EventQueue(self, "Events", "Target groups that come, are tagged, or are put to use", pattern, on_event)
        SweepSchedule(self, "SweepSchedule", function=sweep, every=options.sweep_every)
        callees = {"PlanFunction": plan, "ApplyFunction": apply}
        shared.operations.let_operators_run(ConsoleMachine(self, "SetProxyProtocol", _MACHINE, callees))


def _pattern(writers: Sequence[PythonFunction]) -> EventPattern:
    """Match successful calls that bring a target group into being or use, or tag it, but for those of *writers*."""
    ours = [writer.service_role.role_arn for writer in writers]
    return EventPattern(
        source=["aws.elasticloadbalancing"],
        detail_type=["AWS API Call via CloudTrail"],
        detail={
            "eventSource": ["elasticloadbalancing.amazonaws.com"],
            "eventName": ["CreateTargetGroup", "AddTags", "CreateListener", "ModifyListener"],
            "errorCode": [{"exists": False}],
            # anything-but never matches a missing key, and a cloud provider with static keys has none.
            "$or": [_called_by({"anything-but": ours}), _called_by({"exists": False})],
        },
    )


def _called_by(role: dict[str, Any]) -> dict[str, Any]:
    return {"userIdentity": {"sessionContext": {"sessionIssuer": {"arn": [role]}}}}
