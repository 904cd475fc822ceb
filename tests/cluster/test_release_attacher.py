"""The attacher is gone, as when it ran on the machine that died."""

import time
from datetime import timedelta

from local.actors.waiting import wait_until
from tests.cluster.releases import Scene, note, run_of


def test_what_an_attacher_that_is_gone_keeps_is_stripped_8_seconds_instead_of_2_minutes_after_its_deletion(
    quiet: Scene,
) -> None:
    shortened = {"kick_after": 2, "kick_effect": 4, "strip_after": 8}
    policy = {name: timedelta(seconds=seconds) for name, seconds in shortened.items()}
    with quiet.lab.place("attacher-gone") as place:
        quiet.lab.csi.attacher.stop()
        dead_at = quiet.dies(place)

        execution = quiet.releasing(**policy).execute(run_of(place))

        assert execution.acts == ["hold", "taint", "release pod", "kick", "strip finalizer", "unhold"]
        assert execution.ends == ["Released"]
        assert place.node not in quiet.attached(place)
        assert quiet.holder(place) == ""
        note("terminated, attacher gone, to stripped", time.monotonic() - dead_at)
        quiet.lab.csi.attacher.start()
        wait_until(lambda: quiet.lab.attached_elsewhere(place))
