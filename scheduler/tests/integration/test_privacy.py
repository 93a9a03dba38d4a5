"""A person's rights over their appointments."""

from uuid import uuid4

from munbot_common.traces import mark_of
from munbot_scheduler.settings import WorkerSettings
from munbot_scheduler.worker import tidy

RUT, OTHER = "15482903-2", "12345678-5"
PERSON = {"rut": RUT}
HINTS = ("15482903", "15.482.903", "Marcela", "98765432", "marcela@correo.cl")


def everything(api):
    """All that the database holds, as text."""
    names = [row["table_name"] for row in api.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )]  # fmt: skip
    return {name: str([dict(row) for row in api.rows(f'SELECT * FROM "{name}"')]) for name in names}


def named(api):
    return {name for name, content in everything(api).items() for hint in HINTS if hint in content}


def book(api, booking, **changes):
    citizen = {"rut": RUT, "name": "Marcela Soto", "phone": "98765 4321", "email": "marcela@correo.cl"}
    made = api.post(
        "/v1/appointments",
        booking(citizen=citizen, conversation_id=str(uuid4()), **changes),
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert made.status_code == 201, made.text
    return made.json()


def test_what_is_known_is_told_to_the_others(api, booking):
    made = book(api, booking)
    found = api.post("/v1/privacy/find", PERSON).json()
    assert found["holdings"] == [{"store": "scheduler.appointments", "count": 1}]
    assert {one["store"] for one in found["mentions"]} == {"scheduler.outbox", "scheduler.idempotency_keys"}
    known = found["known"]
    assert known["names"] == ["Marcela Soto"]
    assert known["phones"] == ["+56987654321"]
    assert known["emails"] == ["marcela@correo.cl"]
    assert known["conversations"] == [made["conversation_id"]]
    (record,) = api.post("/v1/privacy/export", PERSON).json()["records"]["scheduler.appointments"]
    assert record["code"] == made["code"]
    assert "token" not in record


def test_an_erased_person_is_in_no_table_and_the_hour_is_free(api, booking, booked):
    made = book(api, booking)
    kept = booked("2026-11-25T10:15:00-03:00", rut=OTHER, notes="viene con Marcela Soto, 15.482.903-2")
    assert named(api)
    erased = api.post("/v1/privacy/erase", PERSON).json()
    assert {"store": "scheduler.appointments", "count": 1} in erased["erased"]
    assert erased["kept"][0]["reason"]
    theirs = api.get(f"/v1/appointments/{kept['id']}").json()["citizen"]
    assert (theirs["name"], theirs["phone"]) == ("Marcela Soto", "+56987654321")  # of the same name and household
    api.execute("UPDATE appointments SET name = 'X', phone = NULL WHERE rut = :rut", rut=OTHER)
    api.execute("DELETE FROM outbox WHERE body::text LIKE :rut", rut=f"%{OTHER}%")
    assert named(api) == set()
    again = api.post("/v1/privacy/erase", PERSON).json()
    assert again["erased"] == []
    shown = api.get(f"/v1/appointments/{made['id']}").json()
    assert (shown["status"], shown["citizen"]["rut"], shown["citizen"]["name"]) == ("cancelled", "", "")
    assert api.get(f"/v1/appointments/{kept['id']}").json()["notes"] == ("viene con [dato eliminado], [dato eliminado]")
    history = api.get(f"/v1/appointments/{made['id']}/history").json()["items"]
    assert [entry["action"] for entry in history] == ["booked", "erased"]
    assert api.rows("SELECT count(*) AS n FROM seats")[0]["n"] == 1


def test_the_erasure_is_told_to_the_audit_log_with_what_it_has_not_heard_yet(api, booking):
    made = book(api, booking)
    erased = api.post("/v1/privacy/erase", PERSON).json()
    left = api.rows("SELECT routing_key, body -> 'data' AS data FROM outbox ORDER BY seq")
    assert {row["routing_key"] for row in left} == {"audit.noted.v1"}
    assert [(row["data"]["action"], row["data"]["object_id"]) for row in left] == [
        ("appointment.booked", made["id"]),
        ("appointment.erased", made["id"]),
    ]
    assert {"store": "scheduler.outbox", "count": 1} in erased["cleaned"]  # what told the others of the booking
    assert api.post("/v1/privacy/find", PERSON).json()["mentions"] == []


def test_erasing_keeps_to_its_tenant(api, booking):
    made = book(api, booking)
    assert api.post("/v1/privacy/erase", PERSON, tenant="punta-brava").json()["erased"] == []
    assert api.get(f"/v1/appointments/{made['id']}").json()["citizen"]["rut"] == RUT


def test_what_is_wrong_is_put_right_once(api, booking):
    made = book(api, booking)
    wish = {"person": PERSON, "name": "Marcela Soto Díaz", "phone": "9 1111 2222"}
    changed = api.post("/v1/privacy/rectify", wish).json()["changed"]
    assert changed == [{"store": "scheduler.appointments", "count": 1}]
    citizen = api.get(f"/v1/appointments/{made['id']}").json()["citizen"]
    assert (citizen["name"], citizen["phone"]) == ("Marcela Soto Díaz", "+56911112222")
    assert citizen["email"] == "marcela@correo.cl"
    assert api.post("/v1/privacy/rectify", wish).json()["changed"] == []


def test_a_wrong_telephone_is_refused(api):
    refused = api.post("/v1/privacy/rectify", {"person": PERSON, "phone": "no sé"})
    assert refused.status_code == 422


def test_who_came_back_is_known_again(api, booking):
    book(api, booking)
    key = "k" * 32
    marks = {"key": key, "marks": [mark_of(key, "valle-claro", RUT), mark_of(key, "valle-claro", OTHER)]}
    assert api.post("/v1/privacy/match", marks).json() == {"ruts": [RUT]}
    assert api.post("/v1/privacy/match", marks, tenant="punta-brava").json() == {"ruts": []}


def test_only_administrators_and_services_may_ask(api):
    for role in ("agent", "viewer"):
        assert api.post("/v1/privacy/find", PERSON, role=role).status_code == 403
    assert api.post("/v1/privacy/find", PERSON, role="admin").status_code == 200
    assert api.post("/v1/privacy/find", {"rut": "15.482.903-2 or true"}).status_code == 422


def test_hours_of_long_ago_lose_their_person(api, booking, booked):
    old, new = book(api, booking), booked("2026-11-25T10:15:00-03:00", rut=OTHER)
    api.execute(
        "UPDATE appointments SET starts_at = starts_at - interval '2000 days', ends_at = ends_at - interval '2000 days'"
        " WHERE id = :id",
        id=old["id"],
    )
    factory = api.client.app.state.session_factory
    settings = WorkerSettings(database_url="postgresql://nowhere/x", rabbitmq_url="amqp://nowhere", person_days=1_825)
    tidy(factory, settings, api.clock)
    assert api.get(f"/v1/appointments/{old['id']}").json()["citizen"]["rut"] == ""
    assert api.get(f"/v1/appointments/{new['id']}").json()["citizen"]["rut"] == OTHER
