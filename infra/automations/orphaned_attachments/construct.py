"""What starts the orphaned-attachments functions, and which of them may do what."""

from pathlib import Path

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern
from constructs import Construct

from functions.orphaned_attachments import handler
from infra.automation import Automation, Shared
from infra.automations.orphaned_attachments.options import OrphanedAttachmentsOptions
from infra.automations.orphaned_attachments.permissions import let_detach, let_read_instances, let_read_volumes
from infra.console_machine import ConsoleMachine, let_read_executions, let_start_executions, machine_arn
from infra.event_queue import EventQueue
from infra.python_function import PythonFunction
from infra.sweep_per_cluster import SweepPerCluster
from kube.registration import is_pattern

_BATCH_TIMEOUT = Duration.seconds(90)
"""Ten records at 8 s each, and a cold start."""

_STEP_TIMEOUT = Duration.seconds(90)
"""One look at a cluster of thousands of volumes."""

_RUN_TIMEOUT = Duration.minutes(5)
"""A sweep of one cluster, or a plan of all."""

_MACHINE = Path(__file__).with_name("release-volumes.asl.json")
_NAME = "release-volumes"


class OrphanedAttachments(Automation):
    """Orphaned EBS attachments of dead nodes: by event, by sweep, and by an operator."""

    OPTIONS = OrphanedAttachmentsOptions

    def __init__(self, scope: Construct, name: str, *, options: OrphanedAttachmentsOptions, shared: Shared) -> None:
        super().__init__(scope, name, options=options, shared=shared)
        on_event = self.function("OnEvent", handler.on_event, timeout=_BATCH_TIMEOUT)
        sweep = self.function("Sweep", handler.sweep, timeout=_RUN_TIMEOUT)
        self._let_start(on_event, sweep)
        let_read_instances(on_event, sweep)
        let_read_volumes(sweep)
        self.let_notify(sweep)

        warnings = (_SPOT_INTERRUPTION, _SCHEDULED_RETIREMENT)
        events = EventQueue(self, "Events", "Instances that stop, terminate or run again", _STATE_CHANGE, on_event)
        for construct_id, description, pattern in warnings:
            events.match(construct_id, description, pattern)
        clusters = shared.clusters.clusters
        sweeps = SweepPerCluster(self, "Sweeps", function=sweep, clusters=clusters, every=options.sweep_every)
        sweeps.let_send(sweep)
        shared.operations.let_operators_run(self._machine())

    def _let_start(self, *functions: PythonFunction) -> None:
        for function in functions:
            let_start_executions(function, _NAME)
            function.tell("MACHINE_ARN", machine_arn(function, _NAME))

    def _machine(self) -> ConsoleMachine:
        look = self.function("Look", handler.look, timeout=_STEP_TIMEOUT)
        act = self.function("Act", handler.act, timeout=_STEP_TIMEOUT)
        plan = self.function("Plan", handler.plan, timeout=_RUN_TIMEOUT)
        prepare = self.function("Prepare", handler.prepare, timeout=_STEP_TIMEOUT)
        report = self.function("Report", handler.report, timeout=_STEP_TIMEOUT)
        let_read_instances(look, act, plan)
        let_read_volumes(look, act, plan)
        registered = self._shared.clusters.clusters.items()
        let_detach(act, [one.cluster_id or name for name, one in registered if not is_pattern(name)])
        let_read_executions(prepare, _NAME)
        self.let_notify(report)
        functions = {"Look": look, "Act": act, "Plan": plan, "Prepare": prepare, "Report": report}
        callees = {f"{placeholder}Function": function for placeholder, function in functions.items()}
        return ConsoleMachine(self, "ReleaseVolumes", _MACHINE, callees)


_STATE_CHANGE = EventPattern(
    source=["aws.ec2"],
    detail_type=["EC2 Instance State-change Notification"],
    detail={"state": ["stopping", "shutting-down", "stopped", "terminated", "running"]},
)

_SPOT_INTERRUPTION = (
    "SpotInterruptions",
    "Warnings of spot interruptions, which are logged",
    EventPattern(source=["aws.ec2"], detail_type=["EC2 Spot Instance Interruption Warning"]),
)

_SCHEDULED_RETIREMENT = (
    "Retirements",
    "Scheduled retirements of instances, which are logged",
    EventPattern(
        source=["aws.health"],
        detail_type=["AWS Health Event"],
        detail={"service": ["EC2"], "eventTypeCategory": ["scheduledChange"]},
    ),
)
