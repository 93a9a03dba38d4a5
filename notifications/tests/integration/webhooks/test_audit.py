"""What the hub's audit log is told of webhooks: no secrets, and of their addresses only the host."""

import pytest
from munbot_contracts.audit import AUDIT_NOTED, AuditNoted
from munbot_notifications.webhooks.operator import OperatorSettings, subscribe
from munbot_notifications.webhooks.signing import new_secret
from pydantic import SecretStr

URL = "https://ejemplo.cl/avisos/T0KEN-en-la-ruta?clave=t0ken"
TYPES = ["munbot.complaint.created.v1"]
OVERDUE = ["munbot.complaint.overdue.v1"]
MADE = {"host": "ejemplo.cl", "event_types": TYPES, "thin": False, "enabled": True}


@pytest.fixture
def noted(api):
    """Callable: what was noted so far, in order, as the contract has it; neither secrets nor anything personal."""

    def read():
        bodies = [row["body"] for row in api.rows("SELECT body FROM outbox ORDER BY seq")]
        found = [body for body in bodies if body["type"] == AUDIT_NOTED]
        for body in found:
            words = ("t0ken", "whsec_", "marcela", "gestión")
            assert not [word for word in words if word in str(body).lower()]
            assert body["subject"] == body["data"]["object_id"]
            assert body["tenant"] == "valle-claro"
        return [AuditNoted.model_validate(body["data"]) for body in found]

    return read


def facts(entries):
    return [(one.action, one.object_type, one.object_id, one.before, one.after) for one in entries]


def change(api, made, **wish):
    answer = api.call("PATCH", f"/{made['id']}", json=wish)
    assert answer.status_code == 200, answer.text


def test_from_its_beginning_to_its_end(api, webhook, noted):
    made = webhook(url=URL, description="Gestión documental")
    change(api, made, url=f"{URL}2", thin=True)
    change(api, made, url="https://ejemplo.cl:8443/", description="Gestión de Marcela", event_types=OVERDUE)
    change(api, made, enabled=False)
    change(api, made, enabled=True)
    assert api.post(f"/{made['id']}/rotate-secret", {"overlap_hours": 2}).status_code == 200
    assert api.call("DELETE", f"/{made['id']}").status_code == 204
    entries = noted()
    host, other = "ejemplo.cl", "ejemplo.cl:8443"
    assert facts(entries) == [
        (f"webhook.{what}", "webhook", made["id"], before, after)
        for what, before, after in (
            ("created", None, MADE),
            ("changed", {"thin": False}, {"thin": True, "fields": ["url"]}),
            (
                "changed",
                {"host": host, "event_types": TYPES},
                {"host": other, "event_types": OVERDUE, "fields": ["description", "url"]},
            ),
            ("changed", {"enabled": True}, {"enabled": False}),
            ("changed", {"enabled": False}, {"enabled": True}),
            ("secret_rotated", None, {"overlap_hours": 2}),
            ("removed", {"host": other, "event_types": OVERDUE, "thin": True, "enabled": True}, None),
        )
    ]
    assert {(one.actor, one.actor_role) for one in entries} == {("admin:test", "admin")}


def test_what_is_refused_or_changes_nothing_is_not_noted(api, webhook, noted):
    made = webhook(url=URL)
    change(api, made)
    change(api, made, url=URL, thin=False, enabled=True, event_types=TYPES, description="")
    for wish in ({"url": "https://interno.cl/"}, {"event_types": ["munbot.audit.noted.v1"]}):
        assert api.call("PATCH", f"/{made['id']}", json=wish).status_code == 422
        assert api.post(json={"url": URL, "event_types": TYPES} | wish).status_code == 422
    for method, path in (("DELETE", ""), ("POST", "/rotate-secret"), ("POST", "/resend-failed")):
        answer = api.call(method, f"/{made['id']}{path}", json={}, tenant="punta-brava")
        assert answer.status_code == 404
    assert api.post(f"/{made['id']}/test").status_code == 202
    assert api.post(f"/{made['id']}/resend-failed").json() == {"resent": 0}
    assert [one.action for one in noted()] == ["webhook.created"]


def test_the_same_key_notes_once(api, noted):
    body, headers = {"url": URL, "event_types": TYPES}, {"Idempotency-Key": "k1"}
    assert [api.post(json=body, headers=headers).status_code for _ in range(2)] == [201, 201]
    assert [one.action for one in noted()] == ["webhook.created"]


def test_messages_that_are_sent_again(api, webhook, event, noted):
    made = webhook()
    for _ in range(3):
        api.hear(event())
    api.work()
    delivery = api.get(f"/{made['id']}/deliveries").json()["items"][0]["id"]
    assert api.post(f"/{made['id']}/deliveries/{delivery}/resend").status_code == 202
    api.execute("UPDATE webhook_deliveries SET state = 'failed'")
    assert api.post(f"/{made['id']}/resend-failed").json() == {"resent": 3}
    api.execute("UPDATE webhook_deliveries SET state = 'failed'")
    since = api.clock.now.isoformat()
    assert api.post(f"/{made['id']}/resend-failed", {"since": since}).json() == {"resent": 3}
    after = {"state": "pending", "webhook_id": made["id"], "event_type": TYPES[0]}
    assert facts(noted())[1:] == [
        ("webhook_delivery.resent", "webhook_delivery", delivery, {"state": "delivered"}, after),
        ("webhook.deliveries_resent", "webhook", made["id"], None, {"count": 3, "since": None}),
        ("webhook.deliveries_resent", "webhook", made["id"], None, {"count": 3, "since": since}),
    ]
    change(api, made, enabled=False)
    assert api.post(f"/{made['id']}/deliveries/{delivery}/resend").status_code == 409
    assert noted()[-1].action == "webhook.changed"


@pytest.mark.parametrize(("status", "reason"), [(410, "gone"), (500, "failing")])
def test_one_that_the_system_switches_off(api, webhook, receiver, event, noted, status, reason):
    made = webhook()
    receiver.status = status
    for _ in range(2):
        api.hear(event())
        api.work()
        api.clock.forward(hours=80)
    entry = noted()[-1]
    assert facts([entry]) == [
        ("webhook.disabled", "webhook", made["id"], {"enabled": True}, {"enabled": False, "reason": reason})
    ]
    assert (entry.actor, entry.actor_role) == ("service:notifications", "service")
    assert [one.action for one in noted()].count("webhook.disabled") == 1


def test_one_that_the_operator_sets_up(api, noted):
    known = api.settings.model_dump(include=set(OperatorSettings.model_fields))

    def command(secret, types):
        settings = OperatorSettings(**known, webhook_secret=SecretStr(secret))
        wish = {"tenant": "valle-claro", "url": "http://localhost:5678/x", "description": "Gestión"}
        subscribe(settings, event_types=types, **wish)

    first, second = new_secret(), new_secret()
    for secret, types in ((first, TYPES), (first, TYPES), (second, OVERDUE)):
        command(secret, types)
    with pytest.raises(ValueError, match="nothing"):
        command(second, ["munbot.nothing.v1"])
    entries = noted()
    assert [(one.action, one.before, one.after) for one in entries] == [
        ("webhook.created", None, {**MADE, "host": "localhost:5678"}),
        ("webhook.changed", {"event_types": TYPES}, {"event_types": OVERDUE, "fields": ["secret"]}),
    ]
    assert {(one.actor, one.actor_role) for one in entries} == {("service:operator", "service")}
    assert first not in str(entries)
