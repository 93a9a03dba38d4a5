"""Every provider keeps the interface, and the registry gives it."""

import inspect

import pytest
from munbot_whatsapp.accounts.models import PROVIDERS
from munbot_whatsapp.providers import registry
from munbot_whatsapp.providers.base import Provider


def test_the_registry_knows_those_of_the_accounts():
    assert set(registry.PROVIDERS) == set(PROVIDERS)


def test_connections_are_shared():
    assert registry.get("meta") is registry.get("meta")
    assert registry.get("meta", timeout=3.0) is not registry.get("meta")


def test_an_unknown_provider():
    with pytest.raises(KeyError):
        registry.get("telegram")


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_interface(name):
    provider: Provider = registry.get(name)
    assert provider.name == name
    assert provider.default_base_url.startswith("http")
    assert provider.required_credentials
    assert provider.text_limit == (1_600 if name == "twilio" else 4_096)
    for method in ("challenge", "verify", "parse", "send", "mark_read", "fetch", "probe"):
        asked = inspect.signature(getattr(Provider, method)).parameters
        given = inspect.signature(getattr(type(provider), method)).parameters
        assert [(p.name, p.kind) for p in given.values()] == [(p.name, p.kind) for p in asked.values()]
