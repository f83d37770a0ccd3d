"""A self-made certificate for SIP over TLS, until the company puts its own in its place."""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dialplan import private

VALID = dt.timedelta(days=3650)
CERTIFICATE, KEY = "certificate.pem", "key.pem"


def provide(folder: Path, address: str) -> None:
    """Make ``certificate.pem`` and ``key.pem`` (0600) in ``folder``, for ``address``; what is there already stays.

    So phones that have learnt to trust the certificate keep trusting it, and a bought one put there is used.
    """
    if (folder / CERTIFICATE).exists() and (folder / KEY).exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write(folder / KEY, pem)
    private.write(folder / CERTIFICATE, _sign(key, address).public_bytes(serialization.Encoding.PEM))


def _sign(key: ec.EllipticCurvePrivateKey, address: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "switchboard")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(address))])
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))  # a phone's clock may be behind
        .not_valid_after(now + VALID)
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
