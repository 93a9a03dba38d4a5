"""The self-made certificate of a platform that nobody has given one yet."""

import ipaddress
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

__all__ = ["certificate_stays", "make_certificate"]

_LIFE = timedelta(days=825)  # the longest that Apple's clients accept
_RENEWAL = timedelta(days=30)
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])


def make_certificate(now: datetime) -> tuple[str, str]:
    """Sign a certificate for this machine with its own key.

    Args:
        now: the moment that its life counts from, aware.

    Returns:
        Certificate and private key (PKCS#8), in PEM.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    addresses: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), private.decode()


def certificate_stays(certificate: bytes, private_key: bytes, now: datetime) -> bool:
    """Tell whether a certificate stays: somebody else's always does, our own while it is valid and fits its key.

    Args:
        certificate: in PEM.
        private_key: in PEM.
        now: the present moment, aware.
    """
    try:
        loaded = x509.load_pem_x509_certificate(certificate)
        if loaded.issuer != _NAME:
            return True
        key = serialization.load_pem_private_key(private_key, password=None)
    except ValueError:
        return False
    return loaded.public_key() == key.public_key() and now < loaded.not_valid_after_utc - _RENEWAL
