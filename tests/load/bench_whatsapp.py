"""WhatsApp: how long a webhook takes, and how long until the provider is called with the answer; nothing may be lost.

Plays Meta towards the bridge: signed webhooks at an even pace, each at its moment whether or not those before were
answered; times count from that moment. One that is not taken is repeated, as Meta does. Answers go to the simulator's
telephones, which know when the bridge called. What one citizen writes within two seconds is one turn, so an answer
comes two seconds after the last word at the earliest. First calmly, as many as can be answered at once; then more.

    .venv/bin/python tests/load/bench_whatsapp.py --rate 50 --seconds 60 --json bench-results/whatsapp.json
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import random
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from sqlalchemy import create_engine, text
from support import print_table, summary, write

WORDS = (
    "hola",
    "¿qué puede hacer usted?",
    "¿dónde queda la oficina de tránsito?",
    "¿qué horario tienen?",
    "¿qué papeles necesito para renovar la licencia?",
    "muchas gracias",
    "chao",
)
ACCOUNT, NUMBER_ID = "valle-claro", "100000000000001"
WHAT = {
    "webhook": "webhook, until it is answered",
    "webhook_to_stored": "webhook to the hub's row",
    "webhook_to_send_call": "webhook to the provider's send call",
    "last_word_to_send_call": "the same, last word of a turn",
}
TRIES = 8
CONNECTIONS = 100
DRAIN_SECONDS = 900.0

_TURNS = """
SELECT asked.provider_message_id AS wamid, asked.created_at AS stored_at, asked.outcome,
       coalesce(asked.joined_into, asked.id)::text AS turn, first.id::text AS reply
FROM messages asked
LEFT JOIN messages first ON first.in_reply_to = coalesce(asked.joined_into, asked.id) AND first.sender_type = 'bot'
                         AND first.turn_index = 0
WHERE asked.provider_message_id = ANY(:wamids)
"""
_PENDING = """
SELECT count(*) FILTER (WHERE provider_message_id = ANY(:wamids)) AS stored,
       count(*) FILTER (WHERE state = 'pending') AS pending
FROM messages
"""
_PARTS = """
SELECT delivery_id::text AS reply, id::text AS reference FROM parts
WHERE delivery_id = ANY(CAST(:replies AS uuid[])) AND number = 0
"""
_OPEN_PARTS = "SELECT count(*) FROM parts WHERE state IN ('queued', 'sending')"


@dataclass
class Sent:
    """One message: when it was told first (seconds since the epoch), how long that took, how often it was told."""

    wamid: str
    at: float
    milliseconds: float
    tries: int


def database(name: str) -> Any:
    """Return an engine for one service's database."""
    return create_engine(urlunsplit(urlsplit(os.environ["MUNBOT_TEST_POSTGRES_URL"])._replace(path=f"/{name}")))


def webhook(phone: str, wamid: str, words: str) -> bytes:
    """Return Meta's body of a text message."""
    message = {
        "from": phone,
        "id": wamid,
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": words},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "56222340001", "phone_number_id": NUMBER_ID},
        "contacts": [{"profile": {"name": "Vecina de prueba"}, "wa_id": phone}],
        "messages": [message],
    }
    change = {"field": "messages", "value": value}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}).encode()


async def tell_all(bridge: str, secret: str, phones: list[str], *, rate: float, seconds: float) -> list[Sent]:
    """Send `rate` messages a second for so many seconds, of citizens at random.

    Each of `CONNECTIONS` has a client of its own: one pool searches all its connections for each request, which took
    more of the machine than the platform did.
    """
    planned: asyncio.Queue[float] = asyncio.Queue()
    start = time.perf_counter() + 1
    for number in range(int(rate * seconds)):
        planned.put_nowait(start + number / rate)
    context = httpx.create_ssl_context(verify=False)

    async def keep_telling() -> list[Sent]:
        sent: list[Sent] = []
        async with httpx.AsyncClient(base_url=bridge, timeout=15, verify=context) as http:
            while not planned.empty():
                sent.append(await tell(http, secret, random.choice(phones), planned.get_nowait()))
        return sent

    told = await asyncio.gather(*(keep_telling() for _ in range(CONNECTIONS)))
    return [message for some in told for message in some]


async def tell(http: httpx.AsyncClient, secret: str, phone: str, planned: float) -> Sent:
    """Tell of one message at its moment, as often as it takes."""
    wamid = f"wamid.{secrets.token_hex(20)}"
    body = webhook(phone, wamid, random.choice(WORDS))
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    await asyncio.sleep(planned - time.perf_counter())
    at, took = time.time(), None
    for tries in range(1, TRIES + 1):
        try:
            answer = await http.post(f"/webhooks/whatsapp/meta/{ACCOUNT}", content=body, headers=headers)
            taken = answer.status_code == 200
        except httpx.TransportError:
            taken = False
        took = took or (time.perf_counter() - planned) * 1000
        if taken:
            return Sent(wamid, at, took, tries)
        await asyncio.sleep(2**tries)
    raise SystemExit(f"a webhook was refused {TRIES} times")


def warm_up(simulator: httpx.Client, phones: list[str]) -> None:
    """Let every citizen greet once, which makes their telephone and opens the day in which they may be written to."""
    for phone in phones:
        simulator.put(f"/phones/{phone}", json={"name": "Vecina de prueba"}).raise_for_status()
        hello = {"type": "text", "text": "hola", "account": ACCOUNT}
        simulator.post(f"/phones/{phone}/messages", json=hello).raise_for_status()
    for phone in phones:
        deadline = time.monotonic() + 120
        while not shown(simulator, phone):
            if time.monotonic() > deadline:
                raise SystemExit("no answer to a greeting within two minutes")
            time.sleep(0.2)


