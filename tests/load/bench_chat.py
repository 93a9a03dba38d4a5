"""A chat turn through nginx and Socket.IO, beside Rasa's bare REST channel on the same messages in the same run.

A turn is the time from `user_uttered` to the last bubble of its reply. The bare turn is one POST to Rasa's REST
channel, with the same text and metadata, for a sender of its own. At one citizen the two alternate, so that their
difference is our share. Without an address of Rasa (in containers it has none) only Munbot is asked.

    .venv/bin/python tests/load/bench_chat.py --base-url URL --rasa-url URL --json bench-results/chat.json
"""

import argparse
import os
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import httpx
import socketio
from support import print_table, summary, write

SCRIPT = [
    ("talk", "hola"),
    ("talk", "¿qué puedes hacer?"),
    ("action", "¿dónde queda la oficina de tránsito?"),
    ("action", "quiero pedir hora para renovar mi licencia"),
    ("action", "¿y qué papeles tengo que llevar?"),
    ("action", "mañana en la mañana"),
    ("action", "no, mejor el jueves"),
    ("action", "olvídalo, no quiero nada"),
    ("talk", "muchas gracias"),
    ("talk", "chao"),
]
TURN_SECONDS = 30.0


class Citizen:
    """One chat in a browser, seen from its socket."""

    def __init__(self, base_url: str, tenant: str) -> None:
        session = httpx.post(f"{base_url}/api/chat/sessions", json={"tenant": tenant}, timeout=30)
        session.raise_for_status()
        self.token = session.json()["token"]
        self.conversation_id = session.json()["conversation_id"]
        self._done = threading.Event()
        self._expected: str | None = None
        self._got: dict[str, set[int]] = defaultdict(set)
        self._socket = socketio.Client()
        self._socket.on("bot_message", self._on_message)
        self._socket.connect(base_url, auth={"token": self.token, "last_seq": 0}, transports=["websocket"])

    def _on_message(self, message: dict[str, Any]) -> None:
        replies = self._got[str(message["in_reply_to"])]
        replies.add(message["turn_index"])
        if str(message["in_reply_to"]) == self._expected and len(replies) == message["turn_count"]:
            self._done.set()

    def turn(self, text: str) -> float | None:
        """Say something and wait for the whole reply; returns milliseconds, None when none came in time."""
        client_id = str(uuid.uuid4())
        self._done.clear()
        self._expected = None
        started = time.perf_counter()

        def acknowledged(answer: dict[str, Any]) -> None:
            self._expected = answer.get("message_id")
            replies = self._got.get(str(self._expected), set())
            if replies:  # the reply was quicker than the acknowledgement
                self._done.set()

        self._socket.emit("user_uttered", {"message": text, "client_message_id": client_id}, callback=acknowledged)
        if not self._done.wait(TURN_SECONDS):
            return None
        return (time.perf_counter() - started) * 1000

    def close(self) -> None:
        """Leave."""
        self._socket.disconnect()


class Bare:
    """The same messages, straight to Rasa."""

    def __init__(self, rasa_url: str, tenant: str) -> None:
        self._http = httpx.Client(base_url=rasa_url, timeout=TURN_SECONDS)
        self._tenant = tenant
        self._sender = str(uuid.uuid4())

    def turn(self, text: str) -> float:
        """Ask Rasa and return milliseconds."""
        started = time.perf_counter()
        self._http.post(
            "/webhooks/rest/webhook",
            json={
                "sender": self._sender,
                "message": text,
                "metadata": {
                    "message_id": str(uuid.uuid4()),
                    "tenant": self._tenant,
                    "channel": "web",
                    "conversation_id": self._sender,
                    "timezone": "America/Santiago",
                },
            },
        ).raise_for_status()
        return (time.perf_counter() - started) * 1000


class Tally:
    """Times of turns by who answered and by kind of turn; filled from several threads."""

    def __init__(self) -> None:
        self.times: dict[str, dict[str, list[float]]] = {"munbot": defaultdict(list), "rasa": defaultdict(list)}
        self.unanswered: list[str] = []
        self._lock = threading.Lock()

    def note(self, who: str, kind: str, took: float | None, text: str) -> None:
        """Count one turn; None took no answer."""
        with self._lock:
            if took is None:
                self.unanswered.append(text)
            else:
                self.times[who][kind].append(took)
                self.times[who]["all"].append(took)


def measure(base_url: str, rasa_url: str | None, tenant: str, citizens: int, rounds: int) -> dict[str, Any]:
    """Run `citizens` chats at once, then as many bare ones; at one citizen they alternate turn by turn."""
    tally = Tally()

    def chat(bare_url: str | None) -> None:
        for _ in range(rounds):
            citizen, bare = Citizen(base_url, tenant), Bare(bare_url, tenant) if bare_url else None
            for kind, text in SCRIPT:
                tally.note("munbot", kind, citizen.turn(text), text)
                if bare:
                    tally.note("rasa", kind, bare.turn(text), text)
            citizen.close()

    def only_bare(bare_url: str) -> None:
        for _ in range(rounds):
            bare = Bare(bare_url, tenant)
            for kind, text in SCRIPT:
                tally.note("rasa", kind, bare.turn(text), text)

    if citizens == 1:
        chat(rasa_url)
    else:
        run_threads(citizens, lambda: chat(None))
        if rasa_url:
            run_threads(citizens, lambda: only_bare(rasa_url))
    return {
        "citizens": citizens,
        "unanswered": len(tally.unanswered),
        **{
            who: {kind: summary(kinds[kind]) for kind in ("all", "talk", "action")}
            for who, kinds in tally.times.items()
            if who == "munbot" or rasa_url
        },
    }


def run_threads(count: int, work: Callable[[], None]) -> None:
    """Run `work` in `count` threads and wait for all."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--base-url", default=os.environ.get("MUNBOT_TEST_BASE_URL", "http://localhost:8080"))
    parser.add_argument("--rasa-url", default=os.environ.get("MUNBOT_TEST_RASA_URL"), required=False)
    parser.add_argument("--tenant", default="valle-claro")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--citizens", type=int, nargs="*", default=[1, 4, 16])
    parser.add_argument("--json")
    arguments = parser.parse_args()
    measure(arguments.base_url, arguments.rasa_url, arguments.tenant, 1, 1)  # warm-up, not counted
    runs = [
        measure(arguments.base_url, arguments.rasa_url, arguments.tenant, count, max(2, arguments.rounds // count * 2))
        for count in arguments.citizens
    ]
    rows = [
        {"citizens": run["citizens"], "who": who, "turns": kind, **run[who][kind]}
        for run in runs
        for who in ("munbot", "rasa")
        if who in run
        for kind in ("all", "talk", "action")
    ]
    peer = ", and Rasa's bare REST channel" if arguments.rasa_url else ""
    print_table(f"Chat turn: Munbot through nginx and Socket.IO{peer}", rows)
    result: dict[str, Any] = {"runs": runs}
    if arguments.rasa_url:
        one = runs[0]
        result["own_share_p50_ms"] = round(one["munbot"]["all"]["p50_ms"] - one["rasa"]["all"]["p50_ms"], 1)
        print(f"\n  our own share at one citizen, p50: {result['own_share_p50_ms']} ms")
    print(f"\n  turns without an answer: {sum(run['unanswered'] for run in runs)}")
    write(arguments.json, result)


if __name__ == "__main__":
    main()
