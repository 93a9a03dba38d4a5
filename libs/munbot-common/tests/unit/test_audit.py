"""What services tell the audit log, by event and by asking it first."""

import json
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from munbot_common.audit import AuditAway, AuditBook, audit_event
from munbot_common.auth import Principal, Role
from munbot_common.client import ServiceClient
from munbot_contracts import EVENT_TYPES, Event
from pydantic import ValidationError

AGENT = Principal(subject="019358ef-0000-7000-8000-0000000000b1", role=Role.AGENT, tenant="valle-claro")
DEED = {"action": "hora.moved", "object_type": "hora", "object_id": "7", "after": {"at": [1, None]}}
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_event_says_who_when_and_what():
    event = audit_event(AGENT, source="scheduler", **DEED, clock=lambda: NOW)
    assert (event.tenant, event.subject, event.time, event.source) == ("valle-claro", "7", NOW, "/munbot/scheduler")
    read = Event[EVENT_TYPES[event.type]].model_validate_json(event.model_dump_json()).data
    assert (read.actor, read.actor_role) == (AGENT.subject, "agent")
    assert (read.action, read.object_id, read.before, read.after) == ("hora.moved", "7", None, {"at": [1, None]})


@pytest.mark.parametrize(
    ("role", "subject", "conversation", "named"),
    [
        ("agent", AGENT.subject, None, AGENT.subject),
        ("service", "service:actions", None, "service:actions"),
        ("service", "seed", None, "service:seed"),
        ("visitor", "+56987654321", UUID(AGENT.subject), AGENT.subject),
        ("visitor", "+56987654321", None, "visitor"),
    ],
)
def test_who_acts_is_named_without_an_address(role, subject, conversation, named):
    who = Principal(subject, Role(role), "valle-claro", conversation)
    heard = []

    def answer(request):
        heard.append(json.loads(request.content))
        return httpx.Response(204)

    book(answer).note(who, **DEED)
    told = audit_event(who, source="scheduler", **DEED).data
    assert (told.actor, told.actor_role) == (heard[0]["actor"], heard[0]["actor_role"]) == (named, role)


@pytest.mark.parametrize("changes", [{"action": "moved"}, {"action": "Hora.Movida"}, {"object_type": "una hora"}])
def test_names_are_names(changes):
    with pytest.raises(ValidationError):
        audit_event(AGENT, source="scheduler", **DEED | changes)


def book(answer):
    client = ServiceClient("http://hub", token="t", attempts=1, transport=httpx.MockTransport(answer))
    return AuditBook(client)


def test_asking_first():
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(204)

    book(answer).note(AGENT, **DEED)
    book(answer).note(AGENT, **DEED)
    assert {(one.method, one.url.path, one.headers["x-munbot-tenant"]) for one in asked} == {
        ("POST", "/v1/audit", "valle-claro")
    }
    assert len({one.headers["idempotency-key"] for one in asked}) == 2  # two deeds, however alike


@pytest.mark.parametrize("status", [403, 422, 500, 503])
def test_what_cannot_be_noted_is_said(status):
    def answer(_request):
        return httpx.Response(status, json={"code": "x"})

    with pytest.raises(AuditAway) as raised:
        book(answer).note(AGENT, **DEED)
    assert raised.value.headers["Retry-After"]


def test_a_hub_that_is_away_is_said():
    def answer(_request):
        raise httpx.ConnectError("away")

    with pytest.raises(AuditAway):
        book(answer).note(AGENT, **DEED)
