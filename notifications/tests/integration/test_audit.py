"""What the hub's audit log is told: every change once, and nothing personal."""

import pytest
from munbot_contracts.audit import AUDIT_NOTED, AuditNoted
from munbot_notifications.preferences.links import Unsubscription, unsubscribe_url

RUT, PHONE, MAIL = "15482903-2", "+56987654321", "marcela@correo.example"
PERSONAL = ("15482903", "15.482.903", "87654321", "98765", "marcela", "Soto")
OWN = {"subject": "Hora: {{ procedure }}", "text": "Venga el {{ when }}.", "html": "<p>{{ when }}</p>", "short": "x"}
BOOKED = "/v1/templates/appointment_booked"
OFFICIAL = {
    "name": "Marcela Soto",
    "unit": "Dirección de Aseo",
    "address": MAIL,
    "topics": ["complaint_created", "digest"],
}
MESSAGE = {"recipient": {"name": "Marcela Soto", "email": MAIL}, "data": {"subject": "Corte", "text": "Mañana."}}


@pytest.fixture
def noted(service):
    """Callable: what was noted so far, in order, as the contract has it; nothing of it is personal."""

    def read():
        bodies = [row["body"] for row in service.rows("SELECT body FROM outbox ORDER BY seq")]
        found = [body for body in bodies if body["type"] == AUDIT_NOTED]
        for body in found:
            assert not [word for word in PERSONAL if word.lower() in str(body).lower()]
            assert body["source"] == "/munbot/notifications"
            assert body["subject"] == body["data"]["object_id"]
            assert body["tenant"] == "valle-claro"
            assert body["time"].startswith(service.clock.now.strftime("%Y-%m-%dT%H:%M"))
        return [AuditNoted.model_validate(body["data"]) for body in found]

    return read


def facts(entries):
    return [(one.action, one.object_type, one.object_id, one.before, one.after) for one in entries]


def done(response, status=200):
    assert response.status_code == status, response.text
    return response.json() if response.content else None


def test_a_template_is_saved_and_reset(api, noted):
    done(api.put(BOOKED, OWN, role="admin"))
    done(api.put(BOOKED, {**OWN, "short": "y"}, role="admin"))
    done(api.delete(BOOKED, role="admin"))
    entries = noted()
    assert facts(entries) == [
        (f"template.{what}", "template", "appointment_booked", {"version": before}, after)
        for what, before, after in (
            ("saved", 0, {"version": 1, "fields": ["html", "short", "subject", "text"]}),
            ("saved", 1, {"version": 2, "fields": ["short"]}),
            ("reset", 2, {"version": 3}),
        )
    ]
    assert {(one.actor, one.actor_role) for one in entries} == {("admin:test", "admin")}
    assert "Venga" not in str(entries)


def test_a_template_that_is_refused_is_not_noted(api, noted):
    assert api.put(BOOKED, {**OWN, "text": "{{ nombre }}"}, role="admin").status_code == 422
    assert api.put(BOOKED, OWN, role="admin", headers={"If-Match": '"7"'}).status_code == 412
    assert api.put(BOOKED, OWN, role="agent").status_code == 403
    assert api.post(f"{BOOKED}/preview", {"words": OWN}, role="admin").status_code == 200
    assert noted() == []


def test_recipients_of_the_office_without_who_they_are(api, noted):
    made = done(api.post("/v1/officials", OFFICIAL, role="admin"), 201)["id"]
    path = f"/v1/officials/{made}"
    other = {**OFFICIAL, "name": "M. Soto", "address": "marcela.soto@muni.example", "active": False}
    done(api.put(path, other, role="admin"))
    done(api.put(path, other, role="admin"))  # the same again
    done(api.put(path, {**other, "topics": ["digest"], "unit": ""}, role="admin"))
    done(api.delete(path, role="admin"), 204)
    entries = noted()
    kept = {"unit": "Dirección de Aseo", "channel": "email", "topics": ["complaint_created", "digest"]}
    assert facts(entries) == [
        (f"official.{what}", "official", made, before, after)
        for what, before, after in (
            ("added", None, {**kept, "active": True}),
            ("changed", {"active": True}, {"active": False, "fields": ["address", "name"]}),
            ("changed", {"unit": kept["unit"], "topics": kept["topics"]}, {"unit": "", "topics": ["digest"]}),
            ("removed", {"unit": "", "channel": "email", "topics": ["digest"], "active": False}, None),
        )
    ]


def test_recipients_that_are_refused_are_not_noted(api, noted):
    made = done(api.post("/v1/officials", OFFICIAL, role="admin"), 201)["id"]
    path = f"/v1/officials/{made}"
    assert api.post("/v1/officials", OFFICIAL, role="admin").status_code == 409
    assert api.post("/v1/officials", {**OFFICIAL, "address": "no mail"}, role="admin").status_code == 422
    assert api.put(path, {**OFFICIAL, "channel": "apprise", "address": None}, role="admin").status_code == 422
    assert api.delete(path, role="admin", tenant="punta-brava").status_code == 404
    assert [one.action for one in noted()] == ["official.added"]


