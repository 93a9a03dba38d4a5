"""Signatures, waits, and what a message says."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from munbot_contracts import EVENT_TYPES
from munbot_notifications.webhooks import signing
from munbot_notifications.webhooks.rules import OFFERED, gave_up, message_body, next_wait, rest
from munbot_notifications.webhooks.settings import WebhookSettings
from standardwebhooks import Webhook, WebhookVerificationError

BODY = '{"type":"munbot.webhook.test.v1"}'


def test_a_receiver_with_the_librarys_own_verifier_is_satisfied():
    secret = signing.new_secret()
    headers = signing.headers([secret], message_id="m1", now=datetime.now(UTC), body=BODY)
    assert Webhook(secret).verify(BODY, headers) == {"type": "munbot.webhook.test.v1"}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + " ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, headers | {"webhook-id": "m2"})
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.new_secret()).verify(BODY, headers)


def test_while_two_secrets_hold_either_is_enough():
    new, old = signing.new_secret(), signing.new_secret()
    headers = signing.headers([new, old], message_id="m1", now=datetime.now(UTC), body=BODY)
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, headers)


def test_secrets_are_long_and_new_each_time():
    secrets = {signing.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(secret.startswith("whsec_") and len(secret) == 50 for secret in secrets)


def test_tries_go_on_for_three_days():
    at, chance = timedelta(), random.Random(1)
    moments = []
    for attempts in range(1, 40):
        at += next_wait(attempts, random_=chance)
        if at > timedelta(days=3):
            break
        moments.append(at)
    assert 12 <= len(moments) <= 22
    assert moments[0] < timedelta(seconds=7)
    assert moments[-1] > timedelta(days=2, hours=12)


def test_waits_differ_so_that_receivers_are_not_flooded_at_once():
    waits = {next_wait(4) for _ in range(100)}
    assert len(waits) > 50
    assert all(timedelta(seconds=480) <= wait <= timedelta(seconds=720) for wait in waits)


@pytest.mark.parametrize(("asked", "least"), [(None, 4), (300, 300), (10**6, 3600)])
def test_a_receiver_may_ask_for_more_time(asked, least):
    assert next_wait(1, retry_after=asked) >= timedelta(seconds=least)
    assert next_wait(1, retry_after=asked) <= timedelta(seconds=3600)


def test_one_that_fails_is_left_in_peace_for_longer_each_time():
    seconds = [rest(failures).total_seconds() for failures in range(1, 100)]
    assert seconds[:4] == [1, 2, 4, 8]
    assert max(seconds) == 60
    assert seconds == sorted(seconds)


def test_giving_up():
    now = datetime(2026, 11, 24, tzinfo=UTC)
    later = now + timedelta(hours=1)
    assert not gave_up(now, later, later)
    assert gave_up(now, later, later + timedelta(seconds=1))
    assert gave_up(later, later, later)


EVENT = {
    "specversion": "1.0",
    "id": "i",
    "source": "/munbot/complaints",
    "type": "munbot.complaint.created.v1",
    "subject": "s",
    "time": "2026-11-24T10:15:00Z",
    "tenant": "valle-claro",
    "correlationid": "c",
    "data": {"folio": "REC-2026-000123-K", "citizen": {"name": "Marcela Soto"}},
}


def test_what_a_message_says():
    body = message_body(EVENT, thin=False)
    assert body == {
        "type": "munbot.complaint.created.v1",
        "timestamp": "2026-11-24T10:15:00Z",
        "tenant": "valle-claro",
        "subject": "s",
        "data": EVENT["data"],
    }
    thin = message_body(EVENT, thin=True)
    assert thin == body | {"data": {}}


def test_what_may_be_subscribed_to():
    assert "munbot.complaint.created.v1" in OFFERED
    assert "munbot.appointment.reminder_due.v1" in OFFERED
    assert "munbot.message.feedback.v1" in OFFERED
    assert set(OFFERED) < set(EVENT_TYPES)
    inside = ("message.received", "conversation.noted", "llm_job.requested", "audit.noted")
    for kept_inside in (f"munbot.{name}.v1" for name in inside):
        assert kept_inside not in OFFERED


def test_allowed_hosts_are_a_list_with_commas():
    assert WebhookSettings(webhook_allowed_hosts=" n8n:5678, interno ,").webhook_hosts() == ["n8n:5678", "interno"]
    assert WebhookSettings().webhook_hosts() == []
