"""Generate the platform's secrets into a folder: what is missing is made, what is there is kept.

Run as ``python -m munbot_common.secrets FOLDER [--readers]``. The files are private (0600). In containers the folder is
a volume, and ``--readers`` adds a folder for each reader with copies of what that one may see; a container mounts only
its own.
"""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import string
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from munbot_common.certificate import certificate_stays, make_certificate
from munbot_common.rabbitmq_definitions import broker_definitions

__all__ = [
    "GIVEN",
    "PASSWORDS",
    "READERS",
    "SERVICES",
    "SHAPED",
    "SecretLost",
    "generate_secrets",
    "mint_service_token",
    "share_with_readers",
]

PASSWORDS = {  # file name: length in characters
    "postgres_password": 32,
    "db_scheduler_password": 32,
    "db_conversations_password": 32,
    "db_rasa_password": 32,
    "db_whatsapp_password": 32,
    "db_notifications_password": 32,
    "db_datalake_password": 32,
    "db_n8n_password": 32,
    "rabbitmq_password": 32,
    "redis_password": 32,
    "mongo_password": 32,
    "s3_access_key": 20,
    "s3_secret_key": 40,
    "demo_password": 12,
    "simulator_secret": 40,
    "pseudonym_key": 64,
    "n8n_broker_password": 32,
    "n8n_encryption_key": 32,
}
# Given by other people, where there is one: empty until somebody writes it into the file.
GIVEN = (
    "llm_remote_key",
    "smtp_password",
    "sms_token",
    "backup_s3_access_key",
    "backup_s3_secret_key",
    "recovery_recipient",
    "n8n_official_password",
)
KEYS = ("whatsapp_key", "notifications_key")  # Fernet keys, that encrypt what a service keeps
SHAPED: dict[str, Callable[[], str]] = {  # where somebody else says what it looks like
    "n8n_webhook_secret": lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "n8n_owner_password": lambda: "N8n-" + _random_text(20, _EASY),
    # MinIO's key for encryption at rest: a name, and 32 bytes (MINIO_KMS_SECRET_KEY).
    "minio_kms_key": lambda: "munbot:" + base64.b64encode(secrets.token_bytes(32)).decode(),
}
KEPT_BY_THEIR_SERVER = ("postgres_password", "mongo_password")  # a new one would open nothing
SERVICES = (
    "scheduler",
    "complaints",
    "conversations",
    "actions",
    "rasa",
    "web",
    "llm",
    "whatsapp",
    "notifications",
    "datalake",
    "cli",
)
_S3 = ("s3_access_key", "s3_secret_key")
READERS = {  # folder: the files that its containers see
    "postgres": (
        "postgres_password",
        "db_scheduler_password",
        "db_conversations_password",
        "db_rasa_password",
        "db_whatsapp_password",
        "db_notifications_password",
        "db_datalake_password",
        "db_n8n_password",
    ),
    "redis": ("redis_password",),
    "rabbitmq": ("rabbitmq_definitions.json",),
    "mongo": ("mongo_password",),
    "minio": (*_S3, "minio_kms_key"),
    "nginx": ("tls.crt", "tls.key"),
    "scheduler": ("jwt_public_key.pem", "rabbitmq_password", "db_scheduler_password", "service_token_scheduler"),
    "complaints": ("jwt_public_key.pem", "rabbitmq_password", "mongo_password", "service_token_complaints", *_S3),
    "conversations": (
        "jwt_public_key.pem",
        "jwt_private_key.pem",
        "rabbitmq_password",
        "db_conversations_password",
        "service_token_conversations",
        "demo_password",
        *_S3,
    ),
    "actions": ("jwt_public_key.pem", "service_token_actions"),
    "rasa": ("db_rasa_password", "redis_password"),
    "llm": ("jwt_public_key.pem", "rabbitmq_password", "service_token_llm", "llm_remote_key", *_S3),
    "whatsapp": (
        "jwt_public_key.pem",
        "rabbitmq_password",
        "redis_password",
        "db_whatsapp_password",
        "service_token_whatsapp",
        "whatsapp_key",
        "simulator_secret",
        *_S3,
    ),
    "notifications": (
        "jwt_public_key.pem",
        "rabbitmq_password",
        "db_notifications_password",
        "service_token_notifications",
        "notifications_key",
        "smtp_password",
        "sms_token",
    ),
    "datalake": (
        "jwt_public_key.pem",
        "rabbitmq_password",
        "db_datalake_password",
        "service_token_datalake",
        "pseudonym_key",
        *_S3,
    ),
    "n8n": (
        "db_n8n_password",
        "n8n_broker_password",
        "n8n_encryption_key",
        "n8n_webhook_secret",
        "n8n_owner_password",
        "n8n_official_password",
        "demo_password",
    ),
    "n8n_access": (  # one-shots that let n8n in: at the broker, and at notifications
        "rabbitmq_password",
        "n8n_broker_password",
        "db_notifications_password",
        "notifications_key",
        "n8n_webhook_secret",
    ),
    "simulator": ("jwt_public_key.pem", "simulator_secret"),
    "web": ("jwt_public_key.pem", "rabbitmq_password", "redis_password", "service_token_web"),
}
TOKEN_LIFE = timedelta(days=365)
TOKEN_RENEWAL = timedelta(days=30)
_ALPHABET = string.ascii_letters + string.digits
_EASY = "abcdefghjkmnpqrstuvwxyz23456789"  # no look-alikes: people type the demo password


