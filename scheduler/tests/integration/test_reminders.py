"""Reminders: rows that follow the appointment, and events that are written once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from munbot_common.database import alembic_config, unit_of_work
from munbot_scheduler.reminders import repository
from munbot_scheduler.reminders.service import BATCH, remind
from munbot_scheduler.settings import WorkerSettings
from munbot_scheduler.worker import tidy
from sqlalchemy import create_engine, text

PUBLIC = "https://municipio.example"
START = datetime(2026, 11, 26, 13, 15, tzinfo=UTC)  # Thursday 10:15 in Santiago
WHEN = "2026-11-26T10:15:00-03:00"
FRIDAY = "2026-11-27T10:15:00-03:00"


def rows(api, outcome="pending"):
    wanted = "outcome IS NULL" if outcome == "pending" else f"outcome = '{outcome}'"
    found = api.rows(f"SELECT hours_before, starts_at FROM reminders WHERE {wanted} ORDER BY due_at")
    return [(row["hours_before"], row["starts_at"]) for row in found]


def told(api):
    query = "SELECT body FROM outbox WHERE routing_key = 'appointment.reminder_due.v1' ORDER BY seq"
    return [row["body"] for row in api.rows(query)]


@pytest.fixture
def work(api):
    """Callable: what the worker does at a moment."""

    def run(moment):
        return remind(api.client.app.state.session_factory, PUBLIC, lambda: moment)

    return run


@pytest.fixture
def change(api):
    def post(made, what, json=None, **kwargs):
        answer = api.post(f"/v1/appointments/{made['id']}/{what}", json, **kwargs)
        assert answer.status_code == 200, answer.text

    return post


def test_a_booking_has_both_reminders(api, booked):
    booked(WHEN)
    assert rows(api) == [(48, START), (24, START)]


@pytest.mark.parametrize(
    ("ahead", "hours"),
    [
        (timedelta(hours=48, seconds=1), [48, 24]),
        (timedelta(hours=48), [24]),
        (timedelta(hours=24, seconds=1), [24]),
        (timedelta(hours=24), []),
        (timedelta(hours=2), []),
    ],
)
def test_a_late_booking_has_only_what_is_ahead(api, booked, ahead, hours):
    api.clock.now = START - ahead
    booked(WHEN)
    assert [hour for hour, _ in rows(api)] == hours


def test_each_is_told_once_with_the_appointment_as_it_is_then(api, booked, work):
    made = booked(WHEN)
    assert work(START - timedelta(hours=48, seconds=1)) == 0
    assert work(START - timedelta(hours=48)) == 1
    assert work(START - timedelta(hours=47)) == 0
    new_phone = {"phone": "912345678"}
    assert api.call("PATCH", f"/v1/appointments/{made['id']}", json=new_phone, role="agent").status_code == 200
    assert work(START - timedelta(hours=24)) == 1
    first, second = told(api)
    assert (first["type"], first["tenant"]) == ("munbot.appointment.reminder_due.v1", "valle-claro")
    assert first["subject"] == made["id"]
    assert (first["data"]["hours_before"], second["data"]["hours_before"]) == (48, 24)
    assert first["data"]["code"] == made["code"]
    assert first["data"]["start"] == WHEN
    assert first["data"]["manage_url"].startswith(f"{PUBLIC}/hora/{made['code']}?token=")
    assert first["data"]["citizen"]["phone"] == "+56987654321"
    assert second["data"]["citizen"]["phone"] == "+56912345678"
    assert rows(api, "sent") == [(48, START), (24, START)]


def test_a_clock_that_jumps_back_tells_nothing_twice(api, booked, work):
    booked(WHEN)
    assert work(START - timedelta(hours=48)) == 1
    assert work(START - timedelta(hours=60)) == 0
    assert work(START - timedelta(hours=48)) == 0


def test_reminders_come_by_elapsed_hours_over_the_night_the_clock_changes(api, booked, work):
    """Santiago's clock goes back on Saturday 3 April 2027 at 24:00: the Monday's 48 hours have 47 on the clock."""
    api.clock.now = datetime(2027, 3, 30, 12, 0, tzinfo=UTC)
    booked("2027-04-05T10:15:00-04:00")
    start = datetime(2027, 4, 5, 14, 15, tzinfo=UTC)
    assert rows(api) == [(48, start), (24, start)]
    assert work(start - timedelta(hours=48)) == 1
    assert work(start - timedelta(hours=24, seconds=1)) == 0
    assert work(start - timedelta(hours=24)) == 1


def test_who_was_away_tells_the_nearest_only(api, booked, work):
    booked(WHEN)
    assert work(START - timedelta(hours=20)) == 1
    assert [event["data"]["hours_before"] for event in told(api)] == [24]
    assert rows(api, "skipped") == [(48, START)]


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=3)])
def test_what_has_begun_is_not_reminded_of(api, booked, work, late):
    booked(WHEN)
    assert work(START + late) == 0
    assert told(api) == []
    assert rows(api) == []


@pytest.mark.parametrize("end", ["cancel", "no-show", "attended"])
def test_what_is_over_has_no_reminder(api, booked, work, change, end):
    made = booked(WHEN)
    if end != "cancel":
        api.execute("UPDATE reminders SET due_at = :late", late=START + timedelta(hours=1))
        api.clock.now = START
    change(made, end, role="agent")
    assert rows(api) == []
    assert work(START - timedelta(minutes=1)) == 0


def test_a_confirmed_one_is_reminded_of_too(api, booked, work, change):
    made = booked(WHEN)
    work(START - timedelta(hours=48))
    change(made, "confirm")
    assert work(START - timedelta(hours=24)) == 1
    assert [event["data"]["status"] for event in told(api)] == ["booked", "confirmed"]


def test_a_move_takes_the_reminders_along(api, booked, work, change):
    made = booked(WHEN)
    assert work(START - timedelta(hours=48)) == 1
    api.clock.now = START - timedelta(hours=47)
    change(made, "reschedule", {"start": FRIDAY})
    moved = START + timedelta(days=1)
    assert rows(api) == [(48, moved), (24, moved)]
    assert work(START - timedelta(hours=24)) == 1  # 48 hours before the new time
    assert [event["data"]["start"] for event in told(api)] == [WHEN, FRIDAY]


def test_moved_there_and_back_the_same_reminder_is_not_told_again(api, booked, work, change):
    made = booked(WHEN)
    assert work(START - timedelta(hours=48)) == 1
    api.clock.now = START - timedelta(hours=48)
    change(made, "reschedule", {"start": FRIDAY})
    change(made, "reschedule", {"start": WHEN})
    assert rows(api) == [(24, START)]
    api.clock.now = START - timedelta(hours=50)  # even when the clock was put back in between
    change(made, "reschedule", {"start": FRIDAY})
    change(made, "reschedule", {"start": WHEN})
    assert rows(api) == [(24, START)]


def test_a_refused_move_leaves_them(api, booked, booking):
    made = booked(WHEN)
    answer = api.post(f"/v1/appointments/{made['id']}/reschedule", {"start": "2026-11-28T10:15:00-03:00"})
    assert answer.status_code in {409, 422}
    assert rows(api) == [(48, START), (24, START)]


def test_several_workers_tell_each_one_once(api, booked, ruts, postgres_database):
    count = BATCH + 30
    booked(WHEN)
    with api.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO appointments (id, tenant_id, code, token, procedure_id, office_id, starts_at, ends_at,"
                " status, live, rut, name, channel, created_at, updated_at) SELECT gen_random_uuid(), tenant_id,"
                " 'X' || n, token, procedure_id, office_id, starts_at, ends_at, status, live, 'r' || n, name,"
                " channel, created_at, updated_at FROM appointments, generate_series(2, :count) n"
            ),
            {"count": count},
        )
    factory = api.client.app.state.session_factory
    with unit_of_work(factory) as session:
        repository.plan_tenant(session, "valle-claro", [48, 24], api.clock())
    moment = START - timedelta(hours=48)
    ready, results = threading.Barrier(4), []

    def worker():
        ready.wait()
        results.append(remind(factory, PUBLIC, lambda: moment))

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(results) == count
    assert len({event["subject"] for event in told(api)}) == len(told(api)) == count


def test_a_worker_that_dies_leaves_the_reminder_to_the_next(api, booked, work, monkeypatch):
    booked(WHEN)
    moment = START - timedelta(hours=48)
    with monkeypatch.context() as patch:
        patch.setattr("munbot_scheduler.appointments.events.record_events", died)
        with pytest.raises(ConnectionError):
            work(moment)
    assert told(api) == []
    assert rows(api) == [(48, START), (24, START)]
    assert work(moment) == 1


def died(*_args):
    raise ConnectionError


def test_a_cancellation_waits_for_a_reminder_on_its_way_and_is_told_after_it(api, booked, change):
    made = booked(WHEN)
    api.execute("DELETE FROM outbox")
    claimed, cancelled = threading.Event(), threading.Event()

    def cancel():
        claimed.wait(10)
        change(made, "cancel")
        cancelled.set()

    def clock_in_the_middle():
        return START - timedelta(hours=48)

    thread = threading.Thread(target=cancel)
    thread.start()
    factory = api.client.app.state.session_factory
    with unit_of_work(factory) as session:
        (row, _), *_ = repository.claim_due(session, clock_in_the_middle(), limit=1)
        claimed.set()
        assert not cancelled.wait(0.5)
        row.outcome, row.settled_at = "sent", clock_in_the_middle()
        session.execute(
            text(
                "INSERT INTO outbox (event_id, routing_key, body) VALUES"
                " (gen_random_uuid(), 'appointment.reminder_due.v1', '{}')"
            )
        )
    thread.join(10)
    assert cancelled.is_set()
    told_of = "SELECT routing_key FROM outbox WHERE routing_key <> 'audit.noted.v1' ORDER BY seq"
    keys = [row["routing_key"] for row in api.rows(told_of)]
    assert keys == ["appointment.reminder_due.v1", "appointment.cancelled.v1"]


POLICY = {"timezone": "America/Santiago", "min_notice_minutes": 60, "horizon_days": 60, "hold_minutes": 10}


@pytest.fixture
def policy(api):
    def put(**changes):
        answer = api.call("PUT", "/v1/policy", json=POLICY | changes, role="admin")
        assert answer.status_code == 200, answer.text
        return answer.json()

    yield put
    api.execute("DELETE FROM tenant_policies")


def test_the_policy_says_how_long_before(api, booked, policy):
    assert api.get("/v1/policy").json()["reminder_hours"] == [48, 24]
    assert policy(reminder_hours=[2, 72, 2])["reminder_hours"] == [72, 2]
    booked(WHEN)
    assert rows(api) == [(72, START), (2, START)]
    assert policy()["reminder_hours"] == [72, 2]  # left out: they stay


def test_what_is_booked_follows_a_new_policy(api, booked, work, policy):
    booked(WHEN)
    other = booked(WHEN, tenant="punta-brava")
    work(START - timedelta(hours=48))
    assert len(told(api)) == 2
    api.clock.now = START - timedelta(hours=47)
    policy(reminder_hours=[48, 6])
    mine = [
        row for row in api.rows("SELECT * FROM reminders ORDER BY due_at") if str(row["appointment_id"]) != other["id"]
    ]
    assert [(row["hours_before"], row["outcome"]) for row in mine] == [(48, "sent"), (6, None)]
    assert rows(api) == [(24, START), (6, START)]  # the other tenant's 24 hours stay
    policy(reminder_hours=[])
    assert rows(api) == [(24, START)]


@pytest.mark.parametrize("hours", [[0], [-1], [721], [1, 2, 3, 4, 5, 6], "x"])
def test_impossible_hours(api, hours):
    answer = api.call("PUT", "/v1/policy", json=POLICY | {"reminder_hours": hours}, role="admin")
    assert answer.status_code == 422


def test_old_ones_are_forgotten(api, booked, work):
    booked(WHEN)
    work(START - timedelta(hours=48))
    settings = WorkerSettings(database_url="postgresql://x", rabbitmq_url="amqp://x")
    for days, left in ((1, 2), (3, 0)):
        tidy(api.client.app.state.session_factory, settings, lambda days=days: START + timedelta(days=days))
        assert api.rows("SELECT count(*) AS n FROM reminders")[0]["n"] == left


def test_the_migration_gives_live_appointments_what_is_ahead(postgres_database):
    config = alembic_config("munbot_scheduler", postgres_database)
    engine = create_engine(postgres_database)
    command.downgrade(config, "0003")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM seats"))
        connection.execute(text("DELETE FROM appointments"))
        for name, hours, live in (("far", 72, True), ("near", 30, True), ("now", 1, True), ("gone", 72, False)):
            connection.execute(
                text(
                    "INSERT INTO appointments (id, tenant_id, code, token, procedure_id, office_id, starts_at, ends_at,"
                    " status, live, rut, name, channel, created_at, updated_at)"
                    " SELECT gen_random_uuid(), 'valle-claro', :name, 't', p.id, o.id,"
                    " now() + :hours * interval '1 hour', now() + (:hours + 1) * interval '1 hour',"
                    " :status, :live, :name, 'N', 'web', now(), now()"
                    " FROM procedures p, offices o WHERE p.tenant_id = 'valle-claro' AND o.tenant_id = 'valle-claro'"
                    " LIMIT 1"
                ),
                {"name": name, "hours": hours, "live": live, "status": "booked" if live else "cancelled"},
            )
    command.upgrade(config, "head")
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT a.code, r.hours_before, r.starts_at = a.starts_at AS same, r.starts_at - r.due_at AS before"
                " FROM reminders r JOIN appointments a ON a.id = r.appointment_id ORDER BY a.code, r.hours_before"
            )
        ).all()
    engine.dispose()
    assert [(row.code, row.hours_before) for row in found] == [("far", 24), ("far", 48), ("near", 24)]
    assert all(row.same and row.before == timedelta(hours=row.hours_before) for row in found)
