"""How to reach one API server, and as whom."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a connection is made of. Only the server's address is ever shown."""

    server: str
    """https://host:port"""

    ca: str = field(repr=False)
    """Certificates of the authority, PEM: without one no server is trusted."""

    tls_server_name: str = field(default="", repr=False)
    """The name to look for in the server's certificate; empty: the host of `server`."""

    proxy_url: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    """Client certificate, PEM."""

    key: str = field(default="", repr=False)
    """Its private key, PEM."""

    impersonates: str = field(default="", repr=False)
    """User whose rights every request is bound by."""

    seconds: float | None = field(default=None, repr=False)
    """How long the token may be used; None: until it is refused."""

    @property
    def identity(self) -> tuple[str, str]:
        """Which server this is, whoever asks it."""
        return self.server, self.ca

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say who asks."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return headers | ({"Impersonate-User": self.impersonates} if self.impersonates else {})
