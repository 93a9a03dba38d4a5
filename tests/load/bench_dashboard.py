"""The staff's pages: how long lists take that are as long as a city's, and how soon an open page hears of an event.

Makes a municipality of its own with 100,000 conversations and 50,000 complaints (once: they stay for the next run),
asks every list of it through nginx, opens its pages in a browser, then 200 sockets of the staff, and begins
conversations; an event's time is from the request that causes it to each socket that hears of it.

    .venv/bin/python tests/load/bench_dashboard.py --json bench-results/dashboard.json
"""

import argparse
import asyncio
import os
import random
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import pymongo
import socketio
from first_paint import measure_paint
from munbot_common.auth import Role, TokenSigner
from munbot_complaints.complaints.models import order_key
from munbot_complaints.complaints.rules import index_terms, search_text
from munbot_complaints.folios import Folio
from sqlalchemy import create_engine, text
from support import print_table, summary, write

TENANT = "banco-de-pruebas"
CLONED = "valle-claro"
BATCH = 1_000
OPEN = ("received", "received", "in_review", "forwarded", "waiting_citizen")
SETTLED = ("resolved", "closed", "closed", "rejected")
NEVER_ANSWERED = 0.04  # of those whose term is over
CATEGORIES = {"aseo.retiro_basura": "Aseo y Ornato", "vialidad.bache": "Obras", "alumbrado.poste_danado": "Alumbrado"}
TERM = timedelta(days=10)
ASSIGNEES = (None, None, "Ada", "Beto")
TROUBLES = ("Hay un bache", "No pasó el camión", "Hay una luminaria apagada", "Hay un perro suelto")

_CONTACTS = """
INSERT INTO contacts (id, tenant_id, name, phone, search)
SELECT gen_random_uuid(), :tenant, 'Vecina ' || n, '+569' || (10000000 + n), 'vecina ' || n || ' 569' || (10000000 + n)
FROM generate_series(1, :count) n
"""
_CONVERSATIONS = """
INSERT INTO conversations (
    id, tenant_id, contact_id, channel, account, address, status, mode, human_until, waiting_since,
    last_seq, inbound_count, last_message_at, last_inbound_at, last_text, last_sender, created_at
)
SELECT gen_random_uuid(), :tenant, id, CASE n % 3 WHEN 0 THEN 'web' ELSE 'whatsapp' END, :tenant, 'c-' || n,
       CASE n % 5 WHEN 0 THEN 'open' ELSE 'closed' END, CASE n % 50 WHEN 0 THEN 'human' ELSE 'bot' END,
       CASE n % 50 WHEN 0 THEN now() + interval '20 hours' END,
       CASE n % 100 WHEN 5 THEN now() - interval '5 minutes' END,
       4, 2, at, at, 'quiero pedir hora', 'citizen', at - interval '10 minutes'
FROM (SELECT id, row_number() OVER () AS n, now() - row_number() OVER () * interval '3 minutes' AS at
      FROM contacts WHERE tenant_id = :tenant) c
"""


def hub_engine() -> Any:
    """Return an engine for the hub's database."""
    url = urlsplit(os.environ["MUNBOT_TEST_POSTGRES_URL"])
    return create_engine(urlunsplit(url._replace(path="/conversations")))


def issue(role: Role, tenant: str | None, subject: str) -> dict[str, str]:
    """Return the headers of somebody whose token is good for two hours."""
    key = Path(os.environ["MUNBOT_TEST_SECRETS_DIR"]) / "jwt_private_key.pem"
    signer = TokenSigner(key.read_text(encoding="utf-8"))
    token = signer.issue(subject=subject, role=role, tenant=tenant, lifetime=timedelta(hours=2))
    return {"Authorization": f"Bearer {token}"} | ({"X-Munbot-Tenant": TENANT} if tenant is None else {})


