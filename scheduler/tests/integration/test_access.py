"""Who sees and does what: roles, conversations, tenants, the secret link."""

from uuid import uuid4

import pytest

START = "2026-11-24T10:15:00-03:00"
OFFICE = {"code": "nueva", "name": "Nueva", "timezone": "America/Santiago"}
RULE = {"weekday": 6, "opens": "10:00", "closes": "11:00", "capacity": 1}


@pytest.mark.parametrize("role", ["viewer", "agent", "service", "visitor"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/offices", OFFICE),
        ("PATCH", "/v1/offices/transito", {"name": "Otro"}),
        ("POST", "/v1/procedures", {"code": "x", "name": "Equis", "duration_minutes": 15}),
        ("PATCH", "/v1/procedures/licencia", {"name": "Otro"}),
        ("POST", "/v1/offices/transito/opening-rules", RULE),
        ("POST", "/v1/exceptions", {"kind": "closed", "first_day": "2026-12-01", "last_day": "2026-12-01"}),
        (
            "PUT",
            "/v1/policy",
            {"timezone": "America/Santiago", "min_notice_minutes": 0, "horizon_days": 9, "hold_minutes": 1},
        ),
    ],
)
def test_only_administrators_configure(api, role, method, path, body):
    answer = api.call(method, path, role=role, json=body, conversation=uuid4() if role == "visitor" else None)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_viewer_reads_and_changes_nothing(api, booked, booking):
    made = booked()
    path = f"/v1/appointments/{made['id']}"
    seen = api.get(path, role="viewer")
    assert seen.status_code == 200
    assert seen.json()["manage_url"] is None
    assert api.get(f"{path}/ics", role="viewer").status_code == 403
    assert api.post("/v1/appointments", booking(), role="viewer").status_code == 403
    for step in ("confirm", "cancel", "attended", "no-show"):
        assert api.post(f"{path}/{step}", role="viewer").status_code == 403
    assert api.call("PATCH", path, role="viewer", json={"notes": "x"}).status_code == 403


def test_a_visitor_has_their_own_conversation_and_no_other(api, booking, booked):
    mine, other = uuid4(), uuid4()
    body = booking(conversation_id=str(other), hold_id=str(uuid4()))
    made = api.post("/v1/appointments", body, role="visitor", conversation=mine)
    assert made.status_code == 201
    made = made.json()
    assert made["conversation_id"] == str(mine)
    assert made["citizen"]["rut"] == "•••••903-2"
    assert made["citizen"]["name"] == "Marcela S."
    path = f"/v1/appointments/{made['id']}"
    assert api.get(path, role="visitor", conversation=mine).json()["notes"] is None
    assert len(api.get("/v1/appointments", role="visitor", conversation=mine).json()["items"]) == 1
    for stranger in (other, None):
        assert api.get(path, role="visitor", conversation=stranger).status_code in {404, 422}
    assert api.get("/v1/appointments", role="visitor", conversation=other).json()["items"] == []
    query = {"rut": "15482903-2", "conversation_id": str(mine)}
    assert api.get("/v1/appointments", role="visitor", conversation=other, params=query).json()["items"] == []
    for step in ("confirm", "cancel"):
        assert api.post(f"{path}/{step}", role="visitor", conversation=other).status_code == 404
    assert api.get(f"/v1/appointments/by-code/{made['code']}", role="visitor", conversation=other).status_code == 404
    assert api.get(f"{path}/history", role="visitor", conversation=mine).status_code == 403
    assert api.post(f"{path}/attended", role="visitor", conversation=mine).status_code == 403
    assert api.post(f"{path}/cancel", role="visitor", conversation=mine).status_code == 200


def test_a_visitor_learns_nothing_of_anothers_booking(api, booked, booking):
    booked()
    answer = api.post(
        "/v1/appointments", booking("2026-11-25T09:00:00-03:00"), role="visitor", conversation=uuid4()
    ).json()
    assert answer["code"] == "appointment_exists"
    assert "appointment" not in answer


