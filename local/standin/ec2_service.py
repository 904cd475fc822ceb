"""EC2 as it answers: moto's, with our instances and volumes. It knows nothing of ministack, and serves without it too.

Whoever wants to know of an instance's new state puts a function into `ec2_states.listeners`.
"""

from typing import Any

from local.standin.ec2_clock import lock
from local.standin.ec2_instances import Instances
from local.standin.ec2_volumes import Volumes


class Ec2(Instances, Volumes):
    """The responses of the service, one at a time: they share moto's memory with what happens by time."""

    def call_action(self) -> tuple[int, dict[str, Any], str | bytes]:
        """Answer the request that was read."""
        with lock:
            return super().call_action()
