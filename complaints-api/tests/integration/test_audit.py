"""The hub's audit log hears of every change: who, what, and nothing personal."""

import json
from datetime import timedelta

import pytest
from munbot_common.auth import Principal, Role
from munbot_common.clock import utc_now
from munbot_complaints.waiting import noted as note_of
from munbot_complaints.waiting import write_setting

RUT = "15482903-2"
CITIZEN = {"rut": RUT, "name": "Marcela Quilodrán", "phone": "9 8765 4321", "email": "marcela@correo.cl"}
CONVERSATION = "019358ef-0000-7000-8000-000000000001"
ADDRESS = "web-session-of-marcela"
HINTS = ("15482903", "15.482.903", "Marcela", "Quilodrán", "87654321", "98765", "correo.cl", "secreto", ADDRESS)


@pytest.fixture
def mine(as_):
    return as_("visitor", subject=ADDRESS, conversation_id=CONVERSATION)


@pytest.fixture
def filed(file_complaint):
    return file_complaint(
        citizen=CITIZEN, conversation_id=CONVERSATION, description="Soy Marcela Quilodrán y esto es secreto"
    )


@pytest.fixture
def act(client, as_):
    def act(folio, verb, body, headers=None):
        return client.post(f"/v1/complaints/{folio}/{verb}", json=body, headers=headers or as_("agent", subject="ana"))

    return act


@pytest.fixture(autouse=True)
def nothing_personal(waiting):
    """Whatever a test does, no note names anybody."""
    yield
    told = json.dumps(waiting(notes=True), ensure_ascii=False)
    assert [hint for hint in HINTS if hint in told] == []


def test_a_new_complaint_is_noted_once(client, as_, body, waiting, noted):
    headers = as_("service", subject="service:bot") | {"Idempotency-Key": "k"}
    new = body(citizen=CITIZEN, conversation_id=CONVERSATION)
    receipt = [client.post("/v1/complaints", json=new, headers=headers).json() for _ in range(2)][1]
    (told,) = waiting(notes=True)
    assert (told["subject"], told["tenant"]) == (receipt["id"], "valle-claro")
    assert told["time"] == "2026-11-23T13:00:00Z"
    assert told["data"] == {
        "actor": "service:bot",
        "actor_role": "service",
        "action": "complaint.created",
        "object_type": "complaint",
        "object_id": receipt["id"],
        "before": None,
        "after": {
            "folio": receipt["folio"],
            "status": "received",
            "category": "aseo.retiro_basura",
            "unit": "Dirección de Aseo",
            "channel": "web",
        },
    }
    assert client.post("/v1/complaints", json=body(category="no_existe"), headers=as_("service")).status_code == 422
    assert len(noted()) == 1


def test_what_officials_do_is_noted(act, filed, noted, waiting):
    folio = filed["folio"]
    known = {"folio": folio}
    act(folio, "assign", {"assignee": "agent-7"})
    act(folio, "assign", {"assignee": "agent-7", "unit": "Emergencias"})
    act(folio, "assign", {"assignee": None})
    act(folio, "status", {"status": "resolved", "reason": "Se habló con Marcela"})
    act(folio, "status", {"status": "reopened", "reason": "Marcela Quilodrán volvió a llamar"})
    said = act(folio, "comments", {"text": "Es secreto"}).json()["comments"][0]
    assert noted()[1:] == [
        ("complaint.assigned", {"assignee": None}, known | {"assignee": "agent-7"}),
        ("complaint.assigned", {"unit": "Dirección de Aseo"}, known | {"unit": "Emergencias"}),
        ("complaint.assigned", {"assignee": "agent-7"}, known | {"assignee": None}),
        ("complaint.status_changed", {"status": "received"}, known | {"status": "resolved"}),
        ("complaint.reopened", {"status": "resolved"}, known | {"status": "reopened"}),
        ("complaint.commented", None, known | {"comment_id": said["id"], "public": False}),
    ]
    told = [body["data"] for body in waiting(notes=True)][1:]
    assert {(data["actor"], data["actor_role"], data["object_id"]) for data in told} == {("ana", "agent", filed["id"])}
    assert {data["object_type"] for data in told} == {"complaint"}