class SecretLost(RuntimeError):
    """A password that a server keeps in its data is missing here, so that a new one would not open it."""


def generate_secrets(folder: Path, *, now: datetime | None = None) -> list[str]:
    """Write every secret that is missing or due for renewal.

    Args:
        folder: where the files live; made when absent.
        now: the moment that tokens and certificates count from, aware; the current time by default.

    Returns:
        The names of the files that were written.

    Raises:
        SecretLost: other secrets are there, but not the password of a server's superuser, or the object store's key.
    """
    now = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "jwt_public_key.pem").is_file():  # not the first time
        _check_nothing_is_lost(folder)
    folder.chmod(0o700)
    writer = _Writer(folder, 0o600)
    for name, length in PASSWORDS.items():
        alphabet = _EASY if name == "demo_password" else _ALPHABET
        writer.missing(name, lambda n=length, a=alphabet: _random_text(n, a))  # type: ignore[misc]
    writer.begin_empty(GIVEN)
    for name, make in SHAPED.items():
        writer.missing(name, make)
    for name in KEYS:
        writer.missing(name, lambda: Fernet.generate_key().decode())
    writer.missing("jwt_private_key.pem", _new_private_key)
    private_pem = (folder / "jwt_private_key.pem").read_text()
    writer.replace_unless("jwt_public_key.pem", _public_pem(private_pem))
    for service in SERVICES:
        name = f"service_token_{service}"
        if not _token_is_good(folder / name, private_pem, now):
            writer.write(name, mint_service_token(private_pem, service, now))
    _write_certificate(folder, writer, now)
    _write_definitions(folder, writer)
    for file in folder.iterdir():  # a folder that was copied or restored may have lost its modes
        if file.is_file() and file.stat().st_mode & 0o777 != writer.mode:
            file.chmod(writer.mode)
    return writer.written


def _check_nothing_is_lost(folder: Path) -> None:
    for name in KEPT_BY_THEIR_SERVER:
        if not _is_there(folder / name):
            msg = f"{name} is missing or empty, and the server keeps the old one in its data: put it back"
            raise SecretLost(msg)
    # Installations of before have no such key, and get one. Where MinIO was given one, another would open no object.
    if not _is_there(folder / "minio_kms_key") and _is_there(folder / "minio" / "minio_kms_key"):
        msg = "minio_kms_key is missing or empty, and opens what the object store holds: put minio/minio_kms_key back"
        raise SecretLost(msg)


