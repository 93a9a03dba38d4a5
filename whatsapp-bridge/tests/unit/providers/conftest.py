"""Accounts, and a provider's server written for the test: no I/O."""

import dataclasses
import json

import httpx
import pytest
from munbot_whatsapp.providers.base import Account

ACCOUNTS = {
    "meta": Account(
        slug="valle-claro",
        tenant="valle-claro",
        provider="meta",
        provider_ref="106540352242922",
        base_url="https://graph.facebook.com",
        credentials={"access_token": "EAAtoken", "app_secret": "app-secret", "verify_token": "verify-me"},
    ),
    "evolution": Account(
        slug="punta-brava",
        tenant="punta-brava",
        provider="evolution",
        provider_ref="munbot",
        base_url="http://evolution-api:8080",
        credentials={"api_key": "evo-key", "webhook_secret": "a-webhook-secret-of-some-length-1234"},
    ),
    "ycloud": Account(
        slug="valle-claro-y",
        tenant="valle-claro",
        provider="ycloud",
        provider_ref="+56222223333",
        base_url="https://api.ycloud.com/v2",
        credentials={"api_key": "y-key", "webhook_secret": "whsec"},
    ),
    "twilio": Account(
        slug="valle-claro-t",
        tenant="valle-claro",
        provider="twilio",
        provider_ref="+56222223333",
        base_url="https://api.twilio.com",
        credentials={"account_sid": "AC123", "auth_token": "12345"},
    ),
}


@pytest.fixture(scope="session")
def account():
    """Callable that gives the account of a provider: account("meta", base_url=…)."""

    def make(provider, **changes):
        return dataclasses.replace(ACCOUNTS[provider], **changes)

    return make


class Server:
    """Answers what it was told to, in order, the last for ever, and keeps what it was asked."""

    def __init__(self):
        self.requests = []
        self.answers = []

    def answer(self, status=200, *, error=None, **response):
        self.answers.append((status, error, response))
        return self

    def __call__(self, request):
        request.read()
        self.requests.append(request)
        status, error, response = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if error is not None:
            raise error("made by the test", request=request)
        return httpx.Response(status, request=request, **response)

    @property
    def transport(self):
        return httpx.MockTransport(self)

    @property
    def last(self):
        return self.requests[-1]

    def sent(self, index=-1):
        return json.loads(self.requests[index].content)


@pytest.fixture
def server():
    return Server()