def test_a_citizen_is_known_by_their_conversation(act, filed, noted, waiting, mine):
    act(filed["folio"], "status", {"status": "waiting_citizen", "reason": "Falta una foto"})
    assert act(filed["folio"], "comments", {"text": "Soy Marcela"}, mine).status_code == 201
    commented, moved = noted()[2:]
    assert (commented[0], commented[1], commented[2]["public"]) == ("complaint.commented", None, True)
    assert moved == (
        "complaint.status_changed",
        {"status": "waiting_citizen"},
        {"folio": filed["folio"], "status": "in_review"},
    )
    told = [body["data"] for body in waiting(notes=True)][2:]
    assert {(data["actor"], data["actor_role"]) for data in told} == {(CONVERSATION, "visitor")}


def test_what_is_refused_or_changes_nothing_is_not_noted(act, filed, noted, mine, as_):
    folio = filed["folio"]
    act(folio, "assign", {"assignee": "agent-7"})
    before = noted()
    assert act(folio, "assign", {"assignee": "agent-7", "unit": "Dirección de Aseo"}).status_code == 200
    for verb, body, headers, status in [
        ("assign", {"assignee": "otro", "version": 1}, None, 409),
        ("assign", {"assignee": "otro"}, mine, 403),
        ("status", {"status": "closed", "reason": "x"}, None, 422),
        ("status", {"status": "resolved"}, None, 422),
        ("comments", {"text": ""}, None, 422),
        ("comments", {"text": "x"}, as_("agent", "punta-brava"), 404),
        ("merge", {"into": folio}, None, 422),
        ("attachments", {"attachment_ids": [CONVERSATION]}, None, 422),
    ]:
        assert act(folio, verb, body, headers).status_code == status, (verb, body)
    assert noted() == before


def test_files_are_noted_by_their_ids(client, act, filed, noted, mine, upload, body):
    def file():
        about = {"filename": "marcela.png", "content_type": "image/png", "size": 12}
        ticket = client.post("/v1/attachments", json=about, headers=mine).json()
        assert upload(ticket, b"\x89PNG\r\n\x1a\n0000").is_success
        assert client.post(f"/v1/attachments/{ticket['id']}/complete", headers=mine).is_success
        return ticket["id"]

    one, two = file(), file()
    act(filed["folio"], "attachments", {"attachment_ids": [one]}, mine)
    act(filed["folio"], "attachments", {"attachment_ids": [one, two]}, mine)
    act(filed["folio"], "attachments", {"attachment_ids": [two]}, mine)
    assert noted()[1:] == [
        ("complaint.attached", None, {"folio": filed["folio"], "attachments": [one]}),
        ("complaint.attached", None, {"folio": filed["folio"], "attachments": [two]}),
    ]
    three = file()
    client.post("/v1/complaints", json=body(attachment_ids=[three]), headers=mine)
    assert noted()[-1][2]["attachments"] == [three]


def test_a_merge_is_noted_in_both(act, filed, file_complaint, noted):
    repeated = file_complaint(citizen=CITIZEN)
    primary = {"folio": filed["folio"]}
    act(repeated["folio"], "merge", {"into": filed["folio"], "reason": "Marcela ya reclamó"})
    act(repeated["folio"], "merge", {"into": filed["folio"]})
    act(repeated["folio"], "status", {"status": "reopened", "reason": "Era otro"})
    created = {"complaint.created"}
    assert [note for note in noted() if note[0] not in created] == [
        (
            "complaint.received_duplicate",
            None,
            primary | {"duplicate": repeated["folio"], "duplicate_id": repeated["id"]},
        ),
        (
            "complaint.merged",
            {"status": "received"},
            {"folio": repeated["folio"], "status": "closed", "into": filed["folio"], "into_id": filed["id"]},
        ),
        (
            "complaint.reopened",
            {"status": "closed", "merged_into": filed["folio"]},
            {"folio": repeated["folio"], "status": "reopened", "merged_into": None},
        ),
    ]


