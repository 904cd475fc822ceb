"""A certificate authority of the control plane's own, and what it signs. Everything is PEM text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LASTS = timedelta(days=30)
SERVER_NAMES = ("localhost", "kubernetes.default.svc")
SERVER_ADDRESSES = ("127.0.0.1",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A key, and what others are given of it: a certificate or the public key."""

    public: str
    key: str


class Authority:
    """Signs servers and clients."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pitcrew")])
        public = self._key.public_key()
        # Without the identifiers of keys here and below, Python refuses the chain from 3.13 on (VERIFY_X509_STRICT).
        self._identifier = x509.SubjectKeyIdentifier.from_public_key(public)
        certificate = (
            _new(self._name, self._name, public)
            .add_extension(self._identifier, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_SIGNS, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = _text(certificate)

    def server(self) -> Pair:
        """Return the pair of every server of the control plane."""
        names = [x509.DNSName(name) for name in SERVER_NAMES]
        addresses = [x509.IPAddress(ip_address(address)) for address in SERVER_ADDRESSES]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVER_NAMES[0])])
        return self._sign(subject, ExtendedKeyUsageOID.SERVER_AUTH, x509.SubjectAlternativeName([*names, *addresses]))

    def client(self, user: str, groups: Sequence[str] = ()) -> Pair:
        """Return a pair that says it is *user* in *groups*, as Kubernetes reads it.

        Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates
        """
        organizations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        subject = x509.Name([*organizations, x509.NameAttribute(NameOID.COMMON_NAME, user)])
        return self._sign(subject, ExtendedKeyUsageOID.CLIENT_AUTH)

    def _sign(self, subject: x509.Name, usage: x509.ObjectIdentifier, *extensions: x509.ExtensionType) -> Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _new(subject, self._name, key.public_key())
        signed_by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(self._identifier)
        for extension in (signed_by, x509.ExtendedKeyUsage([usage]), *extensions):
            builder = builder.add_extension(extension, critical=False)
        return Pair(public=_text(builder.sign(self._key, hashes.SHA256())), key=_private(key))


def service_account_keys() -> Pair:
    """Return the keys that sign and prove ServiceAccount tokens."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Pair(public=public.decode(), key=_private(key))


_SIGNS = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


def _new(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LASTS)
    )


def _text(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _private(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
