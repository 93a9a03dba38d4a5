"""Imports against services that behave as ours: once per record, refusals in their words, outages without a loss."""

import json
from zoneinfo import ZoneInfo

import httpx
import pytest
from munbot_common.audit import AuditAway, AuditBook
from munbot_common.auth import Principal, Role
from munbot_common.client import ServiceAway, ServiceClient
from munbot_common.database import unit_of_work
from munbot_datalake.imports import repository
from munbot_datalake.imports.models import ImportedRecord
from munbot_datalake.imports.schemas import AppointmentsImport, ComplaintsImport
from munbot_datalake.imports.service import Imports
from sqlalchemy import delete

TREE = {"items": [{"code": "aseo", "name": "Aseo", "synonyms": [], "active": True, "children": []}]}
RECORD = {"id": 1, "categoria": "Aseo", "mensaje": "No pasa", "rut": "15482903-2", "ip": "10.0.0.1"}


class Service:
    """Remembers what was made, by tenant and idempotency key."""

    def __init__(self):
        self.made = {}
        self.requests = []
        self.away = False

    def __call__(self, request):
        if self.away:
            raise httpx.ConnectError("away")
        if request.method == "GET":
            return httpx.Response(200, json=TREE)
        body = json.loads(request.content)
        self.requests.append(body)
        if body.get("description") == "mala":
            return httpx.Response(422, json={"code": "rut_invalid", "detail": "El RUT no es válido"})
        key = (request.headers["X-Munbot-Tenant"], request.headers["Idempotency-Key"])
        number = self.made.setdefault(key, f"N-{len(self.made) + 1}")
        return httpx.Response(201, json={"folio": number, "code": number})


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def imports(factory, service, hub, make_token):
    with unit_of_work(factory) as session:
        session.execute(delete(ImportedRecord))
    clients = [
        ServiceClient("http://service", token="t", attempts=1, transport=httpx.MockTransport(service)) for _ in range(2)
    ]
    conversations = ServiceClient(hub.url, token=make_token("service", subject="service:datalake"))
    made = Imports(factory, *clients, AuditBook(conversations))
    yield made
    made.close()
    conversations.close()


def operator(tenant="valle-claro"):
    return Principal(subject="service:cli", role=Role.SERVICE, tenant=tenant)


def bring(imports, *records, tenant="valle-claro"):
    return imports.complaints(operator(tenant), ComplaintsImport(records=list(records)))


def test_a_record_is_registered_once_and_its_ip_never_sent(imports, service):
    report = bring(imports, RECORD)
    assert (report.imported, report.known, report.refused) == (1, 0, 0)
    again = bring(imports, RECORD)
    assert (again.imported, again.known, again.outcomes[0].number) == (0, 1, report.outcomes[0].number)
    assert len(service.requests) == 1
    assert "10.0.0.1" not in json.dumps(service.requests)


def test_records_of_two_tenants_are_apart(imports, service):
    assert bring(imports, RECORD).imported == bring(imports, RECORD, tenant="punta-brava").imported == 1


def test_a_crash_before_the_note_doubles_nothing(imports, service, monkeypatch):
    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(repository, "note", dies)
        with pytest.raises(KeyboardInterrupt):
            bring(imports, RECORD)
    assert bring(imports, RECORD).imported == 1
    assert len(service.made) == 1


def test_what_a_service_refuses_is_reported_and_the_others_go_on(imports):
    report = bring(imports, RECORD | {"id": 1, "mensaje": "mala"}, RECORD | {"id": 2}, RECORD | {"id": 2})
    assert [(one.outcome, one.code) for one in report.outcomes] == [
        ("refused", "rut_invalid"),
        ("imported", None),
        ("refused", "id_repeated"),
    ]
    assert report.outcomes[0].reason == "El RUT no es válido"


def test_an_outage_ends_the_import_and_it_goes_on_where_it_was(imports, service):
    bring(imports, RECORD)
    service.away = True
    with pytest.raises(ServiceAway):
        bring(imports, RECORD, RECORD | {"id": 2})
    service.away = False
    report = bring(imports, RECORD, RECORD | {"id": 2})
    assert (report.imported, report.known) == (1, 1)


def test_appointments_are_booked_in_the_same_way(imports, service):
    record = {"id": 1, "tramite": "licencia-b", "fecha": "2026-11-24", "hora": "10:15", "rut": "1-9", "nombre": "M S"}
    wanted = AppointmentsImport(records=[record, {"id": 2}])
    for outcome in ("imported", "known"):
        report = imports.appointments(operator(), wanted, ZoneInfo("America/Santiago"))
        assert [one.outcome for one in report.outcomes] == [outcome, "refused"]
    assert service.requests[0]["start"] == "2026-11-24T10:15:00-03:00"


def test_each_run_is_noted_before_its_first_record_and_without_any(imports, service, hub):
    seen = []
    hub.look = lambda: seen.append(len(service.requests))
    bring(imports, RECORD, RECORD | {"id": 2}, RECORD | {"id": 3, "mensaje": "mala"})
    imports.appointments(operator(), AppointmentsImport(records=[{"id": 1}]), ZoneInfo("America/Santiago"))
    entry = {"actor": "service:cli", "actor_role": "service", "action": "import.run", "object_type": "import"}
    assert hub.of("valle-claro") == [
        entry | {"object_id": "complaint", "before": None, "after": {"records": 3}},
        entry | {"object_id": "appointment", "before": None, "after": {"records": 1}},
    ]
    assert seen == [0, 3]
    assert "15482903" not in json.dumps(hub.of("valle-claro"))


def test_a_run_that_cannot_be_noted_does_not_begin(imports, service, hub):
    hub.answer = 503
    with pytest.raises(AuditAway):
        bring(imports, RECORD)
    assert service.made == {}
    hub.answer = 204
    assert bring(imports, RECORD).imported == 1


def test_a_run_without_complaints_api_is_not_noted(imports, service, hub):
    service.away = True
    with pytest.raises(ServiceAway):
        bring(imports, RECORD)
    assert hub.entries == {}


def test_who_asks_is_told_that_nothing_was_brought_in(api, hub):
    hub.answer = 503
    refused = api("POST", "/v1/imports/appointments", json={"records": [{"id": 1}]})
    assert (refused.status_code, refused.json()["code"]) == (503, "audit_away")
    assert api("POST", "/v1/imports/appointments", json={"records": []}).status_code == 422
    assert api("POST", "/v1/imports/appointments", role="agent", json={"records": [{"id": 1}]}).status_code == 403
    hub.answer = 204
    assert api("POST", "/v1/imports/appointments", json={"records": [{"id": 1}]}).json()["refused"] == 1
    assert [(one["actor"], one["after"]) for one in hub.of("valle-claro")] == [("admin:test", {"records": 1})]