def make_tenant() -> dict[str, Any]:
    """Make the municipality where it is not there, and an administrator; returns the answer of her log-in."""
    url = os.environ["MUNBOT_TEST_CONVERSATIONS_URL"]
    with httpx.Client(base_url=url, headers=issue(Role.SERVICE, None, "service:bench"), timeout=60) as http:
        made = http.post("/v1/tenants", json={"id": TENANT, "name": "Banco de pruebas", "short_name": "Pruebas"})
        if made.status_code not in (201, 409):
            raise SystemExit(f"the municipality was not made: {made.text}")
        login = {"email": f"{uuid4().hex}@pruebas.demo", "password": uuid4().hex}
        http.post("/v1/agents", json=login | {"name": "Ada", "role": "admin"}).raise_for_status()
        answer = http.post("/v1/auth/login", json=login | {"tenant": TENANT}).raise_for_status()
        return dict(answer.json())


def fill_conversations(count: int) -> None:
    """Add conversations until there are so many."""
    with hub_engine().begin() as connection:
        there = connection.scalar(text("SELECT count(*) FROM conversations WHERE tenant_id = :t"), {"t": TENANT})
        if there >= count:
            return
        connection.execute(text(_CONTACTS), {"tenant": TENANT, "count": count - there})
        connection.execute(text(_CONVERSATIONS), {"tenant": TENANT})
    with hub_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE conversations"))
        connection.execute(text("ANALYZE contacts"))


def complaints() -> Any:
    """Return the collection of complaints."""
    url = os.environ["MUNBOT_TEST_MONGO_URL"]
    return pymongo.MongoClient(url)["complaints"]["complaints"]


def fill_complaints(count: int) -> None:
    """Add copies of one real complaint, with other numbers, moments and states, until there are so many.

    One comes in every five minutes; most have an answer when their term is over, and some thousand are late.
    """
    collection = complaints()
    there = collection.count_documents({"tenant_id": TENANT})
    pattern = collection.find_one({"tenant_id": CLONED}) or real_complaint(collection)
    now = datetime.now(UTC)
    for first in range(there + 1, count + 1, BATCH):
        documents = []
        for number in range(first, min(first + BATCH, count + 1)):
            at = now - timedelta(minutes=5 * number)
            due = (at + TERM).replace(hour=3, minute=0, second=0, microsecond=0)
            status = random.choice(OPEN if random.random() < (0.7 if due > now else NEVER_ANSWERED) else SETTLED)
            state = "paused" if status == "waiting_citizen" else "running" if status in OPEN else "stopped"
            order = {"created": order_key(at, number)} | ({"due": order_key(due, number)} if state == "running" else {})
            folio = Folio(2026, number)
            category = random.choice([*CATEGORIES])
            words = [f"{random.choice(TROUBLES)} en la calle {number}"]
            documents.append(
                pattern
                | {
                    "_id": str(uuid4()),
                    "tenant_id": TENANT,
                    "year": 2026,
                    "number": number,
                    "folio": str(folio),
                    "description": words[0],
                    "search": search_text(words),
                    "terms": index_terms(words),
                    "status": status,
                    "status_since": at,
                    "settled_at": at + timedelta(days=random.randint(1, 9)),
                    "category": category,
                    "category_root": category.partition(".")[0],
                    "unit": CATEGORIES[category],
                    "assignee": random.choice(ASSIGNEES),
                    "created_at": at,
                    "order": order,
                    "clock": clock_of(pattern, state, at, due, now),
                    "pending_events": [],
                    "relay": {"pending": False},
                }
            )
        collection.insert_many(documents, ordered=False)


def clock_of(pattern: dict[str, Any], state: str, at: datetime, due: datetime, now: datetime) -> dict[str, Any]:
    """Return the term of a copy."""
    late = state == "running" and due <= now
    own = {
        "state": state,
        "entry_day": str(at.date()),
        "due_date": str((due - timedelta(days=1)).date()),
        "paused_since": at if state == "paused" else None,
        "overdue_since": due if late else None,
    }
    swept = {"sweep_at": due} if state == "running" and not late else {}
    return {name: value for name, value in pattern["clock"].items() if name != "sweep_at"} | own | swept


