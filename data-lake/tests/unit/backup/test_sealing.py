"""Secrets go in for one key, and come out with that one alone."""

import pytest
from munbot_datalake.backup.problems import NoRecoveryKey
from munbot_datalake.backup.sealing import new_key, open_seal, recipient_of, seal, unpack


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "secrets"
    (found / "reader").mkdir(parents=True)
    (found / "postgres_password").write_text("correct horse")
    (found / "tls.key").write_bytes(b"\x00\xff")
    (found / "reader" / "copy").write_text("not again")
    (found / ".half-written").write_text("x")
    return found


def test_what_went_in_comes_out(folder, tmp_path):
    private, public = new_key()
    sealed = seal(folder, public)
    assert b"correct horse" not in sealed
    files = open_seal(sealed, f"# a comment\n{private}\n")
    assert files == {"postgres_password": b"correct horse", "tls.key": b"\x00\xff"}
    unpack(files, tmp_path / "out")
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {
        "postgres_password": 0o600,
        "tls.key": 0o600,
    }


def test_another_key_opens_nothing(folder):
    with pytest.raises(NoRecoveryKey, match="does not open"):
        open_seal(seal(folder, new_key()[1]), new_key()[0])


def test_an_altered_seal_opens_with_no_key(folder):
    private, public = new_key()
    sealed = bytearray(seal(folder, public))
    sealed[-1] ^= 1
    with pytest.raises(NoRecoveryKey):
        open_seal(bytes(sealed), private)


@pytest.mark.parametrize("text", ["", "age1nonsense", "AGE-SECRET-KEY-1NONSENSE", "ssh-ed25519 AAAA"])
def test_what_is_no_key_is_refused(folder, text):
    with pytest.raises(NoRecoveryKey):
        seal(folder, text)
    with pytest.raises(NoRecoveryKey):
        recipient_of(text)


def test_the_public_half_follows_from_the_private_one():
    private, public = new_key()
    assert recipient_of(private) == public