def test_a_visitor_cannot_use_or_free_anothers_hold(api, booking):
    wish = {"procedure_id": "edificacion", "office_id": "obras", "start": "2026-11-24T09:00:00-03:00"}
    held = api.post("/v1/holds", wish | {"holder": "somebody"}).json()
    visitor = {"role": "visitor", "conversation": uuid4()}
    assert api.call("DELETE", f"/v1/holds/{held['id']}", **visitor).status_code == 404
    body = booking(wish["start"], procedure_id="edificacion", office_id="obras", hold_id=held["id"])
    assert api.post("/v1/appointments", body, **visitor).json()["code"] == "slot_taken"


@pytest.mark.parametrize("role", ["admin", "agent", "viewer", "service"])
def test_nothing_leaks_to_the_other_tenant(api, booked, booking, role):
    made = booked()
    held = api.post(
        "/v1/holds", {"procedure_id": "licencia", "office_id": "transito", "start": START, "holder": "x"}
    ).json()
    rule = api.get("/v1/offices/transito/opening-rules").json()["items"][0]
    other = {"role": role, "tenant": "punta-brava"}
    path = f"/v1/appointments/{made['id']}"
    for url in (
        path,
        f"{path}/history",
        f"{path}/ics",
        f"/v1/appointments/by-code/{made['code']}",
        f"/v1/procedures/{made['procedure']['id']}",
        f"/v1/offices/{made['office']['id']}",
        f"/v1/offices/{made['office']['id']}/status",
        f"/v1/offices/{made['office']['id']}/opening-rules",
    ):
        status = api.get(url, **other).status_code
        assert status == (403 if role == "viewer" and url.endswith("ics") else 404), url
    for query in ({}, {"rut": "15482903-2"}, {"office_id": made["office"]["id"]}):
        assert api.get("/v1/appointments", params=query, **other).json()["items"] == []
    expected = 403 if role == "viewer" else 404
    for step in ("confirm", "cancel", "attended", "no-show"):
        assert api.post(f"{path}/{step}", **other).status_code == expected
    assert api.post(f"{path}/reschedule", {"start": START}, **other).status_code == expected
    assert api.call("DELETE", f"/v1/holds/{held['id']}", **other).status_code == expected
    for changes in ({"procedure_id": made["procedure"]["id"]}, {"office_id": made["office"]["id"]}):
        answer = api.post("/v1/appointments", booking(**changes), **other)
        assert answer.status_code == (403 if role == "viewer" else 422)
    if role == "admin":
        assert api.call("PUT", f"/v1/opening-rules/{rule['id']}", json=RULE, **other).status_code == 404
        assert api.call("DELETE", f"/v1/opening-rules/{rule['id']}", **other).status_code == 404
        assert (
            api.call("PATCH", f"/v1/offices/{made['office']['id']}", json={"name": "Ajena"}, **other).status_code == 404
        )
        link = {"office_ids": [made["office"]["id"]]}
        assert api.call("PATCH", "/v1/procedures/licencia", json=link, **other).json()["code"] == "office_unknown"
        closed = {
            "kind": "closed",
            "office_id": made["office"]["id"],
            "first_day": "2026-12-01",
            "last_day": "2026-12-01",
        }
        assert api.post("/v1/exceptions", closed, **other).json()["code"] == "office_unknown"


def test_the_same_person_may_book_in_both_tenants(booked):
    assert booked()["timezone"] == "America/Santiago"
    assert booked(tenant="punta-brava")["timezone"] == "America/Punta_Arenas"