def real_complaint(collection: Any) -> dict[str, Any]:
    """File a complaint by API, and return its document."""
    headers = issue(Role.SERVICE, None, "service:bench") | {"X-Munbot-Tenant": CLONED, "Idempotency-Key": uuid4().hex}
    body = {
        "description": "Hay un bache grande frente a la plaza",
        "citizen": {"rut": "11.111.111-1", "name": "Vecina de prueba"},
        "category": "vialidad.bache",
    }
    url = os.environ["MUNBOT_TEST_COMPLAINTS_URL"]
    answer = httpx.post(f"{url}/v1/complaints", json=body, headers=headers, timeout=60)
    if answer.status_code != 201:
        raise SystemExit(f"no complaint could be filed: {answer.text}")
    found: dict[str, Any] = collection.find_one({"tenant_id": CLONED})
    return found


def _days_ago(days: int) -> str:
    return str(datetime.now(UTC).date() - timedelta(days=days))


LISTS = {
    "conversations, newest": ("/api/conversations/v1/conversations", {}),
    "conversations, waiting for a person": ("/api/conversations/v1/conversations", {"waiting": "true"}),
    "conversations, closed": ("/api/conversations/v1/conversations", {"status": "closed"}),
    "conversations, on WhatsApp": ("/api/conversations/v1/conversations", {"channel": "whatsapp"}),
    "conversations, where a person has the word": ("/api/conversations/v1/conversations", {"mode": "human"}),
    "conversations, mine": ("/api/conversations/v1/conversations", {"mine": "true"}),
    "conversations, others'": ("/api/conversations/v1/conversations", {"mine": "false"}),
    "conversations, to be read": ("/api/conversations/v1/conversations", {"unread": "true"}),
    "conversations, search of a name": ("/api/conversations/v1/conversations", {"q": "vecina 4711"}),
    "complaints, newest": ("/api/complaints/v1/complaints", {}),
    "complaints, in one state": ("/api/complaints/v1/complaints", {"status": "in_review"}),
    "complaints, overdue": ("/api/complaints/v1/complaints", {"overdue": "true"}),
    "complaints, by their terms": ("/api/complaints/v1/complaints", {"sort": "due"}),
    "complaints, overdue, newest first": ("/api/complaints/v1/complaints", {"overdue": "true", "sort": "created"}),
    "complaints, somebody's by their terms": ("/api/complaints/v1/complaints", {"assignee": "Ada", "sort": "due"}),
    "complaints, nobody's": ("/api/complaints/v1/complaints", {"assignee": "none"}),
    "complaints, somebody's": ("/api/complaints/v1/complaints", {"assignee": "Ada"}),
    "complaints, of a unit and a category": (
        "/api/complaints/v1/complaints",
        {"unit": "Obras", "category": "vialidad"},
    ),
    "complaints, of some days": ("/api/complaints/v1/complaints", {"from": _days_ago(40), "to": _days_ago(10)}),
    "complaints, search of a common word": ("/api/complaints/v1/complaints", {"q": "bache"}),
    "complaints, search of a rare one": ("/api/complaints/v1/complaints", {"q": "4711"}),
    "complaints, one folio": ("/api/complaints/v1/complaints", {"q": str(Folio(2026, 4711))}),
}


