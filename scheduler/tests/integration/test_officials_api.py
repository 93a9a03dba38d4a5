"""What officials may that citizens may not: book at once, say why, change a closure."""

import pytest

SOON = "2026-11-23T09:30:00-03:00"  # half an hour after the clock's 09:00; the notice is an hour


@pytest.mark.parametrize("role", ["admin", "agent"])
def test_an_official_books_and_moves_without_notice(api, booked, booking, role):
    assert api.post("/v1/appointments", booking(SOON)).json()["code"] == "too_soon"
    query = {"procedure_id": "licencia", "from": "2026-11-23", "to": "2026-11-23"}
    first = api.get("/v1/slots", role=role, params=query).json()["items"][0]
    assert first["start"] == "2026-11-23T09:15:00-03:00"
    made = booked("2026-11-24T10:15:00-03:00", role=role)
    path = f"/v1/appointments/{made['id']}/reschedule"
    assert api.post(path, {"start": SOON}).json()["code"] == "too_soon"
    assert api.post(path, {"start": SOON}, role=role).json()["start"] == SOON
    past = api.post(path, {"start": "2026-11-23T08:45:00-03:00"}, role=role)
    assert (past.status_code, past.json()["code"]) == (422, "past")
    assert api.get(f"/v1/appointments/{made['id']}").json()["start"] == SOON


def test_a_move_may_say_why_and_the_event_who_did_it(api, booked):
    made = booked()
    body = {"start": "2026-11-25T09:00:00-03:00", "reason": "El médico no viene ese día"}
    moved = api.post(f"/v1/appointments/{made['id']}/reschedule", body, role="agent").json()
    assert moved["reason"] == body["reason"]
    events = {row["body"]["type"]: row["body"]["data"] for row in api.rows("SELECT body FROM outbox ORDER BY seq")}
    assert events["munbot.appointment.booked.v1"]["changed_by"] == "service"
    rescheduled = events["munbot.appointment.rescheduled.v1"]
    assert (rescheduled["changed_by"], rescheduled["reason"]) == ("agent", body["reason"])
    assert rescheduled["previous_start"].startswith("2026-11-24T10:15:00")
    again = api.post(f"/v1/appointments/{made['id']}/reschedule", {"start": made["start"]}, role="agent").json()
    assert again["reason"] is None  # the reason of the first move is not that of the second


def test_a_closure_is_changed_by_one_who_has_seen_it(api, booked, ruts):
    for start, person in zip(("09:00", "13:00"), ruts(2), strict=True):
        booked(f"2026-11-24T{start}:00-03:00", person)
    body = {"kind": "closed", "first_day": "2026-11-24", "last_day": "2026-11-24", "reason": "Aseo"}
    made = api.post("/v1/exceptions", body, role="admin").json()
    path, seen = f"/v1/exceptions/{made['id']}", {"If-Match": f'"{made["version"]}"'}
    morning = body | {"opens": "08:00", "closes": "12:00"}
    changed = api.call("PUT", path, role="admin", json=morning, headers=seen)
    assert changed.status_code == 200
    assert (changed.json()["version"], changed.json()["affected"], changed.json()["opens"]) == (2, 1, "08:00")
    late = api.call("PUT", path, role="admin", json=body, headers=seen)
    assert (late.status_code, late.json()["current"]["reason"]) == (412, "Aseo")
    assert api.call("PUT", path, role="agent", json=body).status_code == 403
    assert api.call("PUT", path, role="admin", tenant="punta-brava", json=body).status_code == 404
    unknown = api.call("PUT", path, role="admin", json=body | {"office_id": made["id"]})
    assert unknown.json()["code"] == "office_unknown"