@pytest.mark.parametrize("header", [None, "Bearer x", "Basic abc", "Bearer "])
def test_without_a_valid_token(api, header):
    answer = api.client.get("/v1/appointments", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_a_stale_token(api, make_token):
    from datetime import timedelta

    token = make_token("admin", lifetime=timedelta(minutes=-5))
    assert api.client.get("/v1/procedures", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def link(made):
    return f"/v1/public/appointments/{made['code']}", made["manage_url"].split("token=")[1]


def test_the_secret_link_shows_masked_data_and_changes_only_its_own(api, booked):
    made = booked()
    path, token = link(made)
    shown = api.client.get(path, params={"token": token}).json()
    assert (shown["code"], shown["citizen"]["name"]) == (made["code"], "Marcela S.")
    assert "15482903" not in str(shown)
    assert api.client.get(f"{path}/ics", params={"token": token}).headers["content-type"].startswith("text/calendar")
    assert api.client.get(f"{path}/slots", params={"token": token}).json()["items"]
    assert api.client.post(f"{path}/confirm", params={"token": token}).json()["status"] == "confirmed"
    moved = api.client.post(f"{path}/reschedule", params={"token": token}, json={"start": "2026-11-26T09:00:00-03:00"})
    assert moved.json()["sequence"] == 1
    assert api.client.post(f"{path}/cancel", params={"token": token}).json()["status"] == "cancelled"
    history = api.get(f"/v1/appointments/{made['id']}/history").json()["items"]
    assert [entry["actor"] for entry in history[1:]] == [f"link:{made['code']}"] * 3


def test_a_wrong_link_is_one_and_the_same_answer(api, booked, ruts):
    made = booked()
    other = booked("2026-11-24T11:00:00-03:00", ruts(1)[0])
    path, token = link(made)
    answers = [
        api.client.get(path, params={"token": "x"}),
        api.client.get(path, params={"token": ""}),
        api.client.get(path, params={"token": "ñ"}),
        api.client.get(link(other)[0], params={"token": token}),
        api.client.get("/v1/public/appointments/CCCC-CCCC", params={"token": token}),
        api.client.get("/v1/public/appointments/😀", params={"token": token}),
        api.client.post(f"{path}/cancel", params={"token": "x"}),
        api.client.post(f"{link(other)[0]}/cancel", params={"token": token}),
    ]
    assert {(a.status_code, a.json()["code"], a.json()["detail"]) for a in answers} == {
        (404, "link_invalid", "El enlace no es válido o la hora no existe.")
    }


def test_the_page_confirms_moves_and_cancels_without_scripts(api, booked, ruts):
    made = booked(citizen={"rut": "15482903-2", "name": "<script>x</script> Soto"})
    path, token = link(made)
    page = api.client.get(f"{path}/page", params={"token": token})
    assert page.status_code == 200
    assert "martes 24 de noviembre a las 10:15" in page.text
    assert "<script" not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    done = api.client.post(f"{path}/page/confirm", params={"token": token})  # follows the redirect
    assert "quedó confirmada" in done.text
    offered = api.client.get(f"{path}/page", params={"token": token, "show": "slots"})
    assert offered.text.count("page/reschedule?start=") == 8
    target = {"token": token, "start": "2026-11-26T09:00:00-03:00"}
    assert "quedó cambiada" in api.client.post(f"{path}/page/reschedule", params=target).text
    refused = api.client.post(f"{path}/page/reschedule", params=target | {"start": "2026-12-25T09:00:00-03:00"})
    assert refused.status_code == 422
    assert "feriado" in refused.text
    assert "Seguro" in api.client.get(f"{path}/page", params={"token": token, "show": "cancel"}).text
    assert "quedó anulada" in api.client.post(f"{path}/page/cancel", params={"token": token}).text
    assert api.client.get(f"{path}/page", params={"token": "x"}).status_code == 404


def test_the_page_keeps_the_seat_when_a_move_is_refused(api, booked, ruts):
    wish = {"procedure_id": "edificacion", "office_id": "obras"}
    made = booked("2026-11-24T09:00:00-03:00", **wish)
    booked("2026-11-24T10:30:00-03:00", ruts(1)[0], **wish)
    path, token = link(made)
    refused = api.client.post(f"{path}/page/reschedule", params={"token": token, "start": "2026-11-24T10:30:00-03:00"})
    assert refused.status_code == 409
    assert "ya no está disponible" in refused.text
    assert api.rows("SELECT count(*) AS n FROM seats WHERE appointment_id = :id", id=made["id"])[0]["n"] == 1
