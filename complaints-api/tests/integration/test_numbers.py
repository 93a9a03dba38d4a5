"""What the numbers say about complaints."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest


@pytest.fixture
def move(client, as_):
    def make(folio, status):
        answer = client.post(
            f"/v1/complaints/{folio}/status", json={"status": status, "reason": "x"}, headers=as_("agent")
        )
        assert answer.status_code == 200, answer.text

    return make


def test_a_range_of_days(client, as_, file_complaint, clock, move):
    clock.forward(days=-40)
    file_complaint()  # before the range, and late by now
    clock.forward(days=30)  # 13 November
    first, second = file_complaint()["folio"], file_complaint(category="alumbrado")["folio"]
    file_complaint(tenant="punta-brava")
    clock.forward(days=2)
    move(first, "resolved")
    clock.forward(days=2)
    move(second, "rejected")
    move(second, "closed")
    clock.forward(days=6)  # 23 November
    file_complaint()

    seen = client.get("/v1/numbers?from=2026-11-01&to=2026-11-23", headers=as_("viewer")).json()
    assert (seen["from"], seen["to"], len(seen["days"])) == ("2026-11-01", "2026-11-23", 23)
    assert (seen["received"], seen["settled"], seen["median_days"], seen["on_time"]) == (3, 2, 3.0, 1.0)
    busy = {day["day"]: (day["received"], day["settled"]) for day in seen["days"] if day["received"] or day["settled"]}
    assert busy == {"2026-11-13": (2, 0), "2026-11-15": (0, 1), "2026-11-17": (0, 1), "2026-11-23": (1, 0)}
    assert seen["categories"] == [{"name": "Retiro de basura", "count": 2}, {"name": "Alumbrado público", "count": 1}]
    assert seen["units"][0] == {"name": "Dirección de Aseo", "count": 2}
    assert (seen["open_now"], seen["overdue_now"]) == (2, 1)
    assert {item["status"]: item["count"] for item in seen["statuses"] if item["count"]} == {
        "received": 2,
        "resolved": 1,
        "closed": 1,
    }


def test_a_merged_one_has_no_answer_of_its_own_and_a_reopened_one_owes_it(client, as_, file_complaint, clock, move):
    one, two, three = (file_complaint()["folio"] for _ in range(3))
    client.post(f"/v1/complaints/{two}/merge", json={"into": one}, headers=as_("agent"))
    move(three, "resolved")
    assert client.get("/v1/numbers", headers=as_("agent")).json()["settled"] == 1
    move(three, "reopened")
    clock.forward(days=1)
    seen = client.get("/v1/numbers", headers=as_("agent")).json()
    assert (seen["received"], seen["settled"], seen["median_days"], seen["on_time"]) == (3, 0, None, None)


def test_without_a_range_it_is_thirty_days(client, as_):
    seen = client.get("/v1/numbers", headers=as_("admin")).json()
    assert (seen["from"], seen["to"], seen["received"]) == ("2026-10-25", "2026-11-23", 0)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-11-02&to=2026-11-01", "range_invalid"),
        ("from=2025-01-01&to=2026-11-01", "range_invalid"),
        ("from=ayer", "invalid"),
    ],
)
def test_bad_ranges(client, as_, query, code):
    answer = client.get(f"/v1/numbers?{query}", headers=as_("agent"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_not_for_citizens(client, as_):
    visitor = as_("visitor", conversation_id="019358ef-0000-7000-8000-000000000001")
    assert client.get("/v1/numbers", headers=visitor).status_code == 403
    assert client.get("/v1/numbers").status_code == 401


def test_what_came_in_over_many_years_is_counted_once(client, as_, file_complaint, clock):
    now = clock()
    for days in (4_000, 800, 399, 60, 15, 14, 13, 1, 0):
        clock.set(now - timedelta(days=days))
        file_complaint()
    clock.set(now)
    seen = client.get("/v1/numbers?from=2025-11-24&to=2026-11-23", headers=as_("viewer")).json()
    assert (seen["received"], seen["open_now"]) == (6, 9)
    late = client.get("/v1/complaints?overdue=true", headers=as_("viewer")).json()["items"]
    assert seen["overdue_now"] == len(late) == 7


def test_a_term_is_over_with_the_first_moment_of_the_next_day(client, as_, file_complaint, clock):
    folio = file_complaint()["folio"]
    due = client.get(f"/v1/complaints/{folio}", headers=as_("viewer")).json()["due_date"]
    midnight = datetime.combine(date.fromisoformat(due) + timedelta(days=1), time(), ZoneInfo("America/Santiago"))
    for moment, late in ((midnight - timedelta(milliseconds=1), 0), (midnight, 1)):
        clock.set(moment.astimezone(UTC))
        assert client.get("/v1/numbers", headers=as_("viewer")).json()["overdue_now"] == late
        assert len(client.get("/v1/complaints?overdue=true", headers=as_("viewer")).json()["items"]) == late
