"""Run a conversation that is written down in Spanish YAML against the running platform.

README.md in this folder explains the language to whoever writes the conversations.
"""

from __future__ import annotations

import os
import random
import re
import time
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import httpx
import pytest
import yaml
from ageing import make_older
from dialogue_phone import Phone

FOLDER = Path(__file__).parent / "conversaciones"
WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip
LONGEST_BUBBLE = 400
DAYS_OF_A_CONVERSATION = 3
HOURS_OF_A_DAY = 6
DRAW = random.SystemRandom()
LOST_RACE = "Justo tomaron esa hora"
MOST_BUBBLES = 2
STEPS = (
    "ciudadano", "presiona", "bot dice", "bot no dice", "bot muestra", "botones", "sin botones", "bot calla",
    "existe hora", "no existe hora", "existe reclamo", "no existe reclamo", "pasan", "guarda", "otra persona reserva",
    "repite lo mismo", "conversación", "pregunta sin respuesta", "manda foto", "manda ubicación",
    "la oficina recuerda",
)  # fmt: skip
_UNITS = {"minuto": 60, "hora": 3600, "día": 86_400, "dia": 86_400}


def load_all() -> list[dict[str, Any]]:
    """Return every conversation of the folder; a file may hold several."""
    found: list[dict[str, Any]] = []
    for path in sorted(FOLDER.glob("*.yml")):
        documents = yaml.safe_load_all(path.read_text(encoding="utf-8"))
        found += [{**document, "archivo": path.name} for document in documents]
    return found


def fold(text: str) -> str:
    """Return text as it is compared: lower case, no accents, single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(plain.split())


def check_digit(number: int) -> str:
    """Return the check digit of a RUT (modulus 11)."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(str(number))))
    return {11: "0", 10: "K"}.get(11 - total % 11, str(11 - total % 11))


def new_rut() -> str:
    """Return a valid RUT that nobody is likely to have used."""
    number = DRAW.randint(5_000_000, 24_999_999)
    return f"{number}-{check_digit(number)}"


def dotted(rut: str) -> str:
    """Return a RUT with its points."""
    number, digit = rut.split("-")
    return f"{int(number):,}".replace(",", ".") + f"-{digit}"


def wrong(rut: str) -> str:
    """Return a RUT with another check digit."""
    number, digit = rut.split("-")
    return f"{number}-{'1' if digit != '1' else '2'}"