def test_categories_are_noted(client, as_, noted, waiting, database):
    admin = as_("admin", subject="ana")
    new = {"name": "Ruidos", "unit": "Inspección", "deadline_days": 3, "synonyms": ["secreto"], "position": 900}
    assert client.put("/v1/categories/ruidos", json=new, headers=admin).status_code == 200
    for change in ({}, {"deadline_days": 4}, {"deadline_days": 4, "synonyms": []}, {"name": "Bulla", "active": False}):
        assert client.put("/v1/categories/ruidos", json=new | change, headers=admin).status_code == 200
    assert client.put("/v1/categories/nada.hijo", json=new, headers=admin).status_code == 409
    assert client.put("/v1/categories/ruidos", json=new, headers=as_("agent")).status_code == 403
    told = {name: new[name] for name in ("name", "unit", "deadline_days", "position")}
    assert noted() == [
        ("complaint_category.created", None, told | {"active": True}),
        ("complaint_category.changed", {"deadline_days": 3}, {"name": "Ruidos", "deadline_days": 4}),
        ("complaint_category.changed", {}, {"name": "Ruidos", "fields": ["synonyms"]}),
        (
            "complaint_category.changed",
            {"name": "Ruidos", "deadline_days": 4, "active": True},
            {"name": "Bulla", "deadline_days": 3, "active": False, "fields": ["synonyms"]},
        ),
    ]
    assert {(body["data"]["object_id"], body["data"]["object_type"]) for body in waiting(notes=True)} == {
        ("ruidos", "complaint_category")
    }
    shown = client.get("/v1/categories?inactive=true", headers=admin).text
    assert "pending_events" not in shown
    database["categories"].delete_one({"_id": "valle-claro:ruidos"})


def test_the_calendar_is_noted(client, as_, noted, waiting, database):
    admin = as_("admin", "otra-comuna", subject="ana")
    for own in ({}, {}, {"cutoff": "16:00", "closed_days": ["2026-12-24"]}, {"region": "RM", "cutoff": "16:00"}):
        assert client.put("/v1/calendar", json=own, headers=admin).status_code == 200
    assert client.put("/v1/calendar", json={"region": "ZZ"}, headers=admin).status_code == 422
    first = {"zone": "America/Santiago", "region": None, "cutoff": "17:00", "closed_days": []}
    assert noted() == [
        ("deadline_calendar.changed", None, first),
        (
            "deadline_calendar.changed",
            {"cutoff": "17:00", "closed_days": []},
            {"cutoff": "16:00", "closed_days": ["2026-12-24"]},
        ),
        (
            "deadline_calendar.changed",
            {"region": None, "closed_days": ["2026-12-24"]},
            {"region": "RM", "closed_days": []},
        ),
    ]
    assert {body["data"]["object_id"] for body in waiting(notes=True)} == {"otra-comuna"}
    assert "pending_events" not in client.get("/v1/calendar", headers=admin).text
    database["calendars"].delete_one({"_id": "otra-comuna"})


def test_the_map_is_noted_without_what_may_be_a_key(client, as_, noted, database):
    admin = as_("admin", subject="ana")
    own = {"tiles_url": "/tiles/{z}/{x}/{y}.png?key=secreto", "attribution": "© OpenStreetMap", "max_zoom": 17}
    for setting in (own, own, own | {"max_zoom": 18}, {}):
        assert client.put("/v1/map", json=setting, headers=admin).status_code == 200
        assert (
            client.get("/v1/map", headers=admin).json()
            == {"tiles_url": "", "attribution": "", "max_zoom": 18} | setting
        )
    assert client.put("/v1/map", json={"tiles_url": "https://x.cl/"}, headers=admin).status_code == 422
    shown = {"tiles_url": "/tiles/{z}/{x}/{y}.png", "attribution": "© OpenStreetMap"}
    assert noted() == [
        ("map.changed", None, shown | {"max_zoom": 17}),
        ("map.changed", {"max_zoom": 17}, {"max_zoom": 18}),
        ("map.changed", shown, {"tiles_url": "", "attribution": ""}),
    ]
    database["maps"].delete_many({})


