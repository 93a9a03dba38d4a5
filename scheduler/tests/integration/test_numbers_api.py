"""What officials count, and the days they look at."""

import pytest

TUESDAY = "2026-11-24"


@pytest.fixture
def agenda(api, booked, ruts, clock):
    """A Tuesday with one appointment of each end, one without a word on it, and one on Wednesday."""
    people = iter(ruts(10))
    made = {
        name: booked(f"{TUESDAY}T{start}:00-03:00", next(people), **changes)
        for name, start, changes in (
            ("attended", "08:30", {}),
            ("no-show", "09:00", {}),
            ("cancel", "09:30", {"channel": "whatsapp"}),
            ("unnoted", "10:00", {"channel": "whatsapp"}),
            ("other", "09:00", {"procedure_id": "edificacion", "office_id": "obras"}),
        )
    }
    api.post(f"/v1/appointments/{made['cancel']['id']}/cancel")
    clock.forward(days=1, hours=5)  # Tuesday 14:00
    for step in ("attended", "no-show"):
        assert api.post(f"/v1/appointments/{made[step]['id']}/{step}").status_code == 200
    made["later"] = booked("2026-11-25T09:00:00-03:00", next(people))
    return made


def numbers(api, tenant="valle-claro", **params):
    answer = api.get(
        "/v1/numbers", role="viewer", tenant=tenant, params={"from": "2026-11-23", "to": "2026-11-25"} | params
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_numbers_tell_how_appointments_ended(api, agenda):
    found = numbers(api)
    totals = found["totals"]
    assert totals == {
        "appointments": 5,
        "booked": 3,
        "confirmed": 0,
        "attended": 1,
        "no_show": 1,
        "cancelled": 1,
        "unnoted": 2,
        "made": 6,
        "no_show_rate": 0.5,
    }
    assert [(day["date"], day["appointments"], day["made"]) for day in found["days"]] == [
        ("2026-11-23", 0, 5),
        ("2026-11-24", 4, 1),
        ("2026-11-25", 1, 0),
    ]
    assert [(row["name"], row["appointments"], row["cancelled"]) for row in found["procedures"]] == [
        ("Licencia clase B", 4, 1),
        ("Permiso de edificación", 1, 0),
    ]
    assert [(row["name"], row["appointments"]) for row in found["offices"]] == [("Tránsito", 4), ("Obras", 1)]
    assert found["channels"] == [
        {"channel": "web", "appointments": 4},
        {"channel": "whatsapp", "appointments": 1},
    ]


def test_numbers_of_one_office_or_procedure(api, agenda):
    of_office = numbers(api, office_id=agenda["other"]["office"]["id"])
    assert (of_office["totals"]["appointments"], of_office["totals"]["made"]) == (1, 1)
    of_procedure = numbers(api, procedure_id=agenda["later"]["procedure"]["id"])
    assert (of_procedure["totals"]["appointments"], of_procedure["totals"]["made"]) == (4, 5)


def test_numbers_belong_to_a_tenant(api, agenda):
    other = numbers(api, tenant="punta-brava", office_id=agenda["other"]["office"]["id"])
    assert other["totals"]["appointments"] == other["totals"]["made"] == 0
    assert other["totals"]["no_show_rate"] is None
    assert other["procedures"] == other["offices"] == other["channels"] == []


def test_a_day_is_the_tenants_and_not_utcs(api, admin_opening, booked):
    booked(f"{TUESDAY}T22:30:00-03:00")  # 01:30 of Wednesday in UTC
    days = {day["date"]: day["appointments"] for day in numbers(api)["days"]}
    assert days == {"2026-11-23": 0, "2026-11-24": 1, "2026-11-25": 0}


@pytest.fixture
def admin_opening(api):
    """The office of Tránsito, open late on Tuesday."""
    office = api.get("/v1/offices/transito").json()["id"]
    body = {"kind": "open", "office_id": office, "first_day": TUESDAY, "last_day": TUESDAY}
    hours = {"opens": "22:00", "closes": "23:30", "reason": "Atención nocturna"}
    return api.post("/v1/exceptions", body | hours, role="admin").json()


@pytest.mark.parametrize(
    "query", [{"from": "2026-11-25", "to": "2026-11-23"}, {"from": "2025-01-01", "to": "2026-12-31"}]
)
@pytest.mark.parametrize("path", ["/v1/numbers", "/v1/days"])
def test_impossible_ranges(api, path, query):
    answer = api.get(path, params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, "range_invalid")


@pytest.mark.parametrize("path", ["/v1/numbers", "/v1/days?from=2026-11-23&to=2026-11-23"])
def test_a_citizen_counts_nothing(api, path):
    assert api.get(path, role="visitor").status_code == 403


def test_numbers_take_the_same_statements_whatever_the_range(api, agenda):
    with api.counted() as statements:
        numbers(api)
    short = len(statements)
    with api.counted() as statements:
        numbers(api, **{"from": "2025-11-25", "to": "2026-11-25"})
    assert len(statements) == short == 5


def test_days_show_openings_closures_and_holidays(api, admin_opening):
    closed = {"kind": "closed", "first_day": "2026-11-26", "last_day": "2026-11-26", "reason": "Capacitación"}
    api.post("/v1/exceptions", closed, role="admin")
    query = {"from": "2026-11-23", "to": "2026-12-08", "office_id": "transito"}
    days = {day["date"]: day for day in api.get("/v1/days", role="viewer", params=query).json()["items"]}
    assert len(days) == 16
    assert days[TUESDAY]["windows"] == [
        {"opens": "2026-11-24T08:30:00-03:00", "closes": "2026-11-24T14:00:00-03:00", "capacity": 2, "step": 15},
        {"opens": "2026-11-24T15:00:00-03:00", "closes": "2026-11-24T17:00:00-03:00", "capacity": 1, "step": 15},
        {"opens": "2026-11-24T22:00:00-03:00", "closes": "2026-11-24T23:30:00-03:00", "capacity": 1, "step": 15},
    ]
    assert (days["2026-11-26"]["windows"], days["2026-11-26"]["reason"]) == ([], "Capacitación")
    assert (days["2026-11-29"]["closure"], days["2026-11-29"]["reason"]) == ("closed", "")
    assert days["2026-12-08"]["closure"] == "holiday"
    assert days["2026-12-08"]["reason"]


def test_days_of_all_offices_and_of_no_other_tenant(api):
    query = {"from": "2026-11-23", "to": "2026-11-24"}
    every = api.get("/v1/days", params=query).json()["items"]
    offices = {office["id"] for office in api.get("/v1/offices").json()["items"]}
    assert {day["office_id"] for day in every} == offices
    other = api.get("/v1/days", params=query | {"office_id": min(offices)}, tenant="punta-brava")
    assert (other.status_code, other.json()["code"]) == (422, "office_unknown")
    seen = api.get("/v1/days", params=query, tenant="punta-brava").json()["items"]
    assert not {day["office_id"] for day in seen} & offices
