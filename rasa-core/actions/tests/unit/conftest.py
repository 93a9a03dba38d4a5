"""Hand-written services in memory, and a citizen who talks to the brain as Rasa would carry it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from munbot_actions.dialogue.brain import Brain
from munbot_actions.dialogue.reply import Texts
from munbot_actions.dialogue.talk import Services
from munbot_actions.protocol import read_turn
from munbot_actions.services.complaints import Categories
from munbot_actions.services.models import (
    Appointment,
    Category,
    Complaint,
    Day,
    DocumentAnswer,
    DocumentSource,
    Found,
    Handoff,
    Hold,
    Office,
    Procedure,
    Slot,
    Tenant,
    Tracking,
)
from munbot_actions.services.scheduler import Catalogue
from munbot_common.client import ServiceAway, ServiceProblem

ZONE = ZoneInfo("America/Santiago")
ANSWER_ID = "01a1fd8e-0000-7000-8000-000000000001"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)

TRANSITO = Office(
    id="o1",
    code="TRANSITO",
    name="Dirección de Tránsito",
    address="Av. Los Maitenes 120",
    hours_text="Lun a vie 08:30–14:00",
)
DIDECO = Office(id="o2", name="DIDECO", address="Pasaje El Litre 45", hours_text="Lun a vie 09:00–13:30")
PROCEDURES = [
    Procedure(
        id="p1",
        name="Renovar licencia de conducir clase B",
        synonyms=["renovar licencia", "licencia", "licencia de conducir", "licencia clase b", "brevete"],
        required_papers=["Cédula de identidad vigente", "Licencia que vence"],
        price_text="0,5 UTM",
        duration_minutes=30,
        office_ids=["o1"],
    ),
    Procedure(
        id="p2", name="Primera licencia de conducir", synonyms=["primera licencia", "sacar licencia"], office_ids=["o1"]
    ),
    Procedure(
        id="p3",
        name="Permiso de circulación",
        synonyms=["permiso de circulación", "patente del auto"],
        required_papers=["Revisión técnica", "SOAP"],
        office_ids=["o1"],
    ),
    Procedure(id="p4", name="Registro Social de Hogares", synonyms=["registro social", "rsh"], office_ids=["o2"]),
]
TREE = [
    Category(
        code="aseo",
        name="Aseo y ornato",
        synonyms=["basura", "aseo"],
        children=[
            Category(
                code="aseo.retiro", name="Retiro de basura", synonyms=["camión de la basura", "no pasa la basura"]
            ),
            Category(code="aseo.micro", name="Microbasural", synonyms=["microbasural", "escombros", "botan basura"]),
        ],
    ),
    Category(
        code="alumbrado",
        name="Alumbrado público",
        synonyms=["luz", "luminaria"],
        children=[
            Category(code="alumbrado.poste", name="Luminaria apagada", synonyms=["poste apagado", "luminaria apagada"])
        ],
    ),
    Category(code="otros", name="Otros", synonyms=[]),
]


class FakeScheduler:
    """Office hours 08:30-14:00 and 15:00-17:30 on weekdays, a slot each quarter, capacity one."""

    def __init__(self) -> None:
        self.now = MONDAY
        self.holidays: dict[date, str] = {
            date(2026, 12, 8): "El martes 8 de diciembre es feriado (Inmaculada Concepción)."
        }
        self.taken: set[datetime] = set()
        self.holds: dict[str, Hold] = {}
        self.appointments: dict[str, Appointment] = {}
        self.ruts: dict[str, str] = {}
        self.keys: dict[str, Appointment] = {}
        self.released: list[str] = []
        self.confirmed: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.away = False

    def _check(self) -> None:
        if self.away:
            raise ServiceAway("down")

    def catalogue(self, tenant: str) -> Catalogue:
        self._check()
        return Catalogue(PROCEDURES, [TRANSITO, DIDECO])

    def _day(self, day: date, part: str | None = None) -> list[datetime]:
        if day.weekday() > 4 or day in self.holidays:
            return []
        spans = [(time(8, 30), time(14, 0)), (time(15, 0), time(17, 30))]
        starts = []
        for opens, closes in spans:
            at = datetime.combine(day, opens, ZONE)
            while at < datetime.combine(day, closes, ZONE):
                starts.append(at)
                at += timedelta(minutes=15)
        held = {hold.start for hold in self.holds.values()}
        booked = {a.start for a in self.appointments.values() if a.status == "booked"}
        wanted = {None: lambda s: True, "morning": lambda s: s.hour < 13, "afternoon": lambda s: s.hour >= 13}[part]
        return [s for s in starts if s > self.now and s not in self.taken | held | booked and wanted(s)]

    def slots(self, tenant, procedure, first, last, *, office=None, part=None, near=None, limit=200) -> Found:
        self._check()
        found, days, day = [], [], first
        office_id = next(p for p in PROCEDURES if p.id == procedure).office_ids[0]
        while day <= last:
            starts = self._day(day, part)
            found += [Slot(start=s, office_id=office_id) for s in starts]
            status, detail = ("open", None) if starts else ("full", None)
            if day in self.holidays:
                status, detail = "holiday", self.holidays[day]
            elif day.weekday() > 4:
                status = "closed"
            days.append(Day(date=day, status=status, detail=detail))
            day += timedelta(days=1)
        return Found(slots=found[:limit], days=days)

    def nearest(self, tenant, procedure, at, *, office=None, limit=3) -> list[Slot]:
        self._check()
        office_id = next(p for p in PROCEDURES if p.id == procedure).office_ids[0]
        starts = [s for n in range(-7, 15) for s in self._day(at.date() + timedelta(days=n))]
        near = sorted(starts, key=lambda s: abs((s - at).total_seconds()))[:limit]
        return [Slot(start=s, office_id=office_id) for s in sorted(near)]

    def hold(self, tenant, procedure, slot, holder) -> Hold:
        self._check()
        if slot.start not in self._day(slot.start.astimezone(ZONE).date()):
            near = [s.model_dump(mode="json") for s in self.nearest(tenant, procedure, slot.start)]
            raise ServiceProblem(409, {"code": "slot_taken", "detail": "La hora ya fue tomada", "alternatives": near})
        hold = Hold(
            id=f"h{len(self.holds) + len(self.released) + 1}",
            start=slot.start,
            office_id=slot.office_id,
            expires_at=self.now + timedelta(minutes=10),
        )
        self.holds[hold.id] = hold
        return hold

    def release(self, tenant, hold) -> None:
        self._check()
        self.released.append(hold)
        self.holds.pop(hold, None)

    def book(self, tenant, body, key) -> Appointment:
        self._check()
        self.bodies.append(body)
        if key in self.keys:
            return self.keys[key]
        rut = body["citizen"]["rut"]
        for a in self.appointments.values():
            if self.ruts[a.id] == rut and a.procedure.id == body["procedure_id"] and a.status == "booked":
                shown = {"code": a.code, "start": a.start.isoformat()}
                raise ServiceProblem(
                    409, {"code": "appointment_exists", "detail": "Ya tiene una hora", "appointment": shown}
                )
        start = datetime.fromisoformat(body["start"])
        if start in self.taken:
            near = [s.model_dump(mode="json") for s in self.nearest(tenant, body["procedure_id"], start)]
            raise ServiceProblem(409, {"code": "slot_taken", "detail": "Tomada", "alternatives": near})
        self.holds.pop(body.get("hold_id", ""), None)
        made = self.add(rut, body["procedure_id"], start)
        self.keys[key] = made
        return made

    def add(self, rut: str, procedure: str, start: datetime) -> Appointment:
        number = len(self.appointments) + 1
        known = next(p for p in PROCEDURES if p.id == procedure)
        made = Appointment.model_validate(
            {
                "id": f"a{number}",
                "code": f"H7KQ-3M{number}X",
                "start": start,
                "procedure": {"id": procedure, "name": known.name, "required_papers": known.required_papers},
                "office": {"id": "o1", "name": TRANSITO.name},
            }
        )
        self.appointments[made.id] = made
        self.ruts[made.id] = rut
        return made

    def get(self, tenant, appointment) -> Appointment:
        self._check()
        if appointment not in self.appointments:
            raise ServiceProblem(404, {"code": "not_found"})
        return self.appointments[appointment]

    def live_of(self, tenant, *, rut=None, conversation=None) -> list[Appointment]:
        self._check()
        live = [a for a in self.appointments.values() if a.status == "booked"]
        return live if conversation else [a for a in live if self.ruts[a.id] == rut]

    def by_code(self, tenant, code) -> Appointment:
        found = [a for a in self.appointments.values() if a.code == code]
        if not found:
            raise ServiceProblem(404, {"code": "not_found"})
        return found[0]

    def cancel(self, tenant, appointment, reason, key) -> Appointment:
        return self._change(appointment, status="cancelled")

    def confirm(self, tenant, appointment, key) -> Appointment:
        self.confirmed.append(appointment)
        return self.get(tenant, appointment)

    def reschedule(self, tenant, appointment, slot, hold, key) -> Appointment:
        old = self.get(tenant, appointment)
        self.holds.pop(hold or "", None)
        return self._change(appointment, start=slot.start, sequence=old.sequence + 1)

    def _change(self, appointment: str, **values: Any) -> Appointment:
        self._check()
        self.appointments[appointment] = self.appointments[appointment].model_copy(update=values)
        return self.appointments[appointment]


class FakeComplaints:
    """One known folio, REC-2026-000013-K of RUT …9032."""

    def __init__(self) -> None:
        self.created: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.attached: list[tuple[str, list[str]]] = []
        self.refuses: set[str] = set()
        self.away = False

    def categories(self, tenant) -> Categories:
        return Categories(TREE)

    def adopt(self, tenant, key, filename) -> str:
        if self.away:
            raise ServiceAway("down")
        if key in self.refuses:
            raise ServiceProblem(422, {"code": "attachment_type"})
        return f"id of {filename}"

    def attach(self, tenant, folio, attachments) -> None:
        self.attached.append((folio, attachments))

    def create(self, tenant, body, key) -> Complaint:
        self.created.append(body)
        self.keys.append(key)
        return Complaint(id="c1", folio="REC-2026-000777-4", due_date=date(2026, 12, 7))

    def follow(self, tenant, folio, last_four) -> Tracking:
        if folio[-1] not in "K4":
            raise ServiceProblem(422, {"code": "folio_invalid"})
        if last_four != "9032":
            raise ServiceProblem(404, {"code": "not_found"})
        return Tracking(
            folio=folio,
            status="in_review",
            status_label="En revisión",
            since=datetime(2026, 11, 18, 12, 0, tzinfo=UTC),
            due_date=date(2026, 12, 2),
        )


class FakeConversations:
    def __init__(self) -> None:
        self.handoffs: list[tuple[str, str]] = []
        self.unanswered: list[str] = []
        self.open_now = True

    def tenant(self, tenant) -> Tenant:
        return Tenant(
            id=tenant, name="Municipalidad de Valle Claro", attention_hours_text="lunes a viernes de 08:30 a 14:00"
        )

    def hand_off(self, tenant, conversation, reason, summary) -> Handoff:
        self.handoffs.append((conversation, summary))
        opens = None if self.open_now else datetime(2026, 11, 24, 8, 30, tzinfo=ZONE)
        return Handoff(open_now=self.open_now, opens_at=opens, attention_hours_text="lunes a viernes de 08:30 a 14:00")


class FakeKnowledge:
    """Documents that know what a test says; nothing otherwise."""

    def __init__(self) -> None:
        self.known: dict[str, DocumentAnswer] = {}
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []
        self.away = False

    def knows(self, words: str, answer: str = "", mode: str = "extractive", **more: Any) -> None:
        source = DocumentSource(document_id="d1", document="Ordenanza de Aseo", article="Artículo 12°. Retiro")
        sources = [source] if mode in {"extractive", "generated"} else []
        given = {"answer_id": ANSWER_ID, "mode": mode, "answer": answer, "sources": sources, **more}
        self.known[words] = DocumentAnswer.model_validate(given)

    def ask(self, tenant, question, history) -> DocumentAnswer | None:
        self.asked.append((question, [(said.role, said.text) for said in history]))
        if self.away:
            return None
        found = next((answer for words, answer in self.known.items() if words in question), None)
        return found or DocumentAnswer(answer_id=ANSWER_ID, mode="unknown", answer="No tengo esa información.")


_OPENS = {
    "book_appointment": "validate_booking_form",
    "create_complaint": "validate_complaint_form",
    "query_appointment": "validate_appointment_form",
    "reschedule_appointment": "validate_appointment_form",
    "cancel_appointment": "validate_appointment_form",
    "query_complaint": "validate_folio_form",
}


@dataclass
class Chat:
    """A citizen; `say` carries slots and the open form from turn to turn as Rasa does."""

    scheduler: FakeScheduler
    complaints: FakeComplaints
    conversations: FakeConversations
    knowledge: FakeKnowledge
    brain: Brain
    now: datetime = MONDAY
    slots: dict[str, Any] = field(default_factory=dict)
    loop: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    customs: list[dict[str, Any]] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    count: int = 0
    session: int = 1

    def say(self, text: str, intent: str = "inform", confidence: float = 0.9, message_id: str | None = None) -> str:
        """Send a message and return all bubbles as one text."""
        self.count += 1
        body = self.request(text, intent, confidence, message_id or f"m{self.count}")
        result = self.brain.take(read_turn(body))
        for event in result["events"]:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            if event["event"] == "active_loop":
                self.loop = event["name"]
        if self.slots.get("requested_slot") is None:
            self.loop = None
        self.texts = [r["text"] for r in result["responses"]]
        self.buttons = [b for r in result["responses"] for b in r["buttons"]]
        self.customs = [r.get("custom", {}) for r in result["responses"]]
        self.images = [r["image"] for r in result["responses"] if "image" in r]
        self.conversations.unanswered += [c["unanswered"]["question"] for c in self.customs if "unanswered" in c]
        self.events += [{"event": "bot", "text": text} for text in self.texts]
        assert 1 <= len(self.texts) <= 2, self.texts
        assert all(0 < len(t) < 400 for t in self.texts), self.texts
        self.now += timedelta(seconds=20)
        self.scheduler.now = self.now
        return "\n".join(self.texts)

    def press(self, title: str) -> str:
        """Press the button whose title begins so."""
        button = next(b for b in self.buttons if b["title"].startswith(title))
        return self.say(button["payload"])

    def request(self, text: str, intent: str, confidence: float, message_id: str) -> dict[str, Any]:
        entities: list[dict[str, Any]] = []
        if text.startswith("/"):
            import json

            intent, brace, rest = text[1:].partition("{")
            entities = [{"entity": k, "value": v} for k, v in (json.loads(brace + rest) if brace else {}).items()]
            confidence = 1.0
        event = {
            "event": "user",
            "text": text,
            "timestamp": self.now.timestamp(),
            "metadata": {
                "message_id": message_id,
                "tenant": "valle-claro",
                "conversation_id": "conv-1",
                "timezone": "America/Santiago",
                "channel": "web",
            },
            "parse_data": {"intent": {"name": intent, "confidence": confidence}, "entities": entities},
        }
        self.events.append(event)
        opening = self.loop is None and intent in _OPENS
        action = f"validate_{self.loop}" if self.loop else _OPENS.get(intent, "action_answer")
        loop = action.removeprefix("validate_") if opening else self.loop
        return {
            "next_action": action,
            "sender_id": f"conv-1.{self.session}",
            "version": "3.6.21",
            "tracker": {
                "slots": dict(self.slots),
                "events": self.events[-40:],
                "active_loop": {"name": loop} if loop else {},
            },
        }


@pytest.fixture
def chat() -> Chat:
    scheduler, complaints, conversations, knowledge = (
        FakeScheduler(),
        FakeComplaints(),
        FakeConversations(),
        FakeKnowledge(),
    )
    services = Services(scheduler, complaints, conversations, knowledge)  # type: ignore[arg-type]
    return Chat(scheduler, complaints, conversations, knowledge, Brain(services, Texts.load()))