def test_a_setting_of_an_older_version_and_one_that_others_change_meanwhile(database):
    ana = Principal(subject="ana", role=Role.ADMIN, tenant="valle-claro")
    database["maps"].insert_one({"_id": "valle-claro", "max_zoom": 1})
    seen = []

    def note(before):
        seen.append(before)
        if len(seen) == 1:
            write_setting(
                database["maps"], "valle-claro", {"max_zoom": 2}, lambda _: note_of(ana, "map.changed", "1", utc_now)
            )
        return note_of(ana, "map.changed", "2", utc_now, before=before, after={"max_zoom": 3})

    write_setting(database["maps"], "valle-claro", {"max_zoom": 3}, note)
    left = database["maps"].find_one({"_id": "valle-claro"})
    assert seen == [{"max_zoom": 1}, {"max_zoom": 2}]
    assert (left["max_zoom"], left["version"], left["relay"]) == (3, 2, {"pending": True})
    assert [event["body"]["subject"] for event in left["pending_events"]] == ["1", "2"]
    database["maps"].delete_many({})


def test_people_s_rights_are_noted_by_the_names_of_fields(client, app, as_, act, filed, file_complaint, noted, mine):
    neighbour = {"rut": "12345678-5", "name": "Ana Rojas"}
    other = file_complaint(citizen=neighbour, description="Mi vecina Marcela Quilodrán quema basura")
    act(filed["folio"], "comments", {"text": "Soy yo"}, mine)
    officer = as_("admin", subject="ana")
    wish = {"person": {"rut": RUT}, "name": "Marcela Quilodrán", "email": "mq@correo.cl"}
    for _ in range(2):
        assert client.post("/v1/privacy/rectify", json=wish, headers=officer).status_code == 200
    person = {"rut": RUT, "names": ["Marcela Quilodrán"], "addresses": [ADDRESS]}
    for _ in range(2):
        assert client.post("/v1/privacy/erase", json=person, headers=officer).status_code == 200
    act(filed["folio"], "status", {"status": "resolved", "reason": "Listo"})
    privacy = app.state.services.privacy
    assert (privacy.finish_settled(), privacy.finish_settled()) == (1, 0)
    known, there = {"folio": filed["folio"]}, {"folio": other["folio"]}
    assert [note for note in noted() if note[0] not in {"complaint.created", "complaint.commented"}] == [
        ("complaint.rectified", None, known | {"fields": ["email"]}),
        (
            "complaint.person_erased",
            None,
            known | {"fields": ["citizen", "comments", "conversation_id", "description", "history"]},
        ),
        ("complaint.mentions_removed", None, there | {"fields": ["description"]}),
        ("complaint.status_changed", {"status": "received"}, known | {"status": "resolved"}),
        ("complaint.words_erased", None, known | {"fields": ["comments", "description", "place"]}),
    ]
    assert [action for action, _, _ in noted()].count("complaint.commented") == 1  # the person is not in it


def test_what_the_clock_does_is_noted_too(client, app, act, filed, clock, waiting):
    act(filed["folio"], "status", {"status": "resolved", "reason": "Listo"})
    clock.forward(days=2_000)
    app.state.services.privacy.forget_people(clock() - timedelta(days=1_825))
    told = waiting(notes=True)[-1]["data"]
    assert (told["action"], told["actor_role"]) == ("complaint.person_erased", "service")
    assert told["actor"] == "service:complaints"
