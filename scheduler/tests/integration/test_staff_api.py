"""Officials set up procedures, offices and hours."""

import pytest


@pytest.fixture
def admin(api):
    """Callable: admin(method, path, json) as administrator of valle-claro."""

    def call(method, path, json=None, **kwargs):
        return api.call(method, path, role="admin", json=json, **kwargs)

    return call


def test_offices_show_their_hours_in_words(api):
    offices = {office["code"]: office for office in api.get("/v1/offices").json()["items"]}
    assert offices["obras"]["hours_text"] == "lunes a viernes: 09:00 a 13:00"
    assert offices["transito"]["hours_text"] == (
        "lunes: 08:30 a 14:00; martes: 08:30 a 14:00 y 15:00 a 17:00; miércoles a viernes: 08:30 a 14:00"
    )
    assert offices["obras"]["hours"][0] == {"weekday": 0, "opens": "09:00", "closes": "13:00", "capacity": 1}
    procedures = api.get("/v1/procedures").json()["items"]
    assert {item["code"] for item in procedures} >= {"licencia", "permiso", "edificacion"}
    assert [item["office_ids"] for item in procedures if item["code"] == "licencia"] == [[offices["transito"]["id"]]]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T10:00:00-03:00", (True, None, "2026-11-23T14:00:00-03:00")),
        ("2026-11-23T14:00:00-03:00", (False, "2026-11-24T08:30:00-03:00", None)),
        ("2026-11-24T14:30:00-03:00", (False, "2026-11-24T15:00:00-03:00", None)),
        ("2026-11-27T20:00:00-03:00", (False, "2026-11-30T08:30:00-03:00", None)),
        ("2026-12-07T20:00:00-03:00", (False, "2026-12-09T08:30:00-03:00", None)),  # the 8th is a holiday
        ("9999-12-31T23:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
    ],
)
def test_whether_an_office_is_open(api, at, expected):
    answer = api.get("/v1/offices/transito/status", params={"at": at})
    assert answer.status_code == 200
    if expected is not None:
        assert tuple(answer.json()[name] for name in ("open_now", "opens_at", "closes_at")) == expected


def test_a_new_procedure_from_nothing_to_a_booking(admin, booked):
    office = admin("POST", "/v1/offices", {"code": "nueva", "name": "Nueva", "timezone": "America/Santiago"}).json()
    body = {"code": "tramite", "name": "Trámite nuevo", "duration_minutes": 20, "office_ids": [office["id"]]}
    procedure = admin("POST", "/v1/procedures", body).json()
    assert procedure["office_ids"] == [office["id"]]
    rule = {"weekday": 2, "opens": "10:00", "closes": "11:00", "capacity": 1, "step": 20}
    assert admin("POST", "/v1/offices/nueva/opening-rules", rule).status_code == 201
    made = booked("2026-11-25T10:20:00-03:00", procedure_id="tramite", office_id="nueva")
    assert made["end"] == "2026-11-25T10:40:00-03:00"
    off = admin("PATCH", "/v1/procedures/tramite", {"active": False})
    assert off.json()["version"] == 2
    assert "tramite" not in {item["code"] for item in admin("GET", "/v1/procedures").json()["items"]}
    every = admin("GET", "/v1/procedures", params={"inactive": True}).json()["items"]
    assert "tramite" in {item["code"] for item in every}


def test_codes_are_unique_in_a_tenant(admin, api):
    body = {"code": "licencia", "name": "Otra", "duration_minutes": 15}
    answer = admin("POST", "/v1/procedures", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "code_taken")


