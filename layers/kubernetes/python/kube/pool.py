"""Pooled connections to one API server, through a proxy or without one, to whoever proves to be that server."""

import logging
import ssl
from http.client import HTTPException
from urllib.parse import unquote

import urllib3
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url
from urllib3.util.ssl_match_hostname import CertificateError

from kube.access import Access
from kube.errors import ClusterUnreachableError
from kube.exchange import AgainError

CONNECTIONS = 16
"""Kept at most; a sweep asks from as many threads, an event from one."""


class _Line(HTTPSConnection):
    """A connection that tells trouble before the request from trouble after it, which urllib3 gives the same names."""

    def connect(self) -> None:
        try:
            super().connect()
        except (CertificateError, ssl.SSLCertVerificationError) as error:
            why = getattr(error, "verify_message", error)
            raise ClusterUnreachableError(f"the server at {self.host} is not trusted: {why}") from None
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            why = type(error).__name__  # its text may hold what a proxy sent
            raise AgainError(ClusterUnreachableError(f"no connection to {self.host} ({why})")) from None


class _Pool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Line


def open_pool(access: Access, context: ssl.SSLContext) -> urllib3.HTTPConnectionPool:
    """Return a pool whose connections raise KubeError, or AgainError, where they cannot be made."""
    # It warns of a header that it cannot read by quoting it.
    logging.getLogger("urllib3.connection").setLevel(logging.ERROR)
    proxy, manager = parse_url(access.proxy_url), urllib3.PoolManager()
    if proxy.host:
        headers = urllib3.make_headers(proxy_basic_auth=unquote(proxy.auth or "") or None)
        manager = urllib3.ProxyManager(access.proxy_url, proxy_headers=headers)
    manager.pool_classes_by_scheme = {"https": _Pool}
    manager.connection_pool_kw |= {"ssl_context": context, "cert_reqs": "CERT_REQUIRED", "maxsize": CONNECTIONS}
    # urllib3 looks for this name in the certificate itself; an IP address among the certificate's addresses.
    name = access.tls_server_name or parse_url(access.server).hostname
    manager.connection_pool_kw |= {"assert_hostname": name, "server_hostname": access.tls_server_name or None}
    return manager.connection_from_url(access.server)