def test_the_password_of_a_chat_is_not_noted(api, noted):
    chat = {**OFFICIAL, "channel": "apprise", "address": "tgram://123456789:abcdefg_hijklmnop/12315544/"}
    made = done(api.post("/v1/officials", chat, role="admin"), 201)["id"]
    other = {**chat, "address": "tgram://987654321:abcdefg_qrstuvwxy/12315544/"}
    done(api.put(f"/v1/officials/{made}", other, role="admin"))
    entries = noted()
    assert [one.after.get("fields") for one in entries] == [None, ["address"]]
    assert "abcdefg" not in str(entries)


def test_the_hours_of_notices(api, noted):
    hours = done(api.get("/v1/rules"))
    done(api.put("/v1/rules", hours, role="admin"))  # as they are by default
    done(api.put("/v1/rules", {**hours, "quiet_from": "22:30"}, role="admin"))
    done(api.put("/v1/rules", {**hours, "quiet_from": "22:30"}, role="admin"))
    assert api.put("/v1/rules", hours, role="agent").status_code == 403
    (entry,) = noted()
    assert facts([entry]) == [
        (
            "notice_rules.changed",
            "notice_rules",
            "valle-claro",
            {"quiet_from": "21:00:00"},
            {"quiet_from": "22:30:00"},
        )
    ]


def test_what_a_person_wants_without_who_it_is(api, service, noted):
    for channels in (["sms", "email"], ["sms", "email"], ["email"]):
        done(api.put("/v1/preferences", {"contact": {"rut": RUT}, "channels": channels}, role="agent"))
    (row,) = service.rows("SELECT * FROM preferences")
    for _ in range(2):
        done(api.post("/v1/preferences/forget", {"rut": RUT}), 204)
    entries = noted()
    assert facts(entries) == [
        (f"preference.{what}", "preference", str(row["id"]), before, after)
        for what, before, after in (
            ("changed", None, {"channels": ["sms", "email"]}),
            ("changed", {"channels": ["sms", "email"]}, {"channels": ["email"]}),
            ("forgotten", {"channels": ["email"]}, None),
        )
    ]
    assert [one.actor_role for one in entries] == ["agent", "agent", "service"]
    done(api.put("/v1/preferences", {"contact": {"rut": RUT}, "channels": ["email"]}))
    assert noted()[-1].object_id != str(row["id"])  # who comes again is not known by it
    assert api.put("/v1/preferences", {"contact": {"rut": RUT}, "channels": []}, role="viewer").status_code == 403
    assert len(noted()) == 4


def test_addresses_that_are_not_written_to_without_the_address(api, service, noted):
    wishes = ({"channel": "sms", "address": PHONE}, {"channel": "email", "address": MAIL})
    service.execute(
        "INSERT INTO opt_outs (id, tenant_id, channel, address, reason)"
        f" VALUES (gen_random_uuid(), 'valle-claro', 'email', '{MAIL}', 'bounced')"
    )
    for wish in (*wishes, *wishes):
        done(api.post("/v1/opt-outs", wish, role="agent"), 204)
    ids = {row["channel"]: str(row["id"]) for row in service.rows("SELECT * FROM opt_outs")}
    path = f"/v1/opt-outs/{ids['sms']}"
    assert api.delete(path, tenant="punta-brava").status_code == 404
    done(api.delete(path, role="agent"), 204)
    assert api.delete(path, role="agent").status_code == 404
    sms, refused = {"channel": "sms", "reason": "opted_out"}, {"channel": "email", "reason": "opted_out"}
    assert facts(noted()) == [
        ("opt_out.added", "opt_out", ids["sms"], None, sms),
        ("opt_out.changed", "opt_out", ids["email"], {"channel": "email", "reason": "bounced"}, refused),
        ("opt_out.removed", "opt_out", ids["sms"], sms, None),
    ]


def test_what_a_citizen_does_by_a_link_is_not_noted(api, service, noted):
    url = unsubscribe_url(service.vault, "", Unsubscription("valle-claro", "email", MAIL))
    path = url.removeprefix("/api/notifications")
    for action in ("stop", "again"):
        assert api.client.post(f"{path}&action={action}").status_code == 200
    assert noted() == []


def test_what_was_given_up_and_is_replayed_or_put_aside(api, service, mails, noted):
    mails.refusals[MAIL] = "554 5.7.1 No"
    made = [done(api.post("/v1/notifications", MESSAGE), 202)["id"] for _ in range(2)]
    assert api.post(f"/v1/notifications/{made[0]}/replay", role="agent").status_code == 409  # it waits
    service.send_all()
    done(api.post(f"/v1/notifications/{made[0]}/replay", role="agent"))
    done(api.post(f"/v1/notifications/{made[1]}/discard", role="agent"))
    assert api.post(f"/v1/notifications/{made[1]}/discard", role="agent").status_code == 409
    assert api.post(f"/v1/notifications/{made[1]}/replay", role="viewer").status_code == 403
    failed = {"state": "failed"}
    assert facts(noted()) == [
        ("notification.replayed", "notification", made[0], failed, {"state": "queued", "purpose": "message"}),
        ("notification.discarded", "notification", made[1], failed, {"state": "discarded", "purpose": "message"}),
    ]
