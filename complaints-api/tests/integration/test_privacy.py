"""A person's rights over their complaints: the case stays, the person does not."""

import json
from datetime import timedelta

import pytest
from bson import json_util
from munbot_common.traces import REMOVED, mark_of

RUT = "15482903-2"
HINTS = ("15482903", "15.482.903", "Quilodrán", "quilodran", "87654321", "marcela@correo.cl")
CITIZEN = {"rut": RUT, "name": "Marcela Quilodrán", "phone": "9 8765 4321", "email": "marcela@correo.cl"}
CONVERSATION = "019358ef-0000-7000-8000-000000000001"


@pytest.fixture
def asks(client, as_):
    def ask(what, body=None, *, role="service", tenant="valle-claro"):
        return client.post(f"/v1/privacy/{what}", json=body or {"rut": RUT}, headers=as_(role, tenant))

    return ask


def named(database):
    found = set()
    for name in database.list_collection_names():
        for row in database[name].find():
            content = json.dumps(json.loads(json_util.dumps(row)), ensure_ascii=False)
            found.update((name, hint) for hint in HINTS if hint in content)
    return found


@pytest.fixture
def complaint(client, as_, file_complaint, upload):
    """A complaint with a file and a comment of the citizen."""

    def make(**changes):
        visitor = as_("visitor", conversation_id=CONVERSATION)
        ticket = client.post(
            "/v1/attachments",
            json={"filename": "foto.png", "content_type": "image/png", "size": 12},
            headers=visitor,
        ).json()
        assert upload(ticket, b"\x89PNG\r\n\x1a\n0000").is_success
        assert client.post(f"/v1/attachments/{ticket['id']}/complete", headers=visitor).is_success
        made = file_complaint(
            citizen=CITIZEN,
            conversation_id=CONVERSATION,
            description="Soy Marcela Quilodrán, 15.482.903-2: no pasa el camión",
            attachment_ids=[ticket["id"]],
            **changes,
        )
        comment = {"text": "Mi teléfono es 98765 4321", "public": True}
        assert client.post(f"/v1/complaints/{made['folio']}/comments", json=comment, headers=as_("agent")).is_success
        return made

    return make


def settle(client, as_, complaint_id):
    for status in ("in_review", "resolved"):
        answer = client.post(
            f"/v1/complaints/{complaint_id}/status",
            json={"status": status, "reason": "Se atendió a Marcela Quilodrán"},
            headers=as_("agent"),
        )
        assert answer.is_success, answer.text


def test_a_settled_case_stays_without_person_words_and_files(asks, client, as_, complaint, database, store, waiting):
    made = complaint()
    settle(client, as_, made["folio"])
    found = asks("find").json()
    assert {one["store"]: one["count"] for one in found["holdings"]} == {
        "complaints.complaints": 1,
        "complaints.attachments": 1,
    }
    assert found["known"]["phones"] == ["+56987654321"]
    assert found["known"]["complaints"] == [made["id"]]
    exported = asks("export").json()["records"]
    assert exported["complaints.complaints"][0]["folio"] == made["folio"]
    erased = asks("erase").json()
    assert "19.880" in erased["kept"][0]["reason"]
    assert named(database) == set()
    kept = client.get(f"/v1/complaints/{made['folio']}", headers=as_("agent")).json()
    assert (kept["folio"], kept["status"]) == (made["folio"], "resolved")
    assert (kept["description"], kept["citizen"]["rut"], kept["attachments"]) == (REMOVED, "", [])
    assert list(store._inside.list_objects(store.bucket, recursive=True, include_version=True)) == []
    assert waiting() == []
    assert len(waiting(notes=True)) == 5  # the hub is told nonetheless: they name nobody
    again = asks("erase").json()
    assert (again["erased"], again["cleaned"]) == ([], [])
    assert client.get(f"/v1/public/complaints/{made['folio']}", params={"rut_last4": "9032"}).status_code in {404, 422}


def test_an_open_case_keeps_what_it_is_about_until_its_end(asks, app, client, as_, complaint, database):
    made = complaint()
    erased = asks("erase").json()
    assert "abierto" in erased["kept"][0]["reason"]
    assert named(database) == set()
    document = database["complaints"].find_one()
    assert document["description"] == f"Soy {REMOVED}, {REMOVED}: no pasa el camión"
    assert document["place"]["address"] == "Villa Los Aromos, pasaje 3"
    privacy = app.state.services.privacy
    assert privacy.finish_settled() == 0
    settle(client, as_, made["folio"])
    assert privacy.finish_settled() == 1
    assert privacy.finish_settled() == 0
    document = database["complaints"].find_one()
    assert (document["description"], document["place"], document["terms"]) == (REMOVED, None, [])


def test_whoever_is_named_by_others_is_taken_out_there_too(asks, file_complaint, database):
    neighbour = {"rut": "12345678-5", "name": "Marcela Quilodrán", "phone": "9 8765 4321"}
    file_complaint(citizen=neighbour, description="Mi vecina Marcela Quilodrán (9 8765 4321) quema basura")
    person = {"rut": RUT, "names": ["Marcela Quilodrán"], "phones": ["+56987654321"]}
    assert asks("find", person).json()["mentions"] == [{"store": "complaints.complaints", "count": 1}]
    assert asks("erase", person).json()["cleaned"] == [{"store": "complaints.complaints", "count": 1}]
    document = database["complaints"].find_one()
    assert document["description"] == f"Mi vecina {REMOVED} ({REMOVED}) quema basura"
    assert "quilodran" not in document["search"]
    assert document["citizen"]["name"] == "Marcela Quilodrán"  # hers, not the vecina's
    assert asks("find", person).json()["mentions"] == []


def test_put_right_and_known_again(asks, file_complaint, client, as_):
    made = file_complaint(citizen=CITIZEN)
    wish = {"person": {"rut": RUT}, "name": "Marcela Quilodrán Vega", "email": "mq@correo.cl"}
    assert asks("rectify", wish).json()["changed"] == [{"store": "complaints.complaints", "count": 1}]
    assert asks("rectify", wish).json()["changed"] == []
    citizen = client.get(f"/v1/complaints/{made['folio']}", headers=as_("agent")).json()["citizen"]
    assert (citizen["name"], citizen["email"]) == ("Marcela Quilodrán Vega", "mq@correo.cl")
    marks = {"key": "k" * 32, "marks": [mark_of("k" * 32, "valle-claro", RUT)]}
    assert asks("match", marks).json() == {"ruts": [RUT]}
    assert asks("match", marks, tenant="punta-brava").json() == {"ruts": []}
    assert asks("find", role="viewer").status_code == 403


def test_cases_settled_long_ago_lose_their_person(app, client, as_, complaint, database, clock, store):
    made = complaint()
    settle(client, as_, made["folio"])
    privacy = app.state.services.privacy
    assert privacy.forget_people(clock() - timedelta(days=1)) == 0
    clock.forward(days=2_000)
    assert privacy.forget_people(clock() - timedelta(days=1_825)) == 1
    assert named(database) == set()
    assert list(store._inside.list_objects(store.bucket, recursive=True, include_version=True)) == []
    assert privacy.forget_people(clock() - timedelta(days=1_825)) == 0
