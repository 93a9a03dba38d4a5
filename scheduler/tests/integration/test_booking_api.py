from datetime import UTC, datetime
from uuid import uuid4

import pytest
from icalendar import Calendar
from munbot_contracts import EVENT_TYPES, Event

START = "2026-11-24T10:15:00-03:00"


def events(api):
    rows = [
        row["body"] for row in api.rows("SELECT body FROM outbox WHERE routing_key <> 'audit.noted.v1' ORDER BY seq")
    ]
    for row in rows:
        Event[EVENT_TYPES[row["type"]]].model_validate(row)
    return rows


def kinds(api):
    return [event["type"].removeprefix("munbot.appointment.") for event in events(api)]


def test_a_booking_and_its_event(api, booked):
    made = booked(conversation_id=str(uuid4()))
    assert made["start"] == START
    assert made["when_text"] == "martes 24 de noviembre a las 10:15"
    assert (made["status"], made["sequence"], made["timezone"]) == ("booked", 0, "America/Santiago")
    assert made["citizen"] == {
        "rut": "15482903-2",
        "name": "Marcela Soto",
        "phone": "+56987654321",
        "email": None,
    }
    assert made["procedure"]["required_papers"] == ["Cédula de identidad"]
    assert made["manage_url"].startswith("https://municipio.example/")
    (event,) = events(api)
    assert event["type"] == "munbot.appointment.booked.v1"
    assert event["tenant"] == "valle-claro"
    assert event["data"]["code"] == made["code"]
    assert event["data"]["start"] == START
    assert event["data"]["conversation_id"] == made["conversation_id"]


def test_the_whole_life(api, booked, clock):
    made = booked()
    path = f"/v1/appointments/{made['id']}"
    assert api.post(f"{path}/confirm").json()["status"] == "confirmed"
    moved = api.post(f"{path}/reschedule", {"start": "2026-11-26T09:00:00-03:00"}).json()
    assert (moved["status"], moved["sequence"], moved["start"]) == ("booked", 1, "2026-11-26T09:00:00-03:00")
    clock.now = datetime(2026, 11, 26, 12, 5, tzinfo=UTC)
    assert api.post(f"{path}/attended").json()["status"] == "attended"
    assert api.post(f"{path}/no-show").json()["status"] == "no_show"
    assert kinds(api) == ["booked.v1", "confirmed.v1", "rescheduled.v1", "attended.v1", "no_show.v1"]
    assert events(api)[2]["data"]["previous_start"] == START
    history = api.get(f"{path}/history").json()["items"]
    assert [entry["action"] for entry in history] == ["booked", "confirmed", "rescheduled", "attended", "no_show"]
    assert history[2]["before"]["start"].startswith("2026-11-24T13:15")
    assert history[2]["after"]["start"].startswith("2026-11-26T12:00")
    assert "Marcela" not in str(history)
    assert "15482903" not in str(history)


def test_cancelling_frees_the_time_and_the_person(api, booked, booking, ruts):
    wish = {"procedure_id": "edificacion", "office_id": "obras"}
    start = "2026-11-24T09:00:00-03:00"
    made = booked(start, **wish)
    refused = api.post("/v1/appointments", booking(start, ruts(1)[0], **wish)).json()
    assert refused["code"] == "slot_taken"
    cancelled = api.post(f"/v1/appointments/{made['id']}/cancel", {"reason": "no puedo ir"}).json()
    assert (cancelled["status"], cancelled["reason"], cancelled["sequence"]) == ("cancelled", "no puedo ir", 1)
    booked(start, ruts(1)[0], **wish)
    booked("2026-11-24T10:30:00-03:00", **wish)
    assert kinds(api) == ["booked.v1", "cancelled.v1", "booked.v1", "booked.v1"]


def test_repeating_a_change_changes_nothing(api, booked):
    made = booked()
    path = f"/v1/appointments/{made['id']}"
    assert api.post(f"{path}/cancel").status_code == 200
    assert api.post(f"{path}/cancel").json()["sequence"] == 1
    assert kinds(api) == ["booked.v1", "cancelled.v1"]


