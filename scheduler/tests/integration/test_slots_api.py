from datetime import UTC, datetime

import pytest

TUESDAY = "2026-11-24"


def slots(api, **query):
    answer = api.get("/v1/slots", params={"procedure_id": "licencia", "office_id": "transito"} | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def starts(found):
    return [slot["start"] for slot in found["items"]]


def test_a_day_has_its_grid_with_the_offices_offset(api):
    found = slots(api, **{"from": TUESDAY, "to": TUESDAY})
    assert f"{TUESDAY}T10:15:00-03:00" in starts(found)
    assert (starts(found)[0], starts(found)[-1]) == (f"{TUESDAY}T08:30:00-03:00", f"{TUESDAY}T16:30:00-03:00")
    assert found["items"][0] | {"office_id": "", "procedure_id": ""} == {
        "start": f"{TUESDAY}T08:30:00-03:00",
        "end": f"{TUESDAY}T09:00:00-03:00",
        "office_id": "",
        "office_name": "Tránsito",
        "procedure_id": "",
        "capacity": 2,
        "free": 2,
    }
    assert [day["status"] for day in found["days"]] == ["open"]


def test_parts_of_the_day_and_nearness(api):
    afternoon = slots(api, **{"from": TUESDAY, "to": TUESDAY, "time_of_day": "afternoon"})
    assert starts(afternoon)[0] == f"{TUESDAY}T12:00:00-03:00"
    near = slots(api, **{"from": TUESDAY, "to": TUESDAY, "near": "10:05", "limit": 3})
    assert starts(near) == [f"{TUESDAY}T{time}:00-03:00" for time in ("10:00", "10:15", "09:45")]


def test_every_day_without_slots_says_why(api, clock, booked, ruts):
    closed = {"kind": "closed", "first_day": "2026-11-26", "last_day": "2026-11-26", "reason": "aniversario comunal"}
    assert api.post("/v1/exceptions", closed, role="admin").status_code == 201
    clock.now = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # Monday 13:30: the last visit began just now
    found = slots(api, **{"from": "2026-11-22", "to": "2026-11-28"})
    assert [(day["date"][-2:], day["status"]) for day in found["days"]] == [
        ("22", "past"), ("23", "past"), ("24", "open"), ("25", "open"), ("26", "closed"),
        ("27", "open"), ("28", "closed"),
    ]  # fmt: skip
    assert "aniversario comunal" in found["days"][4]["detail"]
    december = slots(api, **{"from": "2026-12-08", "to": "2026-12-08"})
    assert december["days"][0]["status"] == "holiday"
    assert "Inmaculada" in december["days"][0]["detail"]
    far = slots(api, **{"from": "2027-03-01", "to": "2027-03-01"})
    assert (far["items"], far["days"][0]["status"]) == ([], "beyond_horizon")


def test_a_full_day_and_a_day_too_near(api, clock, booked, ruts):
    wish = {"procedure_id": "edificacion", "office_id": "obras"}
    hours = ["09:00", "09:45", "10:30", "11:15", "12:00"]
    people = ruts(5)
    for hour, rut in zip(hours, people, strict=True):
        booked(f"{TUESDAY}T{hour}:00-03:00", rut, **wish)
    found = slots(api, **{"from": TUESDAY, "to": TUESDAY}, **wish)
    assert (found["items"], found["days"][0]["status"]) == ([], "full")
    clock.now = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)  # Wednesday 11:30, one hour's notice, closes at 13:00
    found = slots(api, **{"from": "2026-11-25", "to": "2026-11-25"}, **wish)
    assert (found["items"], found["days"][0]["status"]) == ([], "too_soon")


def test_no_attention_in_that_part_of_the_day(api):
    found = slots(api, **{"from": "2026-11-25", "to": "2026-11-25", "time_of_day": "afternoon"})
    assert found["days"][0]["status"] == "open"  # 12:00 to 14:00
    extra = {"procedure_id": "edificacion", "office_id": "obras", "from": "2026-11-28", "to": "2026-11-28"}
    assert slots(api, **extra)["days"][0]["detail"] == "El sábado 28 de noviembre no hay atención."