def send(client: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
    """Ask, waiting when the platform says that we are too fast."""
    deadline = time.monotonic() + 60
    while True:
        answer = client.request(method, path, **options)
        if answer.status_code != 429 or time.monotonic() > deadline:
            return answer
        time.sleep(min(float(answer.headers.get("Retry-After", "1")), 5.0))


class Office:
    """The truth in the services, as an official of one municipality sees it."""

    def __init__(self, base_url: str, tenant: str) -> None:
        self.tenant = tenant
        self._client = httpx.Client(base_url=base_url, timeout=60)
        body = {
            "tenant": tenant,
            "email": f"admin@{tenant}.demo",
            "password": unquote(os.environ["MUNBOT_TEST_DEMO_PASSWORD"]),
        }
        answer = send(self._client, "POST", "/api/conversations/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        self._client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        info = send(self._client, "GET", f"/api/conversations/v1/public/tenants/{tenant}").json()
        self.zone = ZoneInfo(info["timezone"])

    def get(self, path: str, **params: Any) -> Any:
        """Read."""
        answer = send(self._client, "GET", path, params=params)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Write."""
        answer = send(self._client, "POST", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        assert answer.status_code < 300, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def try_post(self, path: str, body: dict[str, Any]) -> None:
        """Write, unless somebody else has done it before."""
        answer = send(self._client, "POST", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        assert answer.status_code < 300 or answer.status_code == 409, f"{path}: {answer.status_code} {answer.text}"

    def appointments(self, rut: str) -> list[dict[str, Any]]:
        """Return all appointments of a RUT."""
        items: list[dict[str, Any]] = self.get("/api/scheduler/v1/appointments", rut=rut, limit=50)["items"]
        return items

    def complaints(self, rut: str) -> list[dict[str, Any]]:
        """Return all complaints of a RUT."""
        items: list[dict[str, Any]] = self.get("/api/complaints/v1/complaints", rut=rut, limit=50)["items"]
        return items

    def clean(self, rut: str) -> None:
        """Cancel what a conversation has left in the agenda."""
        for item in self.appointments(rut):
            if item["status"] in {"booked", "confirmed"}:
                self.post(f"/api/scheduler/v1/appointments/{item['id']}/cancel", {"reason": "Prueba de diálogo"})


@dataclass
class Agenda:
    """The free hours of one procedure, from which days and hours for a conversation are taken."""

    office: Office
    procedure: str

    @cached_property
    def _answer(self) -> dict[str, Any]:
        today = datetime.now(self.office.zone).date()
        answer: dict[str, Any] = self.office.get(
            "/api/scheduler/v1/slots",
            procedure_id=self.procedure,
            limit=2000,
            **{"from": today.isoformat(), "to": (today + timedelta(days=45)).isoformat()},
        )
        return answer

    @cached_property
    def by_day(self) -> dict[date, list[datetime]]:
        """Give the free hours of each day from tomorrow on that has plenty of them."""
        found: dict[date, set[datetime]] = {}
        for item in self._answer["items"]:
            start = datetime.fromisoformat(item["start"]).astimezone(self.office.zone)
            found.setdefault(start.date(), set()).add(start)
        tomorrow = datetime.now(self.office.zone).date() + timedelta(days=1)
        return {day: sorted(starts) for day, starts in sorted(found.items()) if day >= tomorrow and len(starts) >= 6}

    @cached_property
    def _chosen(self) -> list[date]:
        """Draw the days of this conversation: conversations that run side by side seldom meet."""
        days = list(self.by_day)
        if len(days) < DAYS_OF_A_CONVERSATION:
            pytest.skip(f"the agenda of {self.procedure} has no {DAYS_OF_A_CONVERSATION} free days left")
        return sorted(DRAW.sample(days, DAYS_OF_A_CONVERSATION))

    def free_day(self, number: int) -> date:
        """Give the n-th of the days drawn for this conversation."""
        return self._chosen[number - 1]

    def free_hour(self, number: int, day: int) -> str:
        """Give the n-th of the hours drawn for a day, `9:15`."""
        starts = self.by_day[self.free_day(day)]
        drawn = self._hours.setdefault(day, sorted(DRAW.sample(starts, min(len(starts), HOURS_OF_A_DAY))))
        return f"{drawn[number - 1]:%H:%M}".lstrip("0")

    @cached_property
    def _hours(self) -> dict[int, list[datetime]]:
        return {}

    def next_weekday(self, weekday: int) -> date:
        """Give the next such weekday after today, free or not."""
        today = datetime.now(self.office.zone).date()
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)

    def without_service(self, status: str) -> date:
        """Give the next day of a status: `holiday`, `closed`."""
        today = datetime.now(self.office.zone).date()
        for day in self._answer["days"]:
            when = date.fromisoformat(day["date"])
            if day["status"] == status and when > today + timedelta(days=1):
                return when
        pytest.skip(f"no {status} day within the agenda")
        raise AssertionError


class Citizen:
    """A visitor of the web page, through the public HTTP chat."""

    def __init__(self, base_url: str, tenant: str) -> None:
        self._client = httpx.Client(base_url=base_url, timeout=60)
        answer = send(self._client, "POST", "/api/chat/sessions", json={"tenant": tenant})
        assert answer.status_code == 201, answer.text
        self.conversation_id = answer.json()["conversation_id"]
        self._client.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def say(self, text: str, payload: str | None = None, key: str | None = None) -> list[dict[str, Any]]:
        """Send a message and return the bot's bubbles."""
        body = {"text": text} | ({"payload": payload} if payload else {})
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        answer = send(self._client, "POST", "/api/chat/messages?wait=20", json=body, headers=headers)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        bubbles: list[dict[str, Any]] = answer.json()["messages"]
        return bubbles


@dataclass
class Dialogue:
    """One conversation while it runs."""

    description: dict[str, Any]
    base_url: str
    office: Office
    citizen: Citizen | Phone
    bubbles: list[dict[str, Any]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    transcript: list[str] = field(default_factory=list)
    rivals: list[str] = field(default_factory=list)
    last: tuple[str, str | None, str] = ("", None, "")

    def __post_init__(self) -> None:
        rut = new_rut()
        self.rut = rut
        self.values |= {
            "rut": rut,
            "rut con puntos": dotted(rut),
            "rut malo": dotted(wrong(rut)),
            "fin del rut": rut.replace("-", "")[-4:],
            "teléfono": f"9 8{DRAW.randint(200, 999)} {DRAW.randint(1000, 9999)}",
        }
        self.agenda = Agenda(self.office, self.description.get("trámite", "licencia-renovacion"))

    def run(self) -> None:
        """Go through all steps; what failed is shown with the conversation so far."""
        try:
            for step in self.description["conversación"]:
                self._step(step)
        except AssertionError as error:
            raise AssertionError(f"{error}\n\n" + "\n".join(self.transcript)) from None
        finally:
            for rut in [self.rut, *self.rivals]:
                self.office.clean(rut)

    def _step(self, step: dict[str, Any]) -> None:
        for name, value in step.items():
            assert name in STEPS, f"no such step: {name}"
            getattr(self, "_" + fold(name).replace(" ", "_"))(value)

    # ---- What the citizen does

    def _ciudadano(self, text: str) -> None:
        self._send(self.fill(text), None)

    def _presiona(self, title: str) -> None:
        wanted = fold(self.fill(title))
        buttons = [b for bubble in self.bubbles for b in bubble["buttons"]]
        pressed = next((b for b in buttons if wanted in fold(b["title"])), None)
        assert pressed, f"no button «{title}» among {[b['title'] for b in buttons]}"
        self._send(pressed["title"], pressed["payload"])

    def _send(self, text: str, payload: str | None) -> None:
        self._exchange(text, payload)
        for _ in range(3):  # another conversation took the hour in between: do as a person would
            if LOST_RACE not in self.said or "ajenas" in self.values:
                return
            self._exchange("la primera", None)

    def _manda_foto(self, caption: str) -> None:
        self.transcript.append(f"  ciudadano: (foto) {caption}")
        self._judge(self._phone.send_picture(self.fill(caption)))

    def _manda_ubicacion(self, location: dict[str, Any]) -> None:
        self.transcript.append(f"  ciudadano: (ubicación) {location}")
        self._judge(self._phone.send_location(location))

    def _la_oficina_recuerda(self, code: str) -> None:
        """The office sends a reminder of an hour, as a program of its own would."""
        data = {
            "name": "Marcela",
            "procedure": "Licencia",
            "when": "martes",
            "office": "Tránsito",
            "code": self.fill(code),
        }
        body = {"to": f"+{self._phone.number}", "flow": "appointment_reminder", "data": data}
        self.office.post("/api/whatsapp/v1/start", body)
        self._judge(self._phone.receive())

    @property
    def _phone(self) -> Phone:
        assert isinstance(self.citizen, Phone), "only a phone sends this: write `canal: whatsapp`"
        return self.citizen

    def _exchange(self, text: str, payload: str | None) -> None:
        key = str(uuid.uuid4())
        self.transcript.append(f"  ciudadano: {text[:200]}")
        self._judge(self.citizen.say(text, payload, key))
        self.last = (text, payload, key)

    def _judge(self, bubbles: list[dict[str, Any]]) -> None:
        """Keep the answer, and see that it is one that people can read."""
        self.bubbles = bubbles
        for bubble in self.bubbles:
            titles = [button["title"] for button in bubble["buttons"]]
            self.transcript.append(f"  bot: {bubble['text']!r} {titles or ''}")
            assert bubble["text"].strip(), "an empty bubble"
            assert len(bubble["text"]) < LONGEST_BUBBLE, f"a bubble of {len(bubble['text'])} characters"
        assert len(self.bubbles) <= MOST_BUBBLES, f"{len(self.bubbles)} bubbles in one turn"

    def _repite_lo_mismo(self, _value: object) -> None:
        """The network gave the same message twice."""
        before = [bubble["id"] for bubble in self.bubbles]
        again = self.citizen.say(*self.last)
        assert [bubble["id"] for bubble in again] == before, "the same message got another answer"

    def _pasan(self, span: str) -> None:
        match = re.match(r"(\d+)\s+(\w+?)s?$", span.strip())
        assert match, f"not a span: {span}"
        self._age(int(match.group(1)) * _UNITS[match.group(2)])

    def _age(self, seconds: int) -> None:
        """Make the conversation older, in the databases of whoever remembers it: nobody waits 40 minutes in a test."""
        conversation = self.citizen.conversation_id
        make_older(conversation, seconds)
        self.transcript.append(f"  (pasan {seconds} segundos) {conversation}")

    def _otra_persona_reserva(self, wanted: dict[str, str]) -> None:
        """Somebody else takes the hour, until no seat is left."""
        day, hour = self._day(wanted["día"]), self.fill(wanted["hora"])
        start = datetime.combine(day, datetime.strptime(hour, "%H:%M").time(), self.office.zone)  # noqa: DTZ007
        procedure = wanted.get("trámite", self.agenda.procedure)
        free = self.office.get(
            "/api/scheduler/v1/slots",
            procedure_id=procedure,
            limit=200,
            **{"from": day.isoformat(), "to": day.isoformat()},
        )["items"]
        for slot in (s for s in free if datetime.fromisoformat(s["start"]) == start):
            self.values["ajenas"] = "sí"
            for _ in range(slot["free"]):
                body = {
                    "procedure_id": slot["procedure_id"],
                    "office_id": slot["office_id"],
                    "start": slot["start"],
                    "citizen": {"rut": new_rut(), "name": "Otra Persona", "phone": "+56987654321"},
                    "channel": "staff",
                }
                self.rivals.append(body["citizen"]["rut"])
                self.office.try_post("/api/scheduler/v1/appointments", body)

    # ---- What must be true

    def _bot_dice(self, wanted: str | list[str]) -> None:
        said = fold(self.said)
        for words in [wanted] if isinstance(wanted, str) else wanted:
            options = [fold(self.fill(option)) for option in str(words).split("|")]
            assert any(option in said for option in options), f"the bot does not say «{words}» ({options})"

    def _bot_no_dice(self, unwanted: str | list[str]) -> None:
        said = fold(self.said)
        for words in [unwanted] if isinstance(unwanted, str) else unwanted:
            for option in str(words).split("|"):
                wanted = re.escape(fold(self.fill(option)))  # with its digits: «3 de» is not «23 de»
                assert not re.search(rf"(?<!\d){wanted}(?!\d)", said), f"the bot says «{option}»"

    def _bot_muestra(self, wanted: str) -> None:
        names = [bubble["media"]["filename"] for bubble in self.bubbles if bubble.get("media")]
        assert any(wanted in name for name in names), f"no picture «{wanted}» among {names}"

    def _bot_calla(self, _value: object) -> None:
        assert not self.bubbles, "the bot answers"

    def _botones(self, wanted: Any) -> None:
        titles = [fold(b["title"]) for bubble in self.bubbles for b in bubble["buttons"]]
        if isinstance(wanted, dict):
            assert len(titles) >= wanted.get("al menos", 0), f"only {titles}"
            assert len(titles) <= wanted.get("a lo más", 99), f"too many: {titles}"
            return
        for title in [wanted] if isinstance(wanted, str) else wanted:
            assert any(fold(self.fill(title)) in shown for shown in titles), f"no button «{title}» among {titles}"

    def _sin_botones(self, _value: object) -> None:
        assert not [b for bubble in self.bubbles for b in bubble["buttons"]], "there are buttons"

    def _existe_hora(self, wanted: dict[str, Any] | None) -> None:
        found = self.office.appointments(self.rut)
        fitting = [item for item in found if self._fits(item, wanted or {})]
        expected = (wanted or {}).get("cuántas", 1)
        assert len(fitting) == expected, f"{len(fitting)} appointments fit {wanted}, not {expected}: {found}"

    def _no_existe_hora(self, wanted: dict[str, Any] | None) -> None:
        found = [item for item in self.office.appointments(self.rut) if self._fits(item, wanted or {})]
        assert not found, f"there is an appointment: {found}"

    def _fits(self, item: dict[str, Any], wanted: dict[str, Any]) -> bool:
        start = datetime.fromisoformat(item["start"]).astimezone(self.office.zone)
        checks = {
            "trámite": lambda v: fold(v) in fold(item["procedure"]["name"]),
            "día": lambda v: start.date() == self._day(v),
            "hora": lambda v: f"{start:%H:%M}" == self.fill(v).zfill(5),
            "estado": lambda v: item["status"] in self._statuses(v),
            "antes de": lambda v: f"{start:%H:%M}" < v,
            "nombre": lambda v: fold(item["citizen"]["name"]) == fold(v),
            "cambios": lambda v: item["sequence"] == v,
            "cuántas": lambda _: True,
        }
        default = {} if "estado" in wanted else {"estado": "vigente"}
        return all(checks[name](value) for name, value in {**default, **wanted}.items())

    @staticmethod
    def _statuses(name: str) -> set[str]:
        return {"vigente": {"booked", "confirmed"}, "anulada": {"cancelled"}, "confirmada": {"confirmed"}}[name]

    def _existe_reclamo(self, wanted: dict[str, Any] | None) -> None:
        found = self.office.complaints(self.rut)
        assert len(found) == 1, f"{len(found)} complaints: {found}"
        complaint = self.office.get(f"/api/complaints/v1/complaints/{found[0]['folio']}")
        for name, value in (wanted or {}).items():
            actual = {
                "categoría": str(complaint["category"]),
                "descripción": complaint["description"],
                "lugar": complaint["place"]["address"],
                "punto": "{latitude}, {longitude}".format(**complaint["place"]),
                "archivos": str(len(complaint["attachments"])),
            }[name]
            assert fold(self.fill(str(value))) in fold(actual), f"{name} is «{actual}», not «{value}»"
        self.values["folio"] = complaint["folio"]
        digit = complaint["folio"][-1]
        self.values["folio malo"] = complaint["folio"][:-1] + ("1" if digit != "1" else "2")

    def _no_existe_reclamo(self, _value: object) -> None:
        found = self.office.complaints(self.rut)
        assert not found, f"there is a complaint: {found}"

    def _conversacion(self, wanted: dict[str, Any]) -> None:
        """What conversations says: `en manos de: persona`."""
        found = self.office.get(f"/api/conversations/v1/conversations/{self.citizen.conversation_id}")
        mode = {"persona": "human", "bot": "bot"}[wanted["en manos de"]]
        assert found["mode"] == mode, f"the conversation is in mode {found['mode']}"

    def _pregunta_sin_respuesta(self, text: str) -> None:
        found = self.office.get("/api/conversations/v1/unanswered")["items"]
        wanted = fold(self.fill(text))
        assert any(wanted in fold(item["question"]) for item in found), f"«{text}» was not recorded"

    # ---- Words in braces

    def _guarda(self, wanted: dict[str, str]) -> None:
        """Keep something of the last answer under a name: `guarda: {código: '([A-Z0-9]{4}-[A-Z0-9]{4})'}`."""
        for name, pattern in wanted.items():
            match = re.search(pattern, self.said)
            assert match, f"nothing like {pattern} in the answer"
            self.values[name] = match.group(1)

    @property
    def said(self) -> str:
        """Give all bubbles of the last turn as one text."""
        return "\n".join(bubble["text"] for bubble in self.bubbles)

    def fill(self, text: str) -> str:
        """Put values in the place of the words in braces."""
        return re.sub(r"\{([^{}\":]+)\}", lambda match: self._value(match.group(1).strip()), str(text))

    def _value(self, name: str) -> str:
        if name in self.values:
            return self.values[name]
        if match := re.match(r"hora libre (\d+)(?: del día (\d+))?$", name):
            value = self.agenda.free_hour(int(match.group(1)), int(match.group(2) or 1))
        elif match := re.match(r"(día libre \d+|feriado|domingo|mañana|hoy)(?: corto)?$", name):
            day = self._day("{" + match.group(1) + "}")
            value = f"{day.day} de {MONTHS[day.month - 1]}"
            if day.year != datetime.now(self.office.zone).year:
                value += f" de {day.year}"
        elif match := re.match(r"(\w+) del (día libre \d+)$", name):
            day = self._day("{" + match.group(2) + "}")
            value = WEEKDAYS[day.weekday()] if match.group(1) == "nombre" else str(day.day)
        else:
            raise AssertionError(f"no such value: {{{name}}}")
        self.values[name] = value
        return value

    def _day(self, name: str) -> date:
        name = name.strip("{} ")
        today = datetime.now(self.office.zone).date()
        if match := re.match(r"día libre (\d+)$", name):
            return self.agenda.free_day(int(match.group(1)))
        if name in WEEKDAYS:
            return self.agenda.next_weekday(WEEKDAYS.index(name))
        days = {
            "hoy": lambda: today,
            "mañana": lambda: today + timedelta(days=1),
            "feriado": lambda: self.agenda.without_service("holiday"),
            "domingo": lambda: self.agenda.next_weekday(6),
        }
        assert name in days, f"no such day: {name}"
        return days[name]()
