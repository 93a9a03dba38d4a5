import base64
import hashlib
import json
import os
import re
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from munbot_common.rabbitmq_definitions import rabbitmq_password_hash
from munbot_common.secrets import (
    GIVEN,
    PASSWORDS,
    READERS,
    SERVICES,
    SHAPED,
    SecretLost,
    generate_secrets,
    main,
    share_with_readers,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    generate_secrets(tmp_path / "secrets", now=NOW)
    return tmp_path / "secrets"


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_every_secret_is_made_private_and_not_guessable(folder):
    names = {*PASSWORDS, *(f"service_token_{name}" for name in SERVICES)}
    names |= {
        "whatsapp_key",
        "notifications_key",
        "jwt_private_key.pem",
        "jwt_public_key.pem",
        "tls.crt",
        "tls.key",
        "rabbitmq_definitions.json",
        *GIVEN,
        *SHAPED,
    }
    assert {path.name for path in folder.iterdir()} == names
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    passwords = [contents(folder)[name] for name in PASSWORDS]
    assert len(set(passwords)) == len(passwords)
    assert all(value.isalnum() and value.isascii() for value in passwords)
    assert all(len(contents(folder)[name]) == length for name, length in PASSWORDS.items())


def test_what_others_want_in_a_shape_has_it(folder):
    kind, _, value = contents(folder)["n8n_webhook_secret"].partition("_")
    assert (kind, len(base64.b64decode(value, validate=True))) == ("whsec", 32)
    name, _, key = contents(folder)["minio_kms_key"].partition(":")
    assert (name, len(base64.b64decode(key, validate=True))) == ("munbot", 32)
    owner = contents(folder)["n8n_owner_password"]
    assert re.search(r"[A-Z]", owner)
    assert re.search(r"[0-9]", owner)
    assert 8 <= len(owner) <= 64


def test_what_others_give_begins_empty_and_is_kept(folder):
    assert [contents(folder)[name] for name in GIVEN] == [""] * len(GIVEN)
    (folder / GIVEN[0]).write_text("of a server elsewhere")
    assert generate_secrets(folder, now=NOW) == []
    assert contents(folder)[GIVEN[0]] == "of a server elsewhere"


def test_a_second_run_changes_nothing(folder):
    before = contents(folder)
    assert generate_secrets(folder, now=NOW + timedelta(hours=1)) == []
    assert contents(folder) == before


def test_what_is_missing_or_empty_is_made_and_the_rest_kept(folder):
    before = contents(folder)
    (folder / "redis_password").unlink()
    (folder / "s3_secret_key").write_text("\n")
    assert sorted(generate_secrets(folder, now=NOW)) == ["redis_password", "s3_secret_key"]
    after = contents(folder)
    assert {name for name in before if before[name] != after[name]} == {"redis_password", "s3_secret_key"}


@pytest.mark.parametrize("name", ["postgres_password", "mongo_password"])
def test_a_lost_password_that_its_server_keeps_is_not_made_anew(folder, capsys, name):
    (folder / name).write_text("")
    (folder / "redis_password").unlink()
    with pytest.raises(SecretLost, match=f"{name} is missing or empty"):
        generate_secrets(folder, now=NOW)
    assert main([str(folder)]) == 1
    assert name in capsys.readouterr().err
    assert not (folder / "redis_password").exists()


def test_an_installation_of_before_gets_the_object_stores_key_at_its_next_start(folder):
    share_with_readers(folder)
    (folder / "minio_kms_key").unlink()
    (folder / "minio" / "minio_kms_key").unlink()
    assert generate_secrets(folder, now=NOW) == ["minio_kms_key"]
    share_with_readers(folder)
    assert (folder / "minio" / "minio_kms_key").read_text() == (folder / "minio_kms_key").read_text()


def test_a_lost_key_of_the_object_store_is_not_made_anew(folder):
    share_with_readers(folder)
    (folder / "minio_kms_key").write_text("")
    with pytest.raises(SecretLost, match="minio_kms_key is missing or empty"):
        generate_secrets(folder, now=NOW)
    (folder / "minio_kms_key").write_text((folder / "minio" / "minio_kms_key").read_text())
    assert generate_secrets(folder, now=NOW) == []


def test_the_object_stores_key_is_seen_by_it_alone(folder):
    assert [reader for reader, names in READERS.items() if "minio_kms_key" in names] == ["minio"]
    share_with_readers(folder)
    key = (folder / "minio_kms_key").read_text()
    assert {path.parent.name for path in folder.glob("*/*") if key in path.read_text()} == {"minio"}


def test_each_reader_has_a_folder_with_its_own_copies_and_nothing_else(folder):
    share_with_readers(folder)
    for reader, names in READERS.items():
        copies = {path.name: path for path in (folder / reader).iterdir()}
        assert set(copies) == set(names)
        assert {path.stat().st_mode & 0o777 for path in copies.values()} == {0o444}
        assert all(path.read_text() == (folder / name).read_text() for name, path in copies.items())
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir() if path.is_file()} == {0o600}
    assert not {"jwt_private_key.pem", "postgres_password"} & set(READERS["web"])