def test_a_change_with_an_idempotency_key_is_answered_alike(api, booked):
    made = booked()
    path = f"/v1/appointments/{made['id']}/reschedule"
    body = {"start": "2026-11-25T09:00:00-03:00"}
    first = api.post(path, body, headers={"Idempotency-Key": "move-1"})
    second = api.post(path, body, headers={"Idempotency-Key": "move-1"})
    assert first.json() == second.json()
    assert kinds(api) == ["booked.v1", "rescheduled.v1"]


@pytest.mark.parametrize(
    ("steps", "last", "code"),
    [
        (["cancel"], "confirm", "transition_illegal"),
        (["cancel"], "attended", "transition_illegal"),
        ([], "no-show", "too_early"),
        ([], "attended", "too_early"),
    ],
)
def test_illegal_steps(api, booked, steps, last, code):
    path = f"/v1/appointments/{booked()['id']}"
    for step in steps:
        assert api.post(f"{path}/{step}").status_code == 200
    answer = api.post(f"{path}/{last}")
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_what_is_over_cannot_be_changed(api, booked, clock):
    path = f"/v1/appointments/{booked()['id']}"
    clock.forward(days=3)
    for step, body in (("confirm", None), ("cancel", None), ("reschedule", {"start": "2026-11-27T09:00:00-03:00"})):
        answer = api.post(f"{path}/{step}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "appointment_over")
    assert api.post(f"{path}/reschedule", {"start": START}).status_code == 409


def test_a_cancelled_one_cannot_be_moved(api, booked):
    path = f"/v1/appointments/{booked()['id']}"
    api.post(f"{path}/cancel")
    answer = api.post(f"{path}/reschedule", {"start": "2026-11-25T09:00:00-03:00"})
    assert answer.json()["code"] == "transition_illegal"


def test_one_live_booking_per_person_and_procedure(api, booked, booking, clock):
    made = booked()
    answer = api.post("/v1/appointments", booking("2026-11-25T09:00:00-03:00"))
    assert (answer.status_code, answer.json()["code"]) == (409, "appointment_exists")
    assert answer.json()["appointment"]["code"] == made["code"]
    booked("2026-11-25T09:00:00-03:00", procedure_id="permiso")
    clock.now = datetime(2026, 11, 24, 20, tzinfo=UTC)  # over, though nobody noted whether they came
    booked("2026-11-25T09:30:00-03:00")


def test_booking_the_same_time_twice_says_that_one_has_it(api, booked, booking):
    wish = {"procedure_id": "edificacion", "office_id": "obras"}
    booked("2026-11-24T09:00:00-03:00", **wish)
    answer = api.post("/v1/appointments", booking("2026-11-24T09:00:00-03:00", **wish))
    assert answer.json()["code"] == "appointment_exists"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"start": "2026-11-20T10:15:00-03:00"}, "past"),
        ({"start": "2026-11-23T09:30:00-03:00"}, "too_soon"),
        ({"start": "2027-06-01T10:15:00-03:00"}, "beyond_horizon"),
        ({"start": "2026-12-25T10:15:00-03:00"}, "holiday"),
        ({"start": "2026-11-28T10:15:00-03:00"}, "closed"),
        ({"start": "2026-11-24T13:45:00-03:00"}, "closed"),
        ({"start": "2026-11-24T03:00:00-03:00"}, "closed"),
        ({"start": "2026-11-24T10:20:00-03:00"}, "off_grid"),
        ({"start": "2026-11-24T10:15:00.000001-03:00"}, "off_grid"),
        ({"start": "0001-01-01T00:00:00Z"}, "past"),
        ({"start": "9999-12-31T23:59:59-12:00"}, "beyond_horizon"),
        ({"start": "2026-06-31T10:00:00-03:00"}, "invalid"),
        ({"start": "2026-11-24T25:00:00-03:00"}, "invalid"),
        ({"start": "2026-11-24T10:15:00"}, "invalid"),
        ({"start": ""}, "invalid"),
        ({"procedure_id": "nada"}, "procedure_unknown"),
        ({"procedure_id": str(uuid4())}, "procedure_unknown"),
        ({"procedure_id": "😀"}, "procedure_unknown"),
        ({"office_id": "nada"}, "office_unknown"),
        ({"office_id": "obras"}, "procedure_not_offered"),
        ({"citizen": {"rut": "12.345.678-9", "name": "Ana Díaz"}}, "rut_invalid"),
        ({"citizen": {"rut": "hola", "name": "Ana Díaz"}}, "rut_invalid"),
        ({"citizen": {"rut": "15.482.903-2", "name": "Ana Díaz", "phone": "123"}}, "phone_invalid"),
        ({"citizen": {"rut": "15.482.903-2", "name": "Ana Díaz", "email": "ana"}}, "email_invalid"),
        ({"citizen": {"rut": "15.482.903-2", "name": ""}}, "string_too_short"),
        ({"citizen": {"rut": "15.482.903-2", "name": "x" * 10_000}}, "string_too_long"),
        ({"citizen": {"rut": "15.482.903-2", "name": "a\x00b"}}, "invalid_character"),
        ({"citizen": None}, "invalid"),
        ({"notes": "x" * 10_000}, "string_too_long"),
        ({"misspelt": 1}, "invalid"),
    ],
)
def test_impossible_bookings(api, booking, changes, code):
    answer = api.post("/v1/appointments", booking(**changes))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert api.rows("SELECT 1 FROM appointments UNION ALL SELECT 1 FROM seats UNION ALL SELECT 1 FROM outbox") == []


