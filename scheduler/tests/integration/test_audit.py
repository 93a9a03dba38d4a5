"""Every change is told to the hub's log, with its trail and its transaction."""

from uuid import uuid4

import pytest
from munbot_contracts import Event
from munbot_contracts.audit import AuditNoted
from munbot_scheduler.availability.models import OpeningException, OpeningRule
from munbot_scheduler.catalogue.models import Office, Procedure, TenantPolicy
from munbot_scheduler.catalogue.service import _PLAIN

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


@pytest.fixture
def change(api):
    """Callable: change something of the catalogue as its administrator does, and put it back at the end."""
    undo = []

    def patch(path, wish, back):
        undo.append((path, back))
        answer = api.call("PATCH", path, role="admin", json=wish)
        assert answer.status_code == 200, answer.text

    yield patch
    for path, back in undo:
        api.call("PATCH", path, role="admin", json=back)


def test_what_officials_write_is_named_and_not_told(api, noted, change):
    words = {
        "/v1/offices/obras": {"address": "Pasaje de Marcela 7", "phone": "+56987654321", "email": "marcela@x.cl"},
        "/v1/procedures/permiso": {
            "description": "Pregunte por Marcela",
            "synonyms": ["lo de Marcela"],
            "required_papers": ["El de Marcela"],
            "price_text": "Marcela sabe",
        },
    }
    backs = ({"address": "", "phone": None, "email": None},
             {"description": "", "synonyms": [], "required_papers": [], "price_text": ""})  # fmt: skip
    for (path, wish), back in zip(words.items(), backs, strict=True):
        change(path, wish, back)
    shut = {"kind": "closed", "first_day": "2026-12-24", "last_day": "2026-12-24", "reason": "Licencia de Marcela"}
    made = api.post("/v1/exceptions", shut, role="admin").json()
    where = f"/v1/exceptions/{made['id']}"
    shut |= {"reason": "Marcela volvió"}
    assert api.call("PUT", where, role="admin", json=shut).status_code == 200
    assert api.call("DELETE", where, role="admin").status_code in {200, 204}
    told = [row.data for row in noted()]
    assert [row.after and row.after.get("fields") for row in told] == [
        ["address", "email", "phone"],
        ["description", "price_text", "required_papers", "synonyms"],
        None,
        ["reason"],
        None,
    ]
    assert [row.action for row in told[2:]] == [
        f"opening_exception.{what}" for what in ("created", "changed", "removed")
    ]
    assert told[2].after["first_day"] == told[4].before["first_day"] == "2026-12-24"
    trail = api.rows(
        "SELECT before, after FROM audit_log WHERE after::text LIKE '%Marcela%' OR before::text LIKE '%Marcela%'"
    )
    assert trail == []


def test_every_column_of_the_catalogue_is_plain_or_known_as_words():
    """A new column is told by its name only until somebody says that its values may stand in the log for ever."""
    tables = (Procedure, Office, OpeningRule, OpeningException, TenantPolicy)
    columns = {column.name for model in tables for column in model.__table__.columns}
    words = {"address", "phone", "email", "description", "synonyms", "required_papers", "price_text", "reason"}
    assert columns - _PLAIN == words | {"tenant_id", "created_at"}


def test_links_are_told_and_the_same_again_is_not(api, noted, change):
    ids = {code: api.get(f"/v1/offices/{code}").json()["id"] for code in ("transito", "obras")}
    path, both = "/v1/procedures/permiso", {"office_ids": list(ids.values())}
    change(path, both, {"office_ids": [ids["transito"]]})
    version = api.rows("SELECT version FROM procedures WHERE code = 'permiso' AND tenant_id = 'valle-claro'")
    change(path, both | {"name": "Permiso de circulación"}, {})
    assert api.rows("SELECT version FROM procedures WHERE code = 'permiso' AND tenant_id = 'valle-claro'") == version
    (row,) = noted()
    assert row.data.before["office_ids"] == [ids["transito"]]
    assert row.data.after["office_ids"] == sorted(ids.values())
    licence = next(one["id"] for one in api.get("/v1/procedures").json()["items"] if one["code"] == "licencia")
    offered = api.get("/v1/offices/obras").json()["procedure_ids"]
    change("/v1/offices/obras", {"procedure_ids": [*offered, licence]}, {"procedure_ids": offered})
    row = noted()[-1]
    assert (row.data.action, row.data.before["procedure_ids"]) == ("office.changed", sorted(offered))
    assert row.data.after["procedure_ids"] == sorted([*offered, licence])


def test_a_new_thing_is_told_with_its_links(api, noted):
    office = api.get("/v1/offices/obras").json()["id"]
    new = {"code": "poda", "name": "Poda", "duration_minutes": 15, "office_ids": [office]}
    assert api.post("/v1/procedures", new, role="admin").status_code == 201
    (row,) = noted()
    assert (row.data.action, row.data.after["office_ids"]) == ("procedure.created", [office])
    api.execute("DELETE FROM office_procedures WHERE procedure_id IN (SELECT id FROM procedures WHERE code = 'poda')")
    api.execute("DELETE FROM procedures WHERE code = 'poda'")


def test_a_policy_that_stays_is_not_told(api, noted):
    policy = {"timezone": "America/Santiago", "min_notice_minutes": 60, "horizon_days": 60, "hold_minutes": 10}
    for days in (60, 60, 61):
        assert api.call("PUT", "/v1/policy", role="admin", json=policy | {"horizon_days": days}).status_code == 200
    first, second = (row.data for row in noted())
    assert (first.action, first.before, first.after["horizon_days"]) == ("policy.changed", None, 60)
    assert (second.before["horizon_days"], second.after["horizon_days"]) == (60, 61)
    api.execute("DELETE FROM tenant_policies")


def test_a_citizen_is_named_by_the_conversation(booked, noted):
    conversation = str(uuid4())
    booked(role="visitor", conversation=conversation)
    (row,) = noted()
    assert (row.data.actor, row.data.actor_role) == (conversation, "visitor")
