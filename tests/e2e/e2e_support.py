"""What the end-to-end tests share: a citizen at the chat, an official, and the platform behind them."""

from __future__ import annotations

import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
import socketio
from munbot_cli.testing.official import Official, demo_login
from stdnum.cl import rut as rut_numbers

TENANT, OTHER_TENANT = "valle-claro", "punta-brava"
WAIT_SECONDS = 25
PATIENCE_SECONDS = 90.0
T = TypeVar("T")


def until(look: Callable[[], T | None], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """Look again and again until there is something; fail with `what` when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.1)


def new_rut() -> str:
    """Return a valid RUT of nobody, different on each call."""
    number = str(secrets.randbelow(9_000_000) + 12_000_000)
    return f"{number}-{rut_numbers.calc_check_digit(number)}"


def together(count: int, act: Callable[[int], T]) -> list[T]:
    """Run `act(0..count-1)` in threads that start at the same moment; return the results in order."""
    barrier, results, failures = threading.Barrier(count), [None] * count, []

    def run(index: int) -> None:
        try:
            barrier.wait(30)
            results[index] = act(index)
        except BaseException as error:  # noqa: BLE001 - shown by the assert below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    return results


@dataclass
class Visitor:
    """A citizen at the web chat, over plain HTTP."""

    base_url: str
    tenant: str = TENANT
    session_key: str = field(default_factory=lambda: secrets.token_hex(16))
    token: str = ""
    conversation_id: str = ""

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base_url, timeout=60)
        answer = self.http.post("/api/chat/sessions", json={"tenant": self.tenant, "session_key": self.session_key})
        assert answer.status_code == 201, answer.text
        self.token, self.conversation_id = answer.json()["token"], answer.json()["conversation_id"]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def post(
        self, text: str, *, payload: str | None = None, key: str | None = None, wait: float | None = WAIT_SECONDS
    ) -> httpx.Response:
        """Send a message and return the raw answer."""
        headers = {"Idempotency-Key": key} if key else {}
        body = {"text": text, **({"payload": payload} if payload else {})}
        query = {"wait": wait} if wait else {}
        return self.http.post("/api/chat/messages", json=body, headers=headers, params=query)

    def say(self, text: str, *, payload: str | None = None, key: str | None = None) -> list[dict[str, Any]]:
        """Send a message and return the bubbles that answer it."""
        answer = self.post(text, payload=payload, key=key)
        assert answer.status_code == 200, answer.text
        assert answer.json()["outcome"] == "answered", answer.text
        return answer.json()["messages"]

    def history(self, after_seq: int = 0) -> list[dict[str, Any]]:
        """Return the conversation after a place."""
        answer = self.http.get("/api/chat/messages", params={"after_seq": after_seq})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def replies_to(self, message_id: str) -> list[dict[str, Any]]:
        """Return what has been answered to one message so far."""
        return [item for item in self.history() if item["in_reply_to"] == message_id]

    def insist(self, text: str, *, payload: str | None = None) -> list[dict[str, Any]]:
        """Say something while processes die: repeat under one key until it is taken, then wait for its replies."""
        key = secrets.token_hex(12)

        def send() -> dict[str, Any] | None:
            try:
                answer = self.post(text, payload=payload, key=key, wait=5)
            except httpx.TransportError:
                return None
            return answer.json() if answer.status_code == 200 else None

        message_id = until(send, f"«{text}» taken")["message_id"]

        def answered() -> list[dict[str, Any]] | None:
            try:
                found = self.replies_to(message_id)
            except (httpx.TransportError, AssertionError):
                return None
            # The notice that the answer will come later is not the answer.
            return [item for item in found if item["sender_type"] != "system"] or None

        return until(answered, f"an answer to «{text}»")


class Link:
    """A citizen's Socket.IO connection, which keeps what it hears."""

    def __init__(self, visitor: Visitor, last_seq: int = 0) -> None:
        self.bubbles: list[dict[str, Any]] = []
        self._client = socketio.Client(reconnection=False)
        self._client.on("bot_message", self.bubbles.append)
        self._client.connect(
            visitor.base_url,
            auth={"token": visitor.token, "last_seq": last_seq},
            transports=["websocket"],
            wait_timeout=20,
        )

    def utter(self, text: Any, client_message_id: str | None = None) -> dict[str, Any]:
        """Send a message and return the acknowledgement."""
        data = {"message": text, **({"client_message_id": client_message_id} if client_message_id else {})}
        return self._client.call("user_uttered", data, timeout=30)

    def rate(self, message_id: str, value: str) -> dict[str, Any]:
        """Say whether an answer was of use, and return the acknowledgement."""
        return self._client.call("message_feedback", {"message_id": message_id, "value": value}, timeout=30)

    def call_raw(self, data: Any) -> dict[str, Any]:
        """Send whatever it is as a message."""
        return self._client.call("user_uttered", data, timeout=30)

    def close(self) -> None:
        """Go away."""
        self._client.disconnect()


@contextmanager
def linked(visitor: Visitor, last_seq: int = 0) -> Iterator[Link]:
    """Hold a socket open."""
    link = Link(visitor, last_seq)
    try:
        yield link
    finally:
        link.close()


def press(bubbles: list[dict[str, Any]], part: str) -> dict[str, str] | None:
    """Find the first button whose payload contains `part`."""
    buttons = [button for bubble in bubbles for button in bubble.get("buttons") or ()]
    return next((button for button in buttons if part in button["payload"]), None)


@dataclass
class Booking:
    """A citizen on the way to an appointment, answering whatever is asked."""

    visitor: Visitor
    rut: str = field(default_factory=new_rut)
    turns: int = 0

    def start(self, say: Callable[..., list[dict[str, Any]]]) -> list[dict[str, Any]]:
        """Ask for an hour."""
        return say("quiero pedir hora para renovar la licencia de conducir")

    def go_on(
        self, bubbles: list[dict[str, Any]], say: Callable[..., list[dict[str, Any]]]
    ) -> tuple[bool, list[dict[str, Any]]]:
        """Take the next step; tells whether the hour is booked by now."""
        self.turns += 1
        assert self.turns < 15, f"the dialogue goes round in circles: {bubbles}"
        text = " ".join(bubble["text"] for bubble in bubbles)
        if "Su código es" in text:
            return True, bubbles
        if procedure := press(bubbles, '"procedure"'):
            return False, say(procedure["title"], payload=procedure["payload"])
        if slot := press(bubbles, "slot_start"):
            return False, say(slot["title"], payload=slot["payload"])
        if yes := press(bubbles, "affirm"):
            return False, say(yes["title"], payload=yes["payload"])
        if "RUT" in text and "?" in text:
            return False, say(self.rut)
        if "teléfono" in text.lower():
            return False, say("98765 4321")
        if "nombre" in text.lower():
            return False, say("Marcela Soto")
        return False, say("sí")

    def finish(self, bubbles: list[dict[str, Any]], say: Callable[..., list[dict[str, Any]]]) -> None:
        """Go on until the bot tells the code."""
        done = False
        while not done:
            done, bubbles = self.go_on(bubbles, say)


@dataclass(frozen=True)
class Platform:
    """The running platform, from the MUNBOT_TEST_* variables."""

    base_url: str
    secrets_dir: Path

    @classmethod
    def from_environment(cls) -> Platform | None:
        """Find it, or None."""
        base = os.environ.get("MUNBOT_TEST_BASE_URL")
        return cls(base, Path(os.environ.get("MUNBOT_TEST_SECRETS_DIR", "."))) if base else None

    def secret(self, name: str) -> str:
        """Read a generated secret."""
        return (self.secrets_dir / name).read_text(encoding="utf-8").strip()

    def login(self, tenant: str, who: str) -> httpx.Client:
        """Return a client that is logged in as `admin`, `agente` or `lectura`."""
        official = Official(self.base_url, demo_login(tenant, who))
        client = httpx.Client(base_url=self.base_url, timeout=60, auth=official)
        assert client.get("/api/conversations/v1/auth/me").status_code == 200
        return client


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    """Check that an answer is a problem document in Spanish, and return it."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    problem = json.loads(answer.content)
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["detail"]
    return problem
