"""What administrators do with webhooks."""

from datetime import UTC, datetime, timedelta

import pytest
from munbot_notifications.webhooks.guard import Guard
from munbot_notifications.webhooks.service import MOST_PER_TENANT
from munbot_notifications.webhooks.transport import Transport
from standardwebhooks import Webhook, WebhookVerificationError

URL = "https://ejemplo.cl/avisos"
TYPES = ["munbot.complaint.created.v1"]


def test_the_secret_is_shown_once(api, webhook):
    made = webhook(url=URL, description="Gestión documental")
    assert made["secret"].startswith("whsec_")
    for answer in (api.get(f"/{made['id']}"), api.get(), api.call("PATCH", f"/{made['id']}", json={"thin": True})):
        assert "secret" not in answer.text.replace("old_secret_until", "")
    shown = api.get(f"/{made['id']}").json()
    assert (shown["url"], shown["description"], shown["enabled"], shown["thin"]) == (
        URL,
        "Gestión documental",
        True,
        True,
    )
    stored = str(api.rows("SELECT * FROM webhooks")) + str(api.rows("SELECT * FROM idempotency_keys"))
    assert made["secret"] not in stored


def test_the_same_key_makes_one_webhook_and_shows_the_same_secret(api):
    body, headers = {"url": URL, "event_types": TYPES}, {"Idempotency-Key": "k1"}
    first, second = (api.post(json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert len(api.get().json()["items"]) == 1
    assert first.json()["secret"] not in str(api.rows("SELECT * FROM idempotency_keys"))
    other = api.post(json=body | {"thin": True}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://interno.cl/", "address_private"),
        ("http://ejemplo.cl/", "https_required"),
        ("https://ejemplo.cl:22/", "port_refused"),
        ("https://user:x@ejemplo.cl/", "url_invalid"),
    ],
)
def test_addresses_that_are_refused(api, webhook, url, code):
    answer = api.post(json={"url": url, "event_types": TYPES})
    assert (answer.status_code, answer.json()["code"]) == (422, "webhook_url_refused")
    assert answer.json()["errors"][0]["code"] == code
    assert answer.json()["detail"]
    made = webhook(url=URL)
    assert api.call("PATCH", f"/{made['id']}", json={"url": url}).status_code == 422
    assert api.get(f"/{made['id']}").json()["url"] == URL


def test_a_name_that_the_api_cannot_look_up_is_left_to_the_worker(api, webhook, event):
    made = webhook(url="https://nadie.cl/avisos")
    api.hear(event())
    api.work(Transport(Guard(resolver=lambda _host, _port: []), timeout=5))
    (entry,) = api.get(f"/{made['id']}/deliveries").json()["items"]
    assert (entry["state"], entry["last_error"]) == ("pending", "host_unknown")


@pytest.mark.parametrize(
    "changes",
    [
        {"event_types": []},
        {"event_types": ["munbot.message.received.v1"]},
        {"event_types": ["*"]},
        {"url": "x"},
        {"description": "x" * 201},
        {"secret": "whsec_eHg="},
    ],
)
def test_what_cannot_be_wished_for(api, changes):
    assert api.post(json={"url": URL, "event_types": TYPES} | changes).status_code == 422


def test_types_that_are_offered_can_all_be_chosen(api, webhook):
    offered = api.get("/event-types").json()["items"]
    assert webhook(url=URL, event_types=[*offered, *offered])["event_types"] == offered


def test_there_is_a_limit(api, webhook):
    for _ in range(MOST_PER_TENANT):
        webhook(url=URL)
    answer = api.post(json={"url": URL, "event_types": TYPES})
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_limit")
    webhook(url=URL, tenant="punta-brava")


def test_each_tenant_and_role_sees_its_own(api, webhook, event):
    made = webhook()
    api.hear(event())
    delivery = api.get(f"/{made['id']}/deliveries").json()["items"][0]["id"]
    ways = [
        ("GET", "", None),
        ("PATCH", "", {"thin": True}),
        ("DELETE", "", None),
        ("POST", "/rotate-secret", {}),
        ("POST", "/test", None),
        ("GET", "/deliveries", None),
        ("GET", f"/deliveries/{delivery}", None),
        ("POST", f"/deliveries/{delivery}/resend", None),
        ("POST", "/resend-failed", {}),
    ]
    for method, path, body in ways:
        assert api.call(method, f"/{made['id']}{path}", json=body, tenant="punta-brava").status_code == 404, path
        for role in ("agent", "viewer", "service", "visitor"):
            assert api.call(method, f"/{made['id']}{path}", json=body, role=role).status_code == 403, (role, path)
    assert api.get(tenant="punta-brava").json()["items"] == []
    other = webhook(tenant="punta-brava")
    assert api.get(f"/{other['id']}/deliveries/{delivery}", tenant="punta-brava").status_code == 404


def test_after_a_rotation_both_secrets_hold_for_a_while(api, webhook, receiver, event):
    api.clock.now = datetime.now(UTC)
    made = webhook()
    answer = api.post(f"/{made['id']}/rotate-secret", {"overlap_hours": 2})
    new = answer.json()["secret"]
    assert new != made["secret"]
    assert datetime.fromisoformat(answer.json()["old_secret_until"]) == api.clock.now + timedelta(hours=2)
    api.hear(event())
    api.work()
    _, headers, body = receiver.requests[-1]
    for secret in (made["secret"], new):
        Webhook(secret).verify(body, headers)
    api.execute("UPDATE webhooks SET old_secret_until = :now", now=api.clock.now)
    api.hear(event())
    api.work()
    _, headers, body = receiver.requests[-1]
    Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(body, headers)


def test_without_overlap_the_old_secret_is_dead_at_once(api, webhook, receiver, event):
    api.clock.now = datetime.now(UTC)
    made = webhook()
    assert api.post(f"/{made['id']}/rotate-secret", {"overlap_hours": 0}).json()["old_secret_until"] is None
    api.hear(event())
    api.work()
    _, headers, body = receiver.requests[-1]
    with pytest.raises(WebhookVerificationError):
        Webhook(made["secret"]).verify(body, headers)


def test_the_test_button(api, webhook, receiver):
    made = webhook()
    answer = api.post(f"/{made['id']}/test")
    assert (answer.status_code, answer.json()["state"]) == (202, "pending")
    api.work()
    assert [(body["type"], body["data"]) for body in receiver.bodies()] == [("munbot.webhook.test.v1", {})]
    assert api.get(f"/{made['id']}/deliveries/{answer.json()['id']}").json()["state"] == "delivered"


def test_switched_off_and_on_by_hand(api, webhook, receiver, event):
    made = webhook()
    api.hear(event())
    off = api.call("PATCH", f"/{made['id']}", json={"enabled": False}).json()
    assert (off["enabled"], off["disabled_reason"], off["pending"], off["failed"]) == (False, "by_hand", 0, 1)
    api.hear(event())
    api.work()
    assert receiver.requests == []
    delivery = api.get(f"/{made['id']}/deliveries").json()["items"][0]["id"]
    for path in ("/test", "/resend-failed", f"/deliveries/{delivery}/resend"):
        answer = api.post(f"/{made['id']}{path}")
        assert (answer.status_code, answer.json()["code"]) == (409, "webhook_disabled")
    on = api.call("PATCH", f"/{made['id']}", json={"enabled": True}).json()
    assert (on["enabled"], on["disabled_reason"], on["disabled_at"]) == (True, None, None)
    assert api.post(f"/{made['id']}/resend-failed").json() == {"resent": 1}
    api.work()
    assert len(receiver.requests) == 1
    assert api.disabled == []  # nobody is told of what they did themselves


def test_one_message_again(api, webhook, receiver, event):
    made = webhook()
    api.hear(event())
    api.work()
    delivery = api.get(f"/{made['id']}/deliveries").json()["items"][0]
    assert api.post(f"/{made['id']}/deliveries/{delivery['id']}/resend").json()["state"] == "pending"
    api.work()
    assert [headers["webhook-id"] for _, headers, _ in receiver.requests] == [delivery["message_id"]] * 2
    detail = api.get(f"/{made['id']}/deliveries/{delivery['id']}").json()
    assert (detail["state"], len(detail["log"])) == ("delivered", 2)


def test_failed_ones_since_a_moment(api, webhook, receiver, event):
    made = webhook()
    api.hear(event())
    api.clock.forward(hours=1)
    api.hear(event())
    api.execute("UPDATE webhook_deliveries SET state = 'failed'")
    since = (api.clock.now - timedelta(minutes=1)).isoformat()
    assert api.post(f"/{made['id']}/resend-failed", {"since": since}).json() == {"resent": 1}
    api.work()
    assert len(receiver.requests) == 1


def test_an_address_that_is_corrected_is_tried_at_once(api, webhook, receiver, event):
    made = webhook(url="http://localhost:1/")
    api.hear(event())
    for _ in range(12):
        api.work()
        api.clock.forward(minutes=1)
    api.clock.forward(hours=9)
    api.work()
    api.call("PATCH", f"/{made['id']}", json={"url": receiver.url})
    api.hear(event())
    api.work()
    assert len(receiver.requests) == 2  # the new one, and the one that had waited


def test_the_log_has_pages_and_states(api, webhook, receiver, event):
    made = webhook()
    receiver.status = lambda body: 500 if '"number":4' in body else 200
    for number in range(5):
        api.hear(event(number=number))
    api.work()
    first = api.get(f"/{made['id']}/deliveries", params={"limit": 2}).json()
    second = api.get(f"/{made['id']}/deliveries", params={"limit": 5, "cursor": first["next_cursor"]}).json()
    assert [item["state"] for item in first["items"] + second["items"]] == ["pending"] + ["delivered"] * 4
    assert second["next_cursor"] is None
    assert [item["next_at"] is None for item in first["items"]] == [False, True]
    pending = api.get(f"/{made['id']}/deliveries", params={"state": "pending"}).json()["items"]
    assert [(item["last_status"], item["last_error"]) for item in pending] == [(500, "status")]


def test_a_deleted_one_is_gone_with_its_log(api, webhook, event):
    made = webhook()
    api.hear(event())
    api.work()
    assert api.call("DELETE", f"/{made['id']}").status_code == 204
    assert api.get(f"/{made['id']}").status_code == 404
    assert api.rows("SELECT * FROM webhook_deliveries") == []