def test_html_and_emoji_in_names_are_text(api, booked):
    name = "<b>Ana</b> 😀 Ñuñoa"
    made = booked(citizen={"rut": "15482903-2", "name": name})
    assert api.get(f"/v1/appointments/{made['id']}").json()["citizen"]["name"] == name


def test_the_office_may_be_left_out_where_there_is_one(api, booking):
    body = booking()
    del body["office_id"]
    assert api.post("/v1/appointments", body).status_code == 201


def test_codes_are_found_however_they_are_written(api, booked):
    code = booked()["code"]
    for written in (code, code.lower(), code.replace("-", ""), code.replace("-", " ")):
        assert api.get(f"/v1/appointments/by-code/{written}").json()["code"] == code
    wrong = code[:-1] + ("C" if code[-1] != "C" else "D")
    assert api.get(f"/v1/appointments/by-code/{wrong}").status_code == 404
    assert api.get("/v1/appointments/by-code/hola").status_code == 404


def parsed(answer):
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_ics_grows_with_the_appointment(api, booked):
    made = booked(citizen={"rut": "15482903-2", "name": "Marcela Soto", "email": "marcela@correo.cl"})
    path = f"/v1/appointments/{made['id']}"
    answer = api.get(f"{path}/ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=REQUEST"
    calendar, event = parsed(answer)
    assert (str(calendar["METHOD"]), int(event["SEQUENCE"]), str(event["STATUS"])) == ("REQUEST", 0, "CONFIRMED")
    assert event.decoded("DTSTART") == datetime.fromisoformat(START)
    assert calendar.walk("VTIMEZONE")
    assert made["code"] in str(event["DESCRIPTION"])
    uid = str(event["UID"])

    api.post(f"{path}/reschedule", {"start": "2026-11-25T09:00:00-03:00"})
    _, event = parsed(api.get(f"{path}/ics"))
    assert (int(event["SEQUENCE"]), str(event["UID"])) == (1, uid)
    assert event.decoded("DTSTART") == datetime.fromisoformat("2026-11-25T09:00:00-03:00")

    api.post(f"{path}/cancel")
    calendar, event = parsed(api.get(f"{path}/ics"))
    assert (str(calendar["METHOD"]), int(event["SEQUENCE"]), str(event["STATUS"])) == ("CANCEL", 2, "CANCELLED")
    assert str(event["UID"]) == uid


def test_ics_without_an_address_is_published(api, booked):
    calendar, event = parsed(api.get(f"/v1/appointments/{booked()['id']}/ics"))
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert "ATTENDEE" not in event


def test_the_agenda_has_filters_and_pages(api, booked, ruts):
    people = ruts(6)
    times = ["09:00", "09:00", "09:30", "10:00", "10:30", "11:00"]
    made = [booked(f"2026-11-24T{time}:00-03:00", rut) for time, rut in zip(times, people, strict=True)]
    booked("2026-11-25T09:00:00-03:00", people[0], procedure_id="permiso")
    api.post(f"/v1/appointments/{made[2]['id']}/cancel")

    def codes(**query):
        found, cursor = [], None
        while True:
            page = api.get("/v1/appointments", params=query | ({"cursor": cursor} if cursor else {})).json()
            found += [item["code"] for item in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                return found

    tuesday = {"from": "2026-11-24", "to": "2026-11-24"}
    assert len(codes(limit=2)) == 7
    assert codes(limit=2) == codes(limit=100)
    assert len(codes(**tuesday)) == 6
    assert len(codes(**tuesday, live=True)) == 5
    assert codes(**tuesday, status="cancelled") == [made[2]["code"]]
    assert len(codes(status=["cancelled", "booked"])) == 7
    assert len(codes(rut=people[0])) == 2
    written = f"{people[0][:-2]}-{people[0][-1]}"
    assert len(codes(rut=written)) == 2
    assert codes(**{"from": "2026-11-24T10:20:00-03:00", "to": "2026-11-24T10:40:00-03:00"}) == [
        made[3]["code"], made[4]["code"],
    ]  # fmt: skip
    midnights = {"from": "2026-11-24T00:00:00-03:00", "to": "2026-11-25T00:00:00-03:00"}  # as calendars ask
    assert len(codes(**midnights)) == 6
    assert len(codes(office_id=made[0]["office"]["id"], procedure_id=made[0]["procedure"]["id"])) == 6


@pytest.mark.parametrize("cursor", ["x", "YWJj", "MjAyNi0xMS0yNHw=", "ñ", "MjAyNi0xMS0yNFQxMDowMDowMHwx"])
def test_a_forged_cursor_is_refused(api, cursor):
    answer = api.get("/v1/appointments", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")


def test_a_list_takes_the_same_statements_for_one_and_for_many(api, booked, ruts):
    counts = []
    for start, person in zip(("09:00", "10:00", "11:00"), ruts(3), strict=True):
        booked(f"2026-11-24T{start}:00-03:00", person)
        with api.counted() as statements:
            assert api.get("/v1/appointments").status_code == 200
        counts.append(len(statements))
    assert counts == [2, 2, 2]


def test_editing_needs_the_version_that_was_seen(api, booked):
    made = booked()
    path = f"/v1/appointments/{made['id']}"
    etag = api.get(path).headers["etag"]
    first = api.call("PATCH", path, role="agent", json={"notes": "trae poder"}, headers={"If-Match": etag})
    assert (first.status_code, first.json()["version"]) == (200, 2)
    second = api.call("PATCH", path, role="agent", json={"name": "Otra Persona"}, headers={"If-Match": etag})
    assert (second.status_code, second.json()["code"]) == (412, "stale")
    assert second.json()["current"]["notes"] == "trae poder"
    moved = api.call(
        "POST", f"{path}/reschedule", json={"start": "2026-11-25T09:00:00-03:00"}, headers={"If-Match": etag}
    )
    assert moved.status_code == 412
    assert api.get(f"{path}/history").json()["items"][-1]["after"] == {"fields": ["notes"]}


def test_a_correction_is_told_once_and_moves_nothing(api, booked):
    made = booked()
    path = f"/v1/appointments/{made['id']}"
    for _ in range(2):  # the second changes nothing
        assert api.call("PATCH", path, role="agent", json={"name": "Marcela Soto Rey"}).status_code == 200
    assert kinds(api) == ["booked.v1", "corrected.v1"]
    data = events(api)[-1]["data"]
    assert (data["appointment_id"], data["citizen"]["name"]) == (made["id"], "Marcela Soto Rey")
    assert (data["start"], data["sequence"], data["changed_by"]) == (START, 0, "agent")
