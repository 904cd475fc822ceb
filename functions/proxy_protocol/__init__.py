"""Switches on proxy protocol v2 on the target groups of Kubernetes Services that ask for it.

event     handler.on_event → respond → events.parse    CloudTrail names a target group
decision  reconcile.judge → decision.decide            facts are read until the first row of the table applies:
          of AWS by target_groups, of the Service and its pods by services
effect    reconcile.act → target_groups                one write where the mode enforces, and its read-back;
          → service_events → services                  an Event on the Service
proof     evidence.prove                               one log line and one metric a verdict
others    sweep (what no event told), console (plan and apply for an operator): the same reconcile, many groups
"""
