"""Certificates for the scripted server: good ones, and ones that no client may accept."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and its key, as PEM."""

    certificate: str
    key: str


class Forger:
    """An authority that signs whatever it is asked to."""

    def __init__(self, name: str = "forger") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        ends = datetime.now(UTC) + timedelta(days=1)
        self.certificate = self._signed(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0), ends)

    def pair(self, *names: str, common_name: str = "server", dns: str = "", expired: bool = False) -> Pair:
        """Return a pair that bears these names and IP addresses, and *dns* as a name even if it is an address."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        ends = datetime.now(UTC) + timedelta(days=-1 if expired else 1)
        bears = [*map(_general, names), *([x509.DNSName(dns)] if dns else [])]
        certificate = self._signed(subject, key, x509.SubjectAlternativeName(bears), ends)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return Pair(certificate, pem.decode())

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType, ends: datetime
    ) -> str:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - timedelta(days=2))
            .not_valid_after(ends)
            .add_extension(extension, critical=True)
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
