"""Webhooks that the operator sets up by a command."""

from datetime import UTC, datetime

import pytest
from munbot_notifications.webhooks.operator import OperatorSettings, subscribe
from munbot_notifications.webhooks.signing import new_secret
from pydantic import SecretStr
from standardwebhooks import Webhook

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # of the clock in conftest.py
TYPES = ["munbot.complaint.overdue.v1"]


@pytest.fixture
def command(api, receiver):
    """Callable: runs the command for the receiver's address; True when the webhook is new."""

    def run(secret, **changes):
        known = api.settings.model_dump(include=set(OperatorSettings.model_fields))
        values = known | {"webhook_secret": SecretStr(secret)}
        wish = {"tenant": "valle-claro", "url": receiver.url, "event_types": TYPES, "description": "n8n"} | changes
        return subscribe(OperatorSettings(**values), **wish)

    return run


def signed_with(request, secret):
    """Whether a request carries a secret's signature."""
    _, sent, body = request
    headers = {name.lower(): value for name, value in sent.items()}
    return Webhook(secret).sign(headers["webhook-id"], NOW, body) in headers["webhook-signature"].split()


def test_it_signs_with_the_secret_of_the_file(api, command, receiver, event):
    secret = new_secret()
    assert command(secret) is True
    api.hear(event("munbot.complaint.overdue.v1"))
    api.hear(event())
    api.work()
    (request,) = receiver.requests
    assert signed_with(request, secret)
    (shown,) = api.get().json()["items"]
    assert (shown["description"], shown["event_types"], shown["thin"]) == ("n8n", TYPES, False)
    assert secret not in str(api.rows("SELECT * FROM webhooks"))


def test_it_may_be_repeated_and_takes_a_new_secret_and_other_types(api, command, receiver, event):
    first, second = new_secret(), new_secret()
    assert command(first) is True
    assert command(first) is False
    other = ["munbot.message.feedback.v1"]
    assert command(second, event_types=other) is False
    (shown,) = api.get().json()["items"]
    assert shown["event_types"] == other
    api.hear(event("munbot.message.feedback.v1"))
    api.work()
    (request,) = receiver.requests
    assert signed_with(request, second)
    assert not signed_with(request, first)


def test_what_an_administrator_switched_off_stays_off_and_what_failed_gets_another_chance(api, command):
    secret = new_secret()
    command(secret)
    (row,) = api.get().json()["items"]
    api.call("PATCH", f"/{row['id']}", json={"enabled": False})
    command(secret)
    assert api.get().json()["items"][0]["disabled_reason"] == "by_hand"
    api.execute("UPDATE webhooks SET disabled_reason = 'failing'")
    command(secret)
    assert api.get().json()["items"][0]["enabled"] is True


def test_an_administrator_s_own_webhook_to_the_same_address_is_left_alone(api, command, webhook):
    made = webhook()
    assert command(new_secret()) is True
    assert {item["id"] for item in api.get().json()["items"]} > {made["id"]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://127.0.0.1:5678/"}, "WEBHOOK_ALLOWED_HOSTS"),
        ({"event_types": ["munbot.message.received.v1"]}, "message.received.v1"),
    ],
)
def test_what_it_refuses(api, command, changes, words):
    with pytest.raises(ValueError, match=words):
        command(new_secret(), **changes)
    with pytest.raises(ValueError, match="whsec_"):
        command("not a secret")
    assert api.get().json()["items"] == []
