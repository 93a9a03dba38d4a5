from uuid import uuid4

from munbot_scheduler.worker import sweep

START = "2026-11-24T09:00:00-03:00"
WISH = {"procedure_id": "edificacion", "office_id": "obras"}  # an office of capacity 1


def hold(api, start=START, holder="me", **changes):
    return api.post("/v1/holds", WISH | {"start": start, "holder": holder} | changes)


def test_a_hold_keeps_the_time_for_ten_minutes(api, booking, clock, ruts):
    held = hold(api).json()
    assert held["expires_at"] == "2026-11-23T09:10:00-03:00"
    answer = api.post("/v1/appointments", booking(START, **WISH))
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert hold(api, holder="other").status_code == 409
    clock.forward(minutes=10)
    assert api.post("/v1/appointments", booking(START, **WISH)).status_code == 201
    (event,) = [row["body"] for row in api.rows("SELECT body FROM outbox ORDER BY seq LIMIT 1")]
    assert (event["type"], event["data"]["hold_id"]) == ("munbot.appointment.held.v1", held["id"])


def test_booking_with_ones_hold(api, booking):
    held = hold(api).json()
    assert api.post("/v1/appointments", booking(START, **WISH, hold_id=held["id"])).status_code == 201
    assert api.rows("SELECT count(*) AS n FROM seats")[0]["n"] == 1


def test_booking_in_the_conversation_that_holds(api, booking):
    conversation = str(uuid4())
    hold(api, holder=conversation)
    assert api.post("/v1/appointments", booking(START, **WISH, conversation_id=conversation)).status_code == 201


def test_an_expired_hold_that_nobody_took_is_still_good(api, booking, clock):
    held = hold(api).json()
    clock.forward(minutes=30)
    assert api.post("/v1/appointments", booking(START, **WISH, hold_id=held["id"])).status_code == 201


def test_an_expired_hold_that_somebody_took_is_not(api, booked, booking, clock, ruts):
    held = hold(api).json()
    clock.forward(minutes=30)
    booked(START, ruts(1)[0], **WISH)
    answer = api.post("/v1/appointments", booking(START, **WISH, hold_id=held["id"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert len(answer.json()["alternatives"]) == 3


def test_a_holder_has_one_hold_per_procedure(api):
    first = hold(api).json()
    second = hold(api, "2026-11-24T09:15:00-03:00").json()  # overlaps the first one
    third = hold(api, "2026-11-24T11:00:00-03:00").json()
    rows = api.rows("SELECT id FROM seats")
    assert [str(row["id"]) for row in rows] == [third["id"]]
    assert len({first["id"], second["id"], third["id"]}) == 3


def test_a_refused_hold_keeps_the_old_one(api, booked, ruts):
    booked("2026-11-24T11:15:00-03:00", ruts(1)[0], **WISH)
    first = hold(api).json()
    assert hold(api, "2026-11-24T11:15:00-03:00").status_code == 409
    assert str(api.rows("SELECT id FROM seats WHERE appointment_id IS NULL")[0]["id"]) == first["id"]


def test_giving_a_hold_back(api, booking):
    held = hold(api).json()
    assert api.call("DELETE", f"/v1/holds/{held['id']}").status_code == 204
    assert api.call("DELETE", f"/v1/holds/{held['id']}").status_code == 404
    assert api.post("/v1/appointments", booking(START, **WISH)).status_code == 201


def test_a_hold_obeys_the_same_rules(api):
    for start, code in (("2026-11-28T09:00:00-03:00", "closed"), ("2026-11-24T09:05:00-03:00", "off_grid")):
        answer = hold(api, start)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_idempotent_hold(api):
    headers = {"Idempotency-Key": "h1"}
    body = WISH | {"start": START, "holder": "me"}
    answers = [api.post("/v1/holds", body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()


def test_the_worker_frees_expired_holds_only(api, booked, clock):
    hold(api)
    booked("2026-11-24T10:30:00-03:00", **WISH)
    factory = api.client.app.state.session_factory
    assert sweep(factory, clock) == 0
    clock.forward(minutes=10)
    assert sweep(factory, clock) == 1
    assert api.rows("SELECT count(*) AS n FROM seats")[0]["n"] == 1


def test_moving_within_ones_own_time(api, booked):
    """10:00 to 10:15 overlaps the appointment itself; with capacity 1 only its own seat is there."""
    made = booked("2026-11-24T09:45:00-03:00", **WISH)
    moved = api.post(f"/v1/appointments/{made['id']}/reschedule", {"start": "2026-11-24T10:00:00-03:00"})
    assert (moved.status_code, moved.json()["sequence"]) == (200, 1)
    assert api.rows("SELECT count(*) AS n FROM seats")[0]["n"] == 1


def test_moving_to_a_held_time_of_the_own_conversation(api, booked):
    conversation = str(uuid4())
    made = booked(START, **WISH, conversation_id=conversation)
    assert hold(api, "2026-11-24T11:15:00-03:00", conversation).status_code == 201
    moved = api.post(f"/v1/appointments/{made['id']}/reschedule", {"start": "2026-11-24T11:15:00-03:00"})
    assert moved.status_code == 200
    assert api.rows("SELECT count(*) AS n FROM seats")[0]["n"] == 1