def share_with_readers(folder: Path) -> None:
    """Give each reader a folder with copies of the files it may see, and nothing else.

    The copies are readable by every user (0444), as the servers' images run as users of their own: what keeps a
    container from the others' secrets is that it mounts one folder only.

    Args:
        folder: what `generate_secrets` filled.
    """
    folder.chmod(0o755)
    for reader, names in READERS.items():
        own = folder / reader
        own.mkdir(exist_ok=True)
        own.chmod(0o755)
        writer = _Writer(own, 0o444)
        for name in names:
            writer.replace_unless(name, (folder / name).read_text())
        for file in own.iterdir():
            if file.name not in names:
                file.unlink()


def mint_service_token(private_pem: str, service: str, now: datetime) -> str:
    """Sign the token by which a service names itself to the others.

    Args:
        private_pem: the Ed25519 private key, PKCS#8 PEM.
        service: the service's short name, without ``service:``.
        now: the moment of issue, aware.

    Returns:
        A JWT of one year with role ``service`` and no tenant.
    """
    claims = {
        "iss": "munbot",
        "aud": "munbot",
        "sub": f"service:{service}",
        "role": "service",
        "iat": int(now.timestamp()),
        "exp": int((now + TOKEN_LIFE).timestamp()),
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, private_pem, algorithm="EdDSA")


class _Writer:
    """Write files whole or not at all, with their mode from the first byte."""

    def __init__(self, folder: Path, mode: int) -> None:
        self.folder = folder
        self.mode = mode
        self.written: list[str] = []

    def write(self, name: str, text: str) -> None:
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=f".{name}.")
        try:
            with os.fdopen(handle, "w") as file:
                file.write(text)
            Path(temporary).chmod(self.mode)
            Path(temporary).replace(self.folder / name)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        self.written.append(name)

    def missing(self, name: str, make: Callable[[], str]) -> None:
        if not _is_there(self.folder / name):
            self.write(name, make())

    def begin_empty(self, names: Iterable[str]) -> None:
        for name in names:
            if not (self.folder / name).is_file():
                self.write(name, "")

    def replace_unless(self, name: str, text: str) -> None:
        path = self.folder / name
        if not path.is_file() or path.read_text() != text:
            self.write(name, text)


def _is_there(path: Path) -> bool:
    return path.is_file() and bool(path.read_text().strip())


def _random_text(length: int, alphabet: str) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _new_private_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _public_pem(private_pem: str) -> str:
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _token_is_good(path: Path, private_pem: str, now: datetime) -> bool:
    if not path.is_file():
        return False
    try:
        claims = jwt.decode(
            path.read_text().strip(),
            _public_pem(private_pem),
            algorithms=["EdDSA"],
            audience="munbot",
            options={"verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError:
        return False
    age = now.timestamp() - float(claims.get("iat", 0))
    return 0 <= age < TOKEN_RENEWAL.total_seconds()


def _write_certificate(folder: Path, writer: _Writer, now: datetime) -> None:
    certificate, key = folder / "tls.crt", folder / "tls.key"
    if certificate.is_file() and key.is_file() and certificate_stays(certificate.read_bytes(), key.read_bytes(), now):
        return
    made, its_key = make_certificate(now)
    writer.write("tls.key", its_key)
    writer.write("tls.crt", made)


def _write_definitions(folder: Path, writer: _Writer) -> None:
    path = folder / "rabbitmq_definitions.json"
    password = (folder / "rabbitmq_password").read_text().strip()
    writer.replace_unless(path.name, broker_definitions(password, path.read_text() if path.is_file() else None))


def main(arguments: list[str] | None = None) -> int:
    """Write the secrets that are missing and say how many, never which value."""
    parser = argparse.ArgumentParser(description="Generate the secrets that are missing.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readers", action="store_true", help="make a folder for each reader too")
    options = parser.parse_args(arguments)
    try:
        written = generate_secrets(options.folder)
    except SecretLost as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.readers:
        share_with_readers(options.folder)
    sys.stdout.write(f"secrets: {len(written)} written\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