def measure_lists(admin: dict[str, str], rounds: int) -> dict[str, Any]:
    """Ask each list so often, and the page that follows it."""
    found = {}
    with httpx.Client(base_url=os.environ["MUNBOT_TEST_BASE_URL"], headers=admin, timeout=120) as http:
        for name, (path, query) in LISTS.items():
            times, rows = [], 0
            cursor = None
            for number in range(rounds + 3):
                more = {"cursor": cursor} if cursor and number % 2 else {}
                started = time.perf_counter()
                answer = http.get(path, params=query | more)
                elapsed = (time.perf_counter() - started) * 1000
                answer.raise_for_status()
                rows = len(answer.json()["items"]) or rows
                cursor = answer.json().get("next_cursor")
                if number >= 3:  # the first ones warm the caches
                    times.append(elapsed)
            found[name] = summary(times) | {"rows": rows}
    return found


async def measure_events(admin: dict[str, str], sockets: int, events: int) -> dict[str, Any]:
    """Begin conversations one after another; each is told to every socket."""
    told: list[tuple[str, float]] = []
    complete = asyncio.Event()
    pages = [socketio.AsyncClient(reconnection=False) for _ in range(sockets)]

    async def heard(event: dict[str, Any]) -> None:
        if event["type"] == "munbot.conversation.opened.v1":
            told.append((event["subject"], time.perf_counter()))
            if len(told) == sockets * events:
                complete.set()

    token = {"token": admin["Authorization"].removeprefix("Bearer ")}
    for page in pages:
        page.on("event", heard, namespace="/staff")
        address = os.environ["MUNBOT_TEST_BASE_URL"]
        await page.connect(address, auth=token, namespaces=["/staff"], transports=["websocket"])
    begun = await _begin(events)
    with suppress(TimeoutError):
        await asyncio.wait_for(complete.wait(), timeout=30)
    for page in pages:
        await page.disconnect()
    times = [(at - begun[subject]) * 1000 for subject, at in told if subject in begun]
    return summary(times) | {"sockets": sockets, "events": events, "missing": sockets * events - len(times)}


async def _begin(events: int) -> dict[str, float]:
    """Begin so many conversations; returns when each was asked for."""
    begun = {}
    hub, service = os.environ["MUNBOT_TEST_CONVERSATIONS_URL"], issue(Role.SERVICE, None, "service:bench")
    async with httpx.AsyncClient(base_url=hub, headers=service, timeout=60) as http:
        for number in range(events):
            asked = time.perf_counter()
            address = {"channel": "web", "account": TENANT, "address": f"bench-{uuid4()}"}
            answer = await http.post("/v1/sessions", json=address)
            begun[answer.raise_for_status().json()["conversation_id"]] = asked
            await asyncio.sleep(0.2 + 0.01 * (number % 7))
    return begun


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--complaints", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--openings", type=int, default=60, help="of each page, with an empty cache")
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--events", type=int, default=30)
    parser.add_argument("--json")
    options = parser.parse_args()
    login = make_tenant()
    admin = issue(Role.ADMIN, TENANT, login["agent"]["id"])
    began = time.perf_counter()
    fill_conversations(options.conversations)
    fill_complaints(options.complaints)
    filled = time.perf_counter() - began
    load = [round(value, 2) for value in os.getloadavg()]
    lists = measure_lists(admin, options.rounds)
    paint = measure_paint(os.environ["MUNBOT_TEST_BASE_URL"], login, options.openings)
    live = asyncio.run(measure_events(admin, options.sockets, options.events))
    result = {
        "bench": "dashboard",
        "conversations": options.conversations,
        "complaints": options.complaints,
        "filled_in_seconds": round(filled, 1),
        "load_average_before": load,
        "lists": lists,
        "first_paint": paint,
        "event_to_open_page": live,
    }
    write(options.json, result)
    print(f"\nMachine: {result['machine']}; load average before {load[0]}")
    title = f"Lists of {options.conversations:,} conversations and {options.complaints:,} complaints, through nginx"
    print_table(title, [{"list": name, **row} for name, row in lists.items()])
    print_table("First meaningful paint, empty cache", [{"page": name, **row} for name, row in paint.items()])
    print_table("From the request to an open page", [{"what": "an event", **live}])
    return 1 if live["missing"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