def shown(simulator: httpx.Client, phone: str) -> dict[str, float]:
    """Return when the bridge called with each message on a telephone, by its reference."""
    entries = simulator.get(f"/phones/{phone}/messages").json()["messages"]
    return {
        entry["reference"]: datetime.fromisoformat(entry["at"]).timestamp()
        for entry in entries
        if entry["author"] == "office"
    }


def drain(hub: Any, bridge: Any, wamids: list[str]) -> float:
    """Wait until all is stored, answered and handed over; returns seconds."""
    started = time.perf_counter()
    while time.perf_counter() - started < DRAIN_SECONDS:
        with hub.connect() as connection:
            stored, pending = connection.execute(text(_PENDING), {"wamids": wamids}).one()
        if stored == len(wamids) and not pending:
            time.sleep(1)  # what was decided last is still on its way to the bridge
            with bridge.connect() as connection:
                if not connection.scalar(text(_OPEN_PARTS)):
                    break
        time.sleep(0.5)
    return time.perf_counter() - started


def measure(sent: list[Sent], simulator: httpx.Client, phones: list[str], hub: Any, bridge: Any) -> dict[str, Any]:
    """Find each message's answer on a telephone; returns times and what is missing."""
    by_wamid = {message.wamid: message for message in sent}
    with hub.connect() as connection:
        turns = connection.execute(text(_TURNS), {"wamids": list(by_wamid)}).all()
    replies = [turn.reply for turn in turns if turn.reply]
    with bridge.connect() as connection:
        reference = {part.reply: part.reference for part in connection.execute(text(_PARTS), {"replies": replies})}
    called = {name: at for phone in phones for name, at in shown(simulator, phone).items()}
    answered, last_words, stored, unanswered = [], [], [], 0
    for turn in turns:
        began = by_wamid[turn.wamid].at
        stored.append((turn.stored_at.timestamp() - began) * 1000)
        at = called.get(reference.get(turn.reply, ""))
        if at is None:
            unanswered += 1
            continue
        answered.append((at - began) * 1000)
        if turn.outcome == "answered":
            last_words.append(answered[-1])
    return {
        "lost": len(sent) - len({turn.wamid for turn in turns}),
        "stored_twice": len(turns) - len({turn.wamid for turn in turns}),
        "unanswered": unanswered,
        "turns": len({turn.turn for turn in turns}),
        "webhook": summary([message.milliseconds for message in sent]),
        "webhook_to_stored": summary(stored),
        "webhook_to_send_call": summary(answered),
        "last_word_to_send_call": summary(last_words),
    }


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rate", type=float, default=50, help="messages a second")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("MUNBOT_BENCH_SECONDS", "60")))
    parser.add_argument("--calm-rate", type=float, default=3, help="messages a second that the machine can answer")
    parser.add_argument("--calm-seconds", type=float, default=30)
    parser.add_argument("--citizens", type=int, default=100)
    parser.add_argument("--json")
    options = parser.parse_args()
    secret = (Path(os.environ["MUNBOT_TEST_SECRETS_DIR"]) / "simulator_secret").read_text(encoding="utf-8").strip()
    simulator = httpx.Client(base_url=f"{os.environ['MUNBOT_TEST_SIMULATOR_URL']}/simulator/api", timeout=60)
    phones = [f"569{number}" for number in random.sample(range(10_000_000, 100_000_000), options.citizens)]
    hub, bridge = database("conversations"), database("whatsapp")
    warm_up(simulator, phones)

    def phase(rate: float, seconds: float) -> dict[str, Any]:
        load = round(os.getloadavg()[0], 2)
        url = os.environ["MUNBOT_TEST_WHATSAPP_URL"]
        sent = asyncio.run(tell_all(url, secret, phones, rate=rate, seconds=seconds))
        busy = round(os.getloadavg()[0], 2)
        drained = drain(hub, bridge, [message.wamid for message in sent])
        return {
            "rate": rate,
            "seconds": seconds,
            "messages": len(sent),
            "repeated": sum(message.tries > 1 for message in sent),
            "drained_after_seconds": round(drained, 1),
            "load_average": [load, busy],
            **measure(sent, simulator, phones, hub, bridge),
        }

    phases = [phase(options.calm_rate, options.calm_seconds), phase(options.rate, options.seconds)]
    result = {"bench": "whatsapp", "citizens": options.citizens, "phases": phases}
    write(options.json, result)
    print(f"\nMachine: {result['machine']}; everything is on it, this script too")
    for found in phases:
        title = f"{found['messages']} messages of {options.citizens} citizens, {found['rate']:g} a second"
        print_table(title, [{"what": words, **found[name]} for name, words in WHAT.items()])
        print(
            f"\n  in {found['turns']} turns; lost {found['lost']}, stored twice {found['stored_twice']}, "
            f"unanswered {found['unanswered']}; webhooks told again {found['repeated']}; all answered "
            f"{found['drained_after_seconds']:.0f} s after the last one; load average {found['load_average']}"
        )
    return 1 if any(found["lost"] or found["stored_twice"] or found["unanswered"] for found in phases) else 0


if __name__ == "__main__":
    raise SystemExit(main())
