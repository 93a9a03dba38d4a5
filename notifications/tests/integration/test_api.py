import re

import pytest
from munbot_notifications.preferences.links import Unsubscription, unsubscribe_url
from munbot_notifications.templates.builtin import templates
from munbot_notifications.templates.engine import Municipality
from munbot_notifications.templates.service import compose, words_of

MESSAGE = {
    "recipient": {"name": "Marcela Soto", "email": "marcela@correo.example"},
    "data": {"subject": "Corte de agua", "text": "Mañana de 9 a 12 horas.\n\nGracias."},
}
OWN = {"subject": "Hora: {{ procedure }}", "text": "Venga el {{ when }}.", "html": "<p>{{ when }}</p>", "short": "x"}
BOOKED = "/v1/templates/appointment_booked"


def asked(response, status=202):
    assert response.status_code == status, response.text
    return response.json()


def refused(response, status, code):
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    return response.json()


def test_a_message_is_asked_for_sent_and_looked_up(api, service, mails):
    made = asked(api.post("/v1/notifications", MESSAGE))
    service.send_all()
    shown = asked(api.get(f"/v1/notifications/{made['id']}"), 200)
    assert (shown["state"], shown["source"], shown["address"]) == ("sent", "api", "m…@correo.example")
    assert [attempt["outcome"] for attempt in shown["attempts"]] == ["sent"]
    assert "Mañana" not in str(shown)
    (mail,) = mails.mails
    assert mail["Subject"] == "Corte de agua"
    assert "<p>Mañana de 9 a 12 horas.</p><p>Gracias.</p>" in mail.get_body(("html",)).get_content()


def test_the_same_key_asks_once_and_another_body_is_refused(api, service, mails):
    key = {"Idempotency-Key": "k-1"}
    first, second = (asked(api.post("/v1/notifications", MESSAGE, headers=key)) for _ in range(2))
    assert first == second
    other = {**MESSAGE, "data": {"subject": "Otro", "text": "Otro"}}
    refused(api.post("/v1/notifications", other, headers=key), 422, "idempotency_key_reused")
    service.send_all()
    assert len(mails.mails) == 1


def test_a_mail_is_sent_by_its_own_route(api, service, mails):
    body = {"to": "marcela@correo.example", "subject": "Hola", "text": "Su carpeta está lista."}
    asked(api.post("/v1/email", body, role="agent"))
    service.send_all()
    assert mails.subjects() == ["Hola"]
    refused(api.post("/v1/email", {**body, "to": "sin arroba"}), 422, "invalid")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"template": "no_such"}, 404, "template_unknown"),
        ({"template": "unit_complaint_created"}, 422, "data_invalid"),
        ({"data": {"subject": "x"}}, 422, "data_invalid"),
        ({"data": {"subject": "x", "text": "y", "extra": "z"}}, 422, "data_invalid"),
        ({"recipient": {"name": "Nadie"}}, 422, "invalid"),
        ({"channels": ["whatsapp"]}, 422, "nobody_to_tell"),
        ({"channels": ["sms"], "recipient": {"phone": "+56987654321"}}, 422, "nobody_to_tell"),
    ],
)
def test_what_cannot_be_sent_is_refused_at_once(api, service, change, status, code):
    refused(api.post("/v1/notifications", {**MESSAGE, **change}), status, code)
    assert service.rows() == []


def test_dead_letters_are_listed_replayed_and_discarded(api, service, mails):
    mails.refusals["marcela@correo.example"] = "554 5.7.1 No"
    made = [asked(api.post("/v1/notifications", MESSAGE))["id"] for _ in range(2)]
    service.send_all()
    listed = asked(api.get("/v1/notifications", params={"state": "failed"}), 200)["items"]
    assert {item["id"] for item in listed} == set(made)
    assert {item["reason"] for item in listed} == {"smtp_554"}
    mails.refusals.clear()
    asked(api.post(f"/v1/notifications/{made[0]}/replay"), 200)
    asked(api.post(f"/v1/notifications/{made[1]}/discard"), 200)
    service.send_all()
    assert len(mails.mails) == 1
    counts = asked(api.get("/v1/notifications/counts"), 200)
    assert (counts["sent"], counts["discarded"], counts["failed"]) == (1, 1, 0)
    refused(api.post(f"/v1/notifications/{made[0]}/replay"), 409, "notification_state")


