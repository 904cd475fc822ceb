"""The calls that change an instance's state: moto's, with the refusals and the hibernation of AWS.

Sources: botocore's documentation of StartInstances, StopInstances and TerminateInstances, InstanceState (the
codes); https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (IncorrectInstanceState).
"""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from local.standin.ec2_states import HIBERNATE, START, STOP, TERMINATE, Way, move, pass_through


class Instances(EC2Response):
    """RunInstances and what comes after it."""

    def run_instances(self) -> ActionResult:
        """RunInstances: pending first."""
        answer = super().run_instances()
        wished = self._get_param("HibernationOptions", {})
        for instance in answer.result.instances:  # type: ignore[attr-defined]  # moto's Reservation
            instance.hibernation_options = {"Configured": bool(wished.get("Configured"))}
            pass_through(instance, START)
        return answer

    def start_instances(self) -> ActionResult:
        """StartInstances: the launch time is that of the last start."""
        return self._move(START, "StartingInstances")

    def stop_instances(self) -> ActionResult:
        """StopInstances; where an instance was not made for hibernation, it is shut down (botocore, Hibernate)."""
        way = HIBERNATE if self._get_bool_param("Hibernate", False) else STOP
        return self._move(way, "StoppingInstances")

    def terminate_instances(self) -> ActionResult:
        """TerminateInstances: the volumes stay attached until the instance is terminated."""
        return self._move(TERMINATE, "TerminatingInstances")

    def _move(self, way: Way, answered: str) -> ActionResult:
        self.error_on_dryrun()
        instances = self.ec2_backend.get_multi_instances_by_id(self._get_param("InstanceIds", []))
        for instance in instances:
            if instance.state not in way.starts | {way.passing, way.final}:
                message = f"The instance '{instance.id}' is not in a state from which it can be {way.verb}."
                raise EC2ClientError("IncorrectInstanceState", message)
        return ActionResult({answered: [move(instance, way) for instance in instances]})
