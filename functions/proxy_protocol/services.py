"""What does the Service itself say? The one seam to Kubernetes."""

from functions.proxy_protocol.decision.facts import Facts, Service


class Services:
    """The Services behind target groups; no cluster can be registered yet, so nobody can be asked."""

    def says(self, _group: Facts) -> Service:
        """Return what the Service of this group says about its wish."""
        return Service.UNREGISTERED
