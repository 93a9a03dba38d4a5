"""Categories and the calendar; and stores that are away."""

import pytest
from fastapi.testclient import TestClient
from munbot_complaints.app import create_app


def test_the_tree_and_its_changes(client, as_, file_complaint, database):
    admin = as_("admin")
    tree = client.get("/v1/categories", headers=as_("viewer")).json()["items"]
    assert [node["code"] for node in tree] == ["aseo", "alumbrado"]
    assert [child["code"] for child in tree[0]["children"]] == ["aseo.retiro_basura", "aseo.microbasural"]
    assert (tree[0]["children"][0]["unit"], tree[0]["children"][1]["deadline_days"]) == ("Dirección de Aseo", 10)

    new = {"name": "Ruidos", "unit": "Inspección", "deadline_days": 3, "synonyms": ["bulla"], "position": 900}
    assert client.put("/v1/categories/ruidos", json=new, headers=admin).status_code == 200
    assert file_complaint(category="ruidos")["due_date"] == "2026-11-26"
    assert client.put("/v1/categories/ruidos", json=new | {"active": False}, headers=admin).status_code == 200
    assert "ruidos" not in [n["code"] for n in client.get("/v1/categories", headers=admin).json()["items"]]
    everything = client.get("/v1/categories?inactive=true", headers=admin).json()["items"]
    assert "ruidos" in [n["code"] for n in everything]
    elsewhere = client.get("/v1/categories?inactive=true", headers=as_("admin", "punta-brava")).json()["items"]
    assert "ruidos" not in [n["code"] for n in elsewhere]
    orphan = client.put("/v1/categories/nada.hijo", json=new, headers=admin)
    assert (orphan.status_code, orphan.json()["code"]) == (409, "category_parent_missing")
    for code in ("Ruidos", "a.b.c", "$gt", "ñ"):
        assert client.put(f"/v1/categories/{code}", json=new, headers=admin).status_code == 422
    database["categories"].delete_one({"_id": "valle-claro:ruidos"})


def test_people_s_words(client, as_):
    said = {"text": "Hace dos semanas q no pasa el camión de la BASURA, está hediondo"}
    found = client.get("/v1/categories/match", params=said, headers=as_("service")).json()["items"]
    assert found[0]["code"] == "aseo.retiro_basura"
    nothing = client.get("/v1/categories/match", params={"text": "pizza"}, headers=as_("service")).json()["items"]
    assert nothing == []


def test_a_retired_category_takes_no_complaints(client, as_, body):
    admin = as_("admin")
    retired = {"name": "Vieja", "unit": "U", "deadline_days": 3, "active": False}
    client.put("/v1/categories/vieja", json=retired, headers=admin)
    answer = client.post("/v1/complaints", json=body(category="vieja"), headers=admin)
    assert (answer.status_code, answer.json()["code"]) == (422, "category_unknown")


def test_the_office_s_own_calendar(client, as_, file_complaint, clock):
    admin = as_("admin", "punta-brava")
    before = client.get("/v1/calendar", headers=admin).json()
    assert before["timezone"] == "America/Punta_Arenas"
    own = before | {"region": "MA", "closed_days": ["2026-11-25"], "cutoff": "09:30"}
    assert client.put("/v1/calendar", json=own, headers=admin).status_code == 200
    assert client.get("/v1/calendar", headers=admin).json()["closed_days"] == ["2026-11-25"]
    # 10:00 is after the cutoff, so it counts as of Tuesday; Wednesday is closed
    assert file_complaint(tenant="punta-brava")["due_date"] == "2026-12-02"
    for bad in ({"timezone": "America/Lima2"}, {"region": "ZZ"}):
        answer = client.put("/v1/calendar", json=own | bad, headers=admin)
        assert (answer.status_code, answer.json()["code"]) == (422, "calendar_invalid")
    client.put("/v1/calendar", json=before, headers=admin)


def test_an_office_that_nobody_set_up_has_no_categories(client, as_, body):
    stranger = as_("service", "otra-comuna")
    assert client.get("/v1/categories", headers=stranger).json() == {"items": []}
    assert client.post("/v1/complaints", json=body(), headers=stranger).json()["code"] == "category_unknown"


@pytest.mark.parametrize("away", [{"mongo_url": "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=200"}])
def test_a_store_that_is_away_is_said_so(settings, as_, body, away):
    app = create_app(settings.model_copy(update=away))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.post("/v1/complaints", json=body(), headers=as_("service"))
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"]
        assert client.get("/livez").status_code == 200
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["checks"]["object_store"] == "ok"


def test_an_object_store_that_is_away_is_said_so(settings, database, as_):
    app = create_app(settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9"}))
    with TestClient(app, raise_server_exceptions=False) as client:
        agent = as_("agent")
        file = {"filename": "x.jpg", "content_type": "image/jpeg", "size": 3}
        ticket = client.post("/v1/attachments", json=file, headers=agent)
        assert ticket.status_code == 201
        answer = client.post(f"/v1/attachments/{ticket.json()['id']}/complete", headers=agent)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_the_map_s_tiles_are_on_our_own_address(client, as_, database):
    admin = as_("admin")
    assert client.get("/v1/map", headers=as_("viewer")).json() == {"tiles_url": "", "attribution": "", "max_zoom": 18}
    own = {"tiles_url": "/tiles/{z}/{x}/{y}.png", "attribution": "© OpenStreetMap", "max_zoom": 17}
    assert client.put("/v1/map", json=own, headers=admin).json() == own
    assert client.get("/v1/map", headers=as_("agent")).json() == own
    assert client.get("/v1/map", headers=as_("agent", "punta-brava")).json()["tiles_url"] == ""
    assert client.put("/v1/map", json=own, headers=as_("agent")).status_code == 403
    for bad in ("https://x.cl/{z}/{x}/{y}", "//x.cl/{z}/{x}/{y}", "/\\x.cl/{z}/{x}/{y}", "/tiles/{z}/{x}.png", "tiles"):
        answer = client.put("/v1/map", json={"tiles_url": bad}, headers=admin)
        assert (answer.status_code, answer.json()["code"]) == (422, "tiles_invalid")
    assert client.put("/v1/map", json={}, headers=admin).status_code == 200
    database["maps"].delete_many({})
