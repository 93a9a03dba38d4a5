"""Every change is told to the hub's log, with its trail and its transaction."""

from uuid import uuid4

import pytest
from munbot_contracts import Event
from munbot_contracts.audit import AuditNoted

PERSON = ("15482903", "Marcela", "987654321", "marcela@")
START = "2026-11-24T10:15:00-03:00"


@pytest.fixture
def noted(api):
    """Callable: what was told to the log since the test began, as (action, before, after)."""

    def read():
        query = "SELECT body FROM outbox WHERE routing_key = 'audit.noted.v1' ORDER BY seq"
        rows = [Event[AuditNoted].model_validate(row["body"]) for row in api.rows(query)]
        assert not any(word in row.model_dump_json() for row in rows for word in PERSON)
        return rows

    return read


def test_the_life_of_an_hour(api, booked, noted):
    made = booked()
    path = f"/v1/appointments/{made['id']}"
    api.post(f"{path}/reschedule", {"start": "2026-11-25T09:00:00-03:00", "reason": "Marcela lo pidió"}, role="agent")
    api.call("PATCH", path, role="agent", json={"phone": "+56911112222"})
    api.post(f"{path}/cancel", {"reason": "Marcela no puede"}, role="admin")
    rows = noted()
    assert [row.data.action.removeprefix("appointment.") for row in rows] == [
        "booked",
        "rescheduled",
        "edited",
        "cancelled",
    ]
    assert {(row.subject, row.data.object_id, row.tenant) for row in rows} == {(made["id"], made["id"], "valle-claro")}
    assert [row.data.actor_role for row in rows] == ["service", "agent", "agent", "admin"]
    first, moved, edited, gone = (row.data for row in rows)
    assert (first.before, first.after["status"]) == (None, "booked")
    assert (moved.before["sequence"], moved.after["sequence"]) == (0, 1)
    assert moved.before["start"] != moved.after["start"]
    assert (edited.before, edited.after) == (None, {"fields": ["phone"]})
    assert (gone.before["status"], gone.after["status"]) == ("booked", "cancelled")
    history = api.get(f"{path}/history", role="viewer").json()["items"]
    assert [(row["action"], row["after"]) for row in history] == [
        (row.data.action.removeprefix("appointment."), row.data.after) for row in rows
    ]


def test_what_is_refused_or_changes_nothing_is_not_told(api, booked, booking, noted):
    made = booked()
    before = len(noted())
    path = f"/v1/appointments/{made['id']}"
    assert api.post("/v1/appointments", booking(START)).status_code == 409
    assert api.post(f"{path}/cancel", role="viewer").status_code == 403
    assert api.call("PATCH", path, role="agent", json={"phone": made["citizen"]["phone"]}).status_code == 200
    assert len(noted()) == before


def test_the_catalogue(api, noted):
    office = {"code": "registro", "name": "Oficina", "timezone": "America/Santiago"}
    made = api.post("/v1/offices", office, role="admin")
    assert made.status_code == 201
    assert api.call("PATCH", "/v1/offices/registro", role="admin", json={"name": "Otra"}).status_code == 200
    created, changed = (row.data for row in noted())
    assert (created.action, created.object_type, created.object_id) == ("office.created", "office", made.json()["id"])
    assert (created.before, created.after["name"]) == (None, "Oficina")
    assert (changed.action, changed.before["name"], changed.after["name"]) == ("office.changed", "Oficina", "Otra")


def test_a_citizen_is_named_by_the_conversation(booked, noted):
    conversation = str(uuid4())
    booked(role="visitor", conversation=conversation)
    (row,) = noted()
    assert (row.data.actor, row.data.actor_role) == (conversation, "visitor")