def test_a_repeated_creation_creates_once(admin):
    body = {"code": "una-vez", "name": "Una vez", "duration_minutes": 15}
    answers = [admin("POST", "/v1/procedures", body, headers={"Idempotency-Key": "p1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] == answers[1].json()["id"]


def test_rules_may_not_overlap_but_may_follow_one_another(admin):
    rule = {"weekday": 5, "opens": "10:00", "closes": "12:00", "capacity": 1}
    path = "/v1/offices/transito/opening-rules"
    first = admin("POST", path, rule | {"valid_until": "2026-12-31"}).json()
    clash = admin("POST", path, rule | {"opens": "11:00", "closes": "13:00"})
    assert (clash.status_code, clash.json()["code"]) == (409, "overlap")
    assert admin("POST", path, rule | {"opens": "12:00", "closes": "13:00"}).status_code == 201
    later = admin("POST", path, rule | {"valid_from": "2027-01-01"})
    assert later.status_code == 201
    moved = admin("PUT", f"/v1/opening-rules/{first['id']}", rule | {"valid_until": "2027-02-01"})
    assert moved.json()["code"] == "overlap"
    for row in admin("GET", path).json()["items"]:
        if row["weekday"] == 5:
            assert admin("DELETE", f"/v1/opening-rules/{row['id']}").status_code == 204


def test_two_administrators_edit_one_rule(admin):
    path = "/v1/offices/obras/opening-rules"
    rule = admin("GET", path).json()["items"][0]
    body = {"weekday": rule["weekday"], "opens": "09:00", "closes": "13:00", "capacity": 1}
    seen = {"If-Match": f'"{rule["version"]}"'}
    where = f"/v1/opening-rules/{rule['id']}"
    assert admin("PUT", where, body, headers=seen).json()["version"] == rule["version"]  # which changed nothing
    assert admin("PUT", where, body | {"capacity": 2}, headers=seen).status_code == 200
    late = admin("PUT", where, body | {"capacity": 3}, headers=seen)
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert late.json()["current"]["capacity"] == 2
    assert admin("PUT", where, body).status_code == 200


def test_a_closure_says_how_many_appointments_it_touches(admin, booked, ruts):
    for start, person in zip(("09:00", "10:00", "13:00"), ruts(3), strict=True):
        booked(f"2026-11-24T{start}:00-03:00", person)
    body = {"kind": "closed", "first_day": "2026-11-24", "last_day": "2026-11-24"}
    assert admin("POST", "/v1/exceptions", body).json()["affected"] == 3
    morning = body | {"opens": "08:00", "closes": "10:15"}
    assert admin("POST", "/v1/exceptions", morning).json()["affected"] == 2
    assert len(admin("GET", "/v1/exceptions").json()["items"]) == 2


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        ("/v1/offices", {"timezone": "America/Narnia"}, "timezone_invalid"),
        ("/v1/offices", {"region": "ZZ"}, "region_invalid"),
        ("/v1/offices", {"code": "Con Espacios"}, "invalid"),
        ("/v1/offices", {"latitude": 91}, "invalid"),
        ("/v1/offices", {"email": "x"}, "email_invalid"),
        ("/v1/offices/transito/opening-rules", {"opens": "14:00"}, "hours_invalid"),
        ("/v1/offices/transito/opening-rules", {"closes": "24:01"}, "time_invalid"),
        ("/v1/offices/transito/opening-rules", {"weekday": 7}, "invalid"),
        ("/v1/offices/transito/opening-rules", {"capacity": 0}, "invalid"),
        (
            "/v1/offices/transito/opening-rules",
            {"valid_from": "2026-12-01", "valid_until": "2026-11-01"},
            "days_invalid",
        ),
        ("/v1/exceptions", {"last_day": "2026-11-01"}, "days_invalid"),
        ("/v1/exceptions", {"kind": "open"}, "opening_invalid"),
        ("/v1/exceptions", {"opens": "10:00"}, "hours_invalid"),
    ],
)
def test_impossible_settings(admin, path, changes, code):
    bodies = {
        "/v1/offices": {"code": "o", "name": "Oficina", "timezone": "America/Santiago"},
        "/v1/offices/transito/opening-rules": {"weekday": 5, "opens": "10:00", "closes": "12:00", "capacity": 1},
        "/v1/exceptions": {"kind": "closed", "first_day": "2026-12-01", "last_day": "2026-12-02"},
    }
    answer = admin("POST", path, bodies[path] | changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_policy_of_a_tenant(admin, api, booking):
    assert api.get("/v1/policy").json()["version"] == 0
    body = {"timezone": "America/Santiago", "min_notice_minutes": 2880, "horizon_days": 3, "hold_minutes": 5}
    try:
        assert admin("PUT", "/v1/policy", body, headers={"If-Match": '"0"'}).json()["version"] == 1
        soon = api.post("/v1/appointments", booking())
        assert soon.json()["code"] == "too_soon"
        assert "2 días" in soon.json()["detail"]
        far = api.post("/v1/appointments", booking("2026-11-30T10:15:00-03:00"))
        assert far.json()["code"] == "beyond_horizon"
        assert admin("PUT", "/v1/policy", body, headers={"If-Match": '"0"'}).status_code == 412
    finally:
        api.execute("DELETE FROM tenant_policies")


def test_a_procedure_may_ask_for_more_notice(admin, api, booking):
    assert admin("PATCH", "/v1/procedures/licencia", {"min_notice_minutes": 4320}).status_code == 200
    try:
        assert api.post("/v1/appointments", booking()).json()["code"] == "too_soon"
    finally:
        admin("PATCH", "/v1/procedures/licencia", {"min_notice_minutes": None})
    assert api.post("/v1/appointments", booking()).status_code == 201


def test_lists_take_the_same_statements_whatever_their_length(api):
    with api.counted() as statements:
        api.get("/v1/offices")
    assert len(statements) == 3
    with api.counted() as statements:
        api.get("/v1/procedures")
    assert len(statements) == 2