def test_a_copy_follows_its_secret_and_one_that_is_no_longer_given_is_removed(folder):
    share_with_readers(folder)
    (folder / "web" / "postgres_password").write_text("left over")
    (folder / "redis_password").write_text("rotated")
    share_with_readers(folder)
    assert not (folder / "web" / "postgres_password").exists()
    assert (folder / "redis" / "redis_password").read_text() == "rotated"


def test_modes_are_put_right(folder):
    (folder / "redis_password").chmod(0o644)
    generate_secrets(folder, now=NOW)
    assert (folder / "redis_password").stat().st_mode & 0o777 == 0o600


def test_service_tokens_name_their_service_and_verify(folder):
    key = (folder / "jwt_public_key.pem").read_text()
    for service in SERVICES:
        token = (folder / f"service_token_{service}").read_text()
        claims = jwt.decode(
            token, key, algorithms=["EdDSA"], audience="munbot", options={"verify_exp": False, "verify_iat": False}
        )
        assert claims["sub"] == f"service:{service}"
        assert (claims["iss"], claims["role"]) == ("munbot", "service")
        assert "tenant" not in claims
        assert claims["exp"] - claims["iat"] == timedelta(days=365).total_seconds()


def test_tokens_are_renewed_after_thirty_days(folder):
    assert generate_secrets(folder, now=NOW + timedelta(days=29)) == []
    renewed = generate_secrets(folder, now=NOW + timedelta(days=31))
    assert sorted(renewed) == sorted(f"service_token_{name}" for name in SERVICES)


def test_a_new_key_renews_public_key_and_tokens(folder):
    before = contents(folder)
    (folder / "jwt_private_key.pem").unlink()
    written = generate_secrets(folder, now=NOW)
    assert {"jwt_private_key.pem", "jwt_public_key.pem", "service_token_web"} <= set(written)
    assert contents(folder)["db_rasa_password"] == before["db_rasa_password"]


def test_the_certificate_is_for_localhost_and_renewed_in_time(folder):
    certificate = x509.load_pem_x509_certificate((folder / "tls.crt").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert {str(address) for address in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "::1"}
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    late = certificate.not_valid_after_utc - timedelta(days=10)
    assert {"tls.crt", "tls.key"} <= set(generate_secrets(folder, now=late))


def test_a_certificate_of_another_key_is_replaced(folder, tmp_path):
    generate_secrets(tmp_path / "other", now=NOW)
    (folder / "tls.key").write_bytes((tmp_path / "other" / "tls.key").read_bytes())
    assert sorted(generate_secrets(folder, now=NOW)) == ["tls.crt", "tls.key"]


def test_rabbitmqs_hash_is_salt_and_sha256_of_both():
    # The worked example of RabbitMQ's documentation ("Password Hashing", computing by hand).
    salt = bytes.fromhex("908dc60a")
    assert rabbitmq_password_hash("test12", salt) == "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"


def test_the_definitions_carry_the_present_password_and_the_exchange(folder):
    definitions = json.loads((folder / "rabbitmq_definitions.json").read_text())
    password = (folder / "rabbitmq_password").read_text()
    stored = base64.b64decode(definitions["users"][0]["password_hash"])
    assert stored[4:] == hashlib.sha256(stored[:4] + password.encode()).digest()
    assert definitions["exchanges"][0] | {"arguments": {}} == {
        "name": "munbot.events",
        "vhost": "/",
        "type": "topic",
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": {},
    }
    (folder / "rabbitmq_password").write_text("another")
    assert generate_secrets(folder, now=NOW) == ["rabbitmq_definitions.json"]


def test_an_interrupted_write_leaves_the_old_file(folder, monkeypatch):
    (folder / "redis_password").unlink()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(OSError, match="No space"):
        generate_secrets(folder, now=NOW)
    assert not (folder / "redis_password").exists()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_the_command_tells_counts_and_no_values(tmp_path, capsys):
    assert main([str(tmp_path / "s")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("secrets: 46 written")
    assert (tmp_path / "s" / "redis_password").read_text() not in said


def test_an_offices_own_certificate_stays_even_when_it_is_about_to_end(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "munbot.example.org")])
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority")])
    theirs = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=80))
        .not_valid_after(NOW + timedelta(days=2))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    (folder / "tls.crt").write_bytes(theirs)
    assert "tls.crt" not in generate_secrets(folder, now=NOW)
    assert (folder / "tls.crt").read_bytes() == theirs