def test_free_counts_seats_and_a_holder_sees_through_their_own_hold(api, booked, ruts):
    start = f"{TUESDAY}T10:00:00-03:00"
    booked(start, ruts(1)[0])
    hold = {"procedure_id": "licencia", "office_id": "transito", "start": start, "holder": "me"}
    assert api.post("/v1/holds", hold).status_code == 201
    day = {"from": TUESDAY, "to": TUESDAY}
    assert start not in starts(slots(api, **day))
    mine = slots(api, **day, holder="me")
    assert next(slot["free"] for slot in mine["items"] if slot["start"] == start) == 1


def test_the_nearest_slots_may_be_on_other_days(api):
    found = api.get("/v1/slots/nearest", params={"procedure_id": "licencia", "at": "2026-11-28T10:00:00-03:00"}).json()
    assert [slot["start"] for slot in found["items"]] == [
        f"2026-11-27T{time}:00-03:00" for time in ("13:30", "13:15", "13:00")
    ]


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59-03:00", "2020-01-01T00:00:00Z", "2026-11-23T12:00:00Z"]
)
def test_the_nearest_to_any_moment_at_all(api, at):
    answer = api.get("/v1/slots/nearest", params={"procedure_id": "licencia", "at": at, "limit": 5})
    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 5


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"procedure_id": "nada"}, "procedure_unknown"),
        ({"office_id": "nada"}, "office_unknown"),
        ({"office_id": "obras"}, "procedure_not_offered"),
        ({"from": "2026-11-30", "to": "2026-11-24"}, "range_invalid"),
        ({"from": "2026-11-24", "to": "2027-11-24"}, "range_invalid"),
        ({"from": "2026-06-31"}, "invalid"),
        ({"from": "2026-11-24T00:00:00-03:00"}, "invalid"),
        ({"near": "25:00"}, "time_invalid"),
        ({"near": "10"}, "time_invalid"),
        ({"limit": "0"}, "invalid"),
        ({"time_of_day": "noche"}, "invalid"),
    ],
)
def test_impossible_questions(api, query, code):
    answer = api.get("/v1/slots", params={"procedure_id": "licencia", "office_id": "transito"} | query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_extreme_dates_are_answered(api):
    for first in ("0001-01-01", "9999-12-31"):
        found = slots(api, **{"from": first})
        assert found["items"] == []


@pytest.mark.parametrize("days", [1, 60])
def test_a_search_takes_two_statements_whatever_its_range(api, days):
    slots(api)  # the agenda is in memory from here on
    with api.counted() as statements:
        last = "2026-11-24" if days == 1 else "2027-01-22"
        slots(api, **{"from": TUESDAY, "to": last})
    assert len(statements) == 2, statements


def test_a_changed_agenda_is_seen_by_the_next_request(api):
    before = slots(api, **{"from": "2026-11-27", "to": "2026-11-27"})
    closed = {
        "kind": "closed",
        "first_day": "2026-11-27",
        "last_day": "2026-11-27",
        "opens": "08:00",
        "closes": "12:00",
    }
    made = api.post("/v1/exceptions", closed, role="admin").json()
    after = slots(api, **{"from": "2026-11-27", "to": "2026-11-27"})
    assert len(after["items"]) < len(before["items"])
    assert starts(after)[0] == "2026-11-27T12:00:00-03:00"
    assert api.call("DELETE", f"/v1/exceptions/{made['id']}", role="admin").status_code == 204
    assert starts(slots(api, **{"from": "2026-11-27", "to": "2026-11-27"})) == starts(before)


def test_slots_across_the_autumn_change(api, clock):
    """The night of 4 April 2026 has 23:00 twice in Santiago; both are offered, with their own offsets."""
    clock.now = datetime(2026, 4, 1, 12, tzinfo=UTC)
    opening = {"kind": "open", "office_id": office_id(api), "first_day": "2026-04-04", "last_day": "2026-04-04"}
    opening |= {"opens": "22:30", "closes": "24:00", "step": 30, "capacity": 1}
    assert api.post("/v1/exceptions", opening, role="admin").status_code == 201
    found = slots(api, **{"from": "2026-04-04", "to": "2026-04-04"})
    assert starts(found) == [
        "2026-04-04T22:30:00-03:00", "2026-04-04T23:00:00-03:00", "2026-04-04T23:30:00-03:00",
        "2026-04-04T23:00:00-04:00", "2026-04-04T23:30:00-04:00",
    ]  # fmt: skip


def office_id(api):
    return api.get("/v1/offices/transito").json()["id"]
