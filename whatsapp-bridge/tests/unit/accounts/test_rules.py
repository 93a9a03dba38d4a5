"""What an account may be."""

from datetime import UTC, datetime, timedelta

import pytest
from munbot_whatsapp.accounts import rules
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.problems import CredentialsInvalid, HostRefused, OptionsInvalid
from munbot_whatsapp.providers import registry

META = registry.get("meta")
GOOD = {"access_token": "t", "app_secret": "s", "verify_token": "v"}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_exactly_the_providers_credentials_are_taken():
    rules.check_credentials(META, GOOD)


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"access_token": "t", "app_secret": "s"}, "credentials.verify_token"),
        (GOOD | {"app_secret": ""}, "credentials.app_secret"),
        (GOOD | {"api_key": "k"}, "credentials.api_key"),
    ],
)
def test_other_credentials_are_refused_by_name(credentials, field):
    with pytest.raises(CredentialsInvalid) as refused:
        rules.check_credentials(META, credentials)
    assert [error["field"] for error in refused.value.errors] == [field]


@pytest.mark.parametrize("address", ["https://graph.facebook.com", "http://simulator:8000/x", "https://SIMULATOR"])
def test_the_providers_own_address_and_allowed_hosts_are_taken(address):
    rules.check_base_url(META, address, frozenset({"simulator"}))


@pytest.mark.parametrize(
    "address",
    [
        "http://postgres:5432",
        "http://169.254.169.254/latest",
        "https://graph.facebook.com.attacker.cl",
        "https://attacker.cl/graph.facebook.com",
        "http://graph.facebook.com",
        "https://sub.simulator",
    ],
)
def test_other_addresses_are_refused(address):
    with pytest.raises(HostRefused):
        rules.check_base_url(META, address, frozenset({"simulator"}))


@pytest.mark.parametrize(
    "options",
    [{}, {"allowed_ips": ["10.0.0.0/8", "2001:db8::1"]}, {"templates": {"reminder": "HX1"}}, {"cloud": True}],
)
def test_usable_options(options):
    rules.check_options(options)


@pytest.mark.parametrize(
    "options",
    [
        {"allowed_ips": "10.0.0.0/8"},
        {"allowed_ips": ["everywhere"]},
        {"allowed_ips": [{}]},
        {"templates": []},
        {"templates": {"reminder": 1}},
        {"webhook_url": 5},
        {"cloud": "yes"},
    ],
)
def test_unusable_options_are_refused(options):
    with pytest.raises(OptionsInvalid):
        rules.check_options(options)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "working"),
        ({"paused_until": NOW + timedelta(seconds=1)}, "paused"),
        ({"paused_until": NOW}, "working"),
        ({"stopped_reason": "190", "paused_until": NOW + timedelta(days=1)}, "stopped"),
        ({"active": False, "stopped_reason": "190"}, "off"),
    ],
)
def test_state(fields, state):
    assert rules.state_of(AccountRow(**{"active": True} | fields), NOW) == state
