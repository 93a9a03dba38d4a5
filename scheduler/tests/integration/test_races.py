"""Many at once, over the real constraint: nothing is ever booked twice, and whoever loses is told what is free."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

SLOT = "2026-11-24T10:15:00-03:00"


def race(calls, threads=20):
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def overlaps(api):
    return api.rows(
        "SELECT a.id FROM seats a JOIN seats b ON a.office_id = b.office_id AND a.seat_no = b.seat_no AND a.id < b.id "
        "AND tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)"
    )


def test_exactly_the_capacity_is_booked(api, booking, ruts):
    def attempt(rut):
        return lambda: api.post("/v1/appointments", booking(SLOT, rut))

    answers = race([attempt(rut) for rut in ruts(200)])
    assert Counter(answer.status_code for answer in answers) == {201: 2, 409: 198}
    for answer in answers:
        if answer.status_code == 409:
            problem = answer.json()
            assert problem["code"] == "slot_taken"
            assert len(problem["alternatives"]) == 3
            assert SLOT not in {slot["start"] for slot in problem["alternatives"]}
    assert api.rows("SELECT count(*) AS n FROM appointments")[0]["n"] == 2
    booked = "SELECT count(*) AS n FROM outbox WHERE routing_key = 'appointment.booked.v1'"
    assert api.rows(booked)[0]["n"] == 2
    assert overlaps(api) == []


def test_different_durations_at_one_office_share_its_capacity(api, booking, ruts):
    """Licences of 30 minutes and permits of 15 from 10:00 to 10:45, two seats: nobody sits on anybody."""
    starts = [f"2026-11-24T10:{minute}:00-03:00" for minute in ("00", "15", "30")]
    wishes = [
        booking(starts[i % 3], rut, procedure_id=("licencia", "permiso")[i % 2]) for i, rut in enumerate(ruts(60))
    ]
    answers = race([lambda wish=wish: api.post("/v1/appointments", wish) for wish in wishes])
    assert set(Counter(answer.status_code for answer in answers)) == {201, 409}
    assert overlaps(api) == []
    busiest = api.rows(
        "SELECT max(n) AS n FROM (SELECT count(*) AS n FROM generate_series("
        "'2026-11-24T13:00Z'::timestamptz, '2026-11-24T15:00Z', '5 minutes') t "
        "JOIN appointments a ON a.starts_at <= t AND t < a.ends_at GROUP BY t) c"
    )
    assert busiest[0]["n"] == 2


def test_one_person_gets_one_booking_per_procedure(api, booking):
    starts = [f"2026-11-24T{hour}:00:00-03:00" for hour in ("09", "10", "11", "12")] * 5
    answers = race([lambda start=start: api.post("/v1/appointments", booking(start)) for start in starts])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"appointment_exists", "slot_taken"}
    assert api.rows("SELECT count(*) AS n FROM seats")[0]["n"] == 1


def test_a_repeated_request_books_once_and_gets_the_same_answer(api, booking):
    answers = race(
        [lambda: api.post("/v1/appointments", booking(), headers={"Idempotency-Key": "k1"}) for _ in range(10)]
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 9


def test_an_idempotency_key_with_another_body_is_refused(api, booking, ruts):
    headers = {"Idempotency-Key": "k2"}
    assert api.post("/v1/appointments", booking(), headers=headers).status_code == 201
    answer = api.post("/v1/appointments", booking(rut=ruts(1)[0]), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_two_that_swap_their_times_do_not_hang(api, booking, booked, ruts):
    """Capacity 1: both new seats are taken by the other one, so both are refused, quickly and with alternatives."""
    first, second = ruts(2)
    wish = {"procedure_id": "edificacion", "office_id": "obras"}
    a = booked("2026-11-24T09:00:00-03:00", first, **wish)
    b = booked("2026-11-24T10:30:00-03:00", second, **wish)
    for _ in range(5):
        answers = race(
            [
                lambda: api.post(f"/v1/appointments/{a['id']}/reschedule", {"start": b["start"]}),
                lambda: api.post(f"/v1/appointments/{b['id']}/reschedule", {"start": a["start"]}),
            ]
        )
        assert [answer.status_code for answer in answers] == [409, 409]


def test_many_want_to_move_to_one_time(api, booked, ruts):
    wish = {"procedure_id": "permiso"}
    quarter_hours = [
        f"2026-11-24T{hour}:{minute}:00-03:00" for hour in ("09", "10") for minute in ("00", "15", "30", "45")
    ]
    ids = [booked(start, rut, **wish)["id"] for start, rut in zip(quarter_hours, ruts(8), strict=True)]
    target = {"start": "2026-11-25T11:00:00-03:00"}
    answers = race([lambda i=i: api.post(f"/v1/appointments/{i}/reschedule", target) for i in ids])
    assert Counter(answer.status_code for answer in answers) == {200: 2, 409: 6}
    assert api.rows("SELECT count(*) AS n FROM seats")[0]["n"] == 8
    assert overlaps(api) == []


def test_a_released_time_is_found_by_one_of_many(api, booking, booked, ruts):
    full = [booked(SLOT, rut) for rut in ruts(2)]
    assert api.post(f"/v1/appointments/{full[0]['id']}/cancel").status_code == 200
    answers = race([lambda rut=rut: api.post("/v1/appointments", booking(SLOT, rut)) for rut in ruts(30)[2:]])
    assert Counter(answer.status_code for answer in answers)[201] == 1


def test_a_smaller_capacity_is_kept_even_by_racers(api, booking, booked, ruts):
    """Two seats are taken, then the office has only three of once four: one more may come, not two."""
    rule = api.rows(
        "SELECT r.id FROM opening_rules r JOIN offices o ON o.id = r.office_id "
        "WHERE r.tenant_id = 'valle-claro' AND o.code = 'transito' AND weekday = 3"
    )[0]["id"]
    body = {"weekday": 3, "opens": "08:30", "closes": "14:00"}
    start = "2026-11-26T10:00:00-03:00"
    people = ruts(40)
    assert api.call("PUT", f"/v1/opening-rules/{rule}", role="admin", json=body | {"capacity": 4}).status_code == 200
    try:
        taken = [booked(start, rut) for rut in people[:4]]
        for appointment in taken[:2]:
            api.post(f"/v1/appointments/{appointment['id']}/cancel")
        shrunk = body | {"capacity": 3}
        assert api.call("PUT", f"/v1/opening-rules/{rule}", role="admin", json=shrunk).status_code == 200
        answers = race([lambda rut=rut: api.post("/v1/appointments", booking(start, rut)) for rut in people[4:]])
        assert Counter(answer.status_code for answer in answers)[201] == 1
    finally:
        api.call("PUT", f"/v1/opening-rules/{rule}", role="admin", json=body | {"capacity": 2})


@pytest.mark.parametrize("expired", [True, False])
def test_racers_over_a_hold(api, booking, clock, ruts, expired):
    start = "2026-11-24T09:00:00-03:00"
    wish = {"procedure_id": "edificacion", "office_id": "obras", "start": start, "holder": "somebody"}
    assert api.post("/v1/holds", wish).status_code == 201
    if expired:
        clock.forward(minutes=11)
    body = {"procedure_id": "edificacion", "office_id": "obras"}
    answers = race([lambda rut=rut: api.post("/v1/appointments", booking(start, rut, **body)) for rut in ruts(20)])
    assert Counter(answer.status_code for answer in answers)[201] == (1 if expired else 0)
