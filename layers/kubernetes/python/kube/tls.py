"""TLS to one API server: always verified, and no private key ever on a file system."""

import os
import ssl
from collections.abc import Callable
from contextlib import suppress

from kube.access import Access
from kube.errors import BadKubeconfigError


def context(access: Access) -> ssl.SSLContext:
    """Return the context for *access*. Raises BadKubeconfigError.

    OpenSSL's own errors are not passed on: they may quote what they read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    if not _worked(lambda: context.load_verify_locations(cadata=access.ca)):
        raise BadKubeconfigError("certificate-authority-data holds no readable PEM certificate")
    if access.certificate:
        _load_client(context, access)
    return context


def _load_client(context: ssl.SSLContext, access: Access) -> None:
    """Hand certificate and key to OpenSSL, which takes a path only: that of an anonymous file in memory."""
    with os.fdopen(os.memfd_create("client"), "wb") as file:
        file.write(f"{access.certificate}\n{access.key}\n".encode())
        file.flush()
        # A key under a pass phrase would ask the terminal for it.
        if not _worked(lambda: context.load_cert_chain(f"/proc/self/fd/{file.fileno()}", password="")):
            raise BadKubeconfigError(
                "client-certificate-data and client-key-data are not a readable PEM certificate and its private key"
            )


def _worked(load: Callable[[], None]) -> bool:
    with suppress(ssl.SSLError, ValueError):
        load()
        return True
    return False