def test_lists_come_in_pages(api):
    made = [asked(api.post("/v1/notifications", MESSAGE))["id"] for _ in range(5)]
    first = asked(api.get("/v1/notifications", params={"limit": 3}), 200)
    rest = asked(api.get("/v1/notifications", params={"limit": 3, "cursor": first["next_cursor"]}), 200)
    assert [item["id"] for item in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


def test_another_tenant_s_things_do_not_exist(api):
    other = {"tenant": "punta-brava", "role": "admin"}
    made = asked(api.post("/v1/notifications", MESSAGE))["id"]
    for method, path in (("GET", ""), ("POST", "/replay"), ("POST", "/discard")):
        refused(api.call(method, f"/v1/notifications/{made}{path}", **other), 404, "notification_unknown")
    assert asked(api.get("/v1/notifications", **other), 200)["items"] == []
    asked(api.put(BOOKED, OWN, role="admin"), 200)
    assert asked(api.get(BOOKED, **other), 200)["own"] is False


def test_a_municipality_says_it_in_its_own_words_and_goes_back(api, service, mails):
    saved = asked(api.put(BOOKED, OWN, role="admin"), 200)
    assert (saved["version"], saved["own"], saved["words"]["subject"]) == (1, True, OWN["subject"])
    service.hear("munbot.appointment.booked.v1", citizen={"email": "marcela@correo.example"})
    service.hear("munbot.appointment.booked.v1", tenant="punta-brava", citizen={"email": "marcela@correo.example"})
    service.send_all()
    assert mails.subjects()[0] == "Hora: Licencia clase B"
    assert mails.subjects()[1].startswith("Su hora para Licencia clase B")
    assert [row["template_version"] for row in service.rows("SELECT * FROM attempts ORDER BY id")] == [1, 0]
    reset = asked(api.delete(BOOKED, role="admin"), 200)
    assert (reset["version"], reset["own"]) == (2, False)
    versions = asked(api.get(f"{BOOKED}/versions"), 200)["items"]
    assert [(one["version"], one["words"] is None) for one in versions] == [(2, True), (1, False)]


def test_a_template_with_an_error_is_refused_with_its_line(api, service):
    body = refused(api.put(BOOKED, {**OWN, "text": "Hola\n{{ nombre }}"}, role="admin"), 422, "template_invalid")
    assert (body["part"], body["line"]) == ("text", 2)
    assert body["errors"] == [
        {"field": "text", "code": "template_invalid", "detail": "Línea 2: el dato «nombre» no existe en este mensaje"}
    ]
    assert service.rows("SELECT * FROM template_versions") == []


def test_two_authors_do_not_overwrite_each_other(api):
    asked(api.put(BOOKED, OWN, role="admin", headers={"If-Match": '"0"'}), 200)
    refused(api.put(BOOKED, OWN, role="admin", headers={"If-Match": '"0"'}), 412, "template_stale")
    asked(api.put(BOOKED, OWN, role="admin", headers={"If-Match": '"1"'}), 200)


def test_own_words_that_real_data_break_give_way_to_the_built_in_ones(api, service, mails):
    own = {"subject": "Resumen", "text": "{{ items[0].text }}", "html": "<p>{{ total }}</p>", "short": "x"}
    asked(api.put("/v1/templates/digest", own, role="admin"), 200)
    body = {"data": {**templates()["digest"].example, "items": []}}
    refused(api.post("/v1/templates/digest/preview", body), 422, "template_invalid")
    with service.unit_of_work() as session:
        own = words_of(session, "valle-claro", templates()["digest"])
    filled, version = compose(templates()["digest"], own, body["data"], Municipality("M"))
    assert (version, filled.subject) == (0, "Resumen del lunes 23 de noviembre: 3 novedades")


def test_a_preview_changes_nothing(api, service):
    shown = asked(api.post(f"{BOOKED}/preview", {"words": OWN}, role="viewer"), 200)
    assert shown["text"].startswith("Venga el martes 24 de noviembre")
    assert service.rows("SELECT * FROM template_versions") == []


@pytest.mark.parametrize("role", ["agent", "viewer", "service"])
def test_only_administrators_change_templates_and_recipients(api, role):
    refused(api.put(BOOKED, OWN, role=role), 403, "forbidden")
    refused(api.get("/v1/officials", role=role), 403, "forbidden")
    refused(api.put("/v1/rules", {}, role=role), 403, "forbidden")


def test_one_click_in_a_mail_program_stops_mails(api, service, mails):
    service.hear("munbot.appointment.booked.v1", citizen={"email": "marcela@correo.example", "phone": None})
    service.send_all()
    url = re.fullmatch("<https://municipio.example/api/notifications(.*)>", mails.mails[0]["List-Unsubscribe"])[1]
    page = api.client.get(url)
    assert (page.status_code, "m…@correo.example" in page.text) == (200, True)
    assert service.rows("SELECT * FROM opt_outs") == []  # what only looks at links changes nothing
    assert "action=stop" in page.text
    assert api.client.post(url, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert api.client.post(url, files={"List-Unsubscribe": (None, "One-Click")}).status_code == 200
    service.hear("munbot.appointment.booked.v1", citizen={"email": "marcela@correo.example", "phone": None})
    assert service.rows()[-1]["state"] == "suppressed"
    (listed,) = asked(api.get("/v1/opt-outs"), 200)["items"]
    assert (listed["reason"], listed["address"]) == ("opted_out", "m…@correo.example")
    assert api.client.post(f"{url}&action=again").status_code == 200
    assert service.rows("SELECT * FROM opt_outs") == []


@pytest.mark.parametrize("change", ["x", "", "purpose"])
def test_a_link_that_we_did_not_make_is_refused(api, service, change):
    good = unsubscribe_url(service.vault, "", Unsubscription("valle-claro", "email", "a@b.example"))
    url = good.removeprefix("/api/notifications") + change
    if change == "purpose":
        url = "/v1/public/unsubscribe?token=" + service.vault.seal_values("other", tenant="t")
    answer = api.client.post(url)
    assert (answer.status_code == 200) is (change == "")
    if change:
        assert answer.json()["code"] == "link_invalid"


def test_preferences_and_opt_outs_are_noted_by_officials(api, service):
    body = {"contact": {"rut": "15.482.903-2"}, "channels": ["sms", "email"]}
    asked(api.put("/v1/preferences", body, role="agent"), 200)
    found = asked(api.post("/v1/preferences/find", {"rut": "15482903-2"}), 200)
    assert found["channels"] == ["sms", "email"]
    assert api.post("/v1/opt-outs", {"channel": "sms", "address": "98765 4321"}).status_code == 204
    (row,) = service.rows("SELECT * FROM opt_outs")
    assert row["address"] == "+56987654321"
    assert api.delete(f"/v1/opt-outs/{row['id']}", tenant="punta-brava").status_code == 404
    assert api.delete(f"/v1/opt-outs/{row['id']}").status_code == 204
    assert api.post("/v1/preferences/forget", {"rut": "15482903-2"}).status_code == 204
    assert asked(api.post("/v1/preferences/find", {"rut": "15482903-2"}), 200)["channels"] is None


def test_recipients_of_the_office(api, service):
    body = {"name": "Aseo", "unit": "Aseo", "address": "aseo@muni.example", "topics": ["complaint_created"]}
    made = asked(api.post("/v1/officials", body, role="admin"), 201)
    refused(api.post("/v1/officials", body, role="admin"), 409, "official_exists")
    chat = {**body, "channel": "apprise", "address": "tgram://123456789:abcdefg_hijklmnop/12315544/"}
    shown = asked(api.post("/v1/officials", chat, role="admin"), 201)
    assert shown["address"] == "tgram://…"
    assert "abcdefg" not in str(service.rows("SELECT address FROM officials"))
    for address in ("json://10.0.0.1/x", "file:///etc/passwd", "tgram://", "nothing"):
        refused(api.post("/v1/officials", {**chat, "address": address}, role="admin"), 422, "address_invalid")
    refused(api.post("/v1/officials", {**body, "address": "no mail"}, role="admin"), 422, "address_invalid")
    changed = asked(api.put(f"/v1/officials/{made['id']}", {**body, "active": False}, role="admin"), 200)
    assert changed["active"] is False
    kept = service.rows("SELECT address FROM officials WHERE channel = 'apprise'")
    wish = {name: shown[name] for name in ("name", "unit", "channel", "active")} | {"topics": ["digest"]}
    assert asked(api.put(f"/v1/officials/{shown['id']}", wish, role="admin"), 200)["topics"] == ["digest"]
    assert service.rows("SELECT address FROM officials WHERE channel = 'apprise'") == kept
    other = {**wish, "channel": "email"}  # an address of another channel is none of this one
    refused(api.put(f"/v1/officials/{shown['id']}", other, role="admin"), 422, "address_invalid")
    refused(api.post("/v1/officials", other, role="admin"), 422, "invalid")
    assert api.delete(f"/v1/officials/{made['id']}", role="admin", tenant="punta-brava").status_code == 404
    assert api.delete(f"/v1/officials/{made['id']}", role="admin").status_code == 204
    assert len(asked(api.get("/v1/officials", role="admin"), 200)["items"]) == 1


def test_a_municipality_has_its_own_quiet_hours(api, service, mails, clock):
    rules = asked(api.get("/v1/rules"), 200)
    assert rules == {"quiet_from": "21:00:00", "quiet_until": "08:00:00", "digest_at": "08:00:00"}
    asked(api.put("/v1/rules", {**rules, "quiet_from": "11:00"}, role="admin"), 200)
    made = asked(api.post("/v1/notifications", MESSAGE))  # at noon
    service.send_all()
    assert mails.mails == []
    assert asked(api.get(f"/v1/notifications/{made['id']}"), 200)["reason"] == "quiet_hours"
    clock.forward(hours=20, minutes=1)
    service.send_all()
    assert len(mails.mails) == 1
