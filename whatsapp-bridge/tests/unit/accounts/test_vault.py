"""Credentials at rest."""

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from munbot_whatsapp.accounts.vault import Vault, VaultLocked

KEY, NEXT_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@given(st.dictionaries(st.text(), st.text()))
def test_what_is_sealed_can_be_opened(credentials):
    vault = Vault(KEY)
    assert vault.open(vault.seal(credentials)) == credentials


def test_sealed_credentials_do_not_show():
    sealed = Vault(KEY).seal({"access_token": "EAAtoken"})
    assert b"EAAtoken" not in sealed
    assert b"access_token" not in sealed


def test_another_key_does_not_open():
    with pytest.raises(VaultLocked):
        Vault(NEXT_KEY).open(Vault(KEY).seal({"a": "b"}))


def test_damage_is_noticed():
    sealed = bytearray(Vault(KEY).seal({"a": "b"}))
    sealed[20] ^= 1
    with pytest.raises(VaultLocked):
        Vault(KEY).open(bytes(sealed))


def test_a_new_key_still_opens_what_the_old_one_sealed():
    sealed = Vault(KEY).seal({"a": "b"})
    both = Vault(f"{NEXT_KEY},{KEY}")
    assert both.open(sealed) == {"a": "b"}
    assert Vault(NEXT_KEY).open(both.seal({"a": "b"})) == {"a": "b"}


@pytest.mark.parametrize("key", ["", "short", "x" * 44, f"{KEY},"], ids=["none", "short", "not base64", "a comma"])
def test_what_is_no_key_is_refused_at_start(key):
    with pytest.raises(VaultLocked, match="WHATSAPP_KEY"):
        Vault(key)
