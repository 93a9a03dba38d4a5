"""What the numbers say about complaints."""

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
