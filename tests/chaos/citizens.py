"""Citizens with telephones of the simulator, who write in bursts."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
from dialogue_phone import picture
from judgement import Written

WORDS = (
    "hola",
    "buenas tardes",
    "¿qué puede hacer usted?",
    "¿qué horario tienen?",
    "¿dónde queda la oficina de tránsito?",
    "¿qué papeles necesito para renovar la licencia?",
    "¿atienden los sábados?",
    "muchas gracias",
    "perfecto, muy amable",
    "chao",
)
"""Nothing that asks for a person: then the bot would be silent, as it should."""
TAKEN_SECONDS = 1200.0
"""Only so that a test ends: while the broker is away a webhook is repeated more and more rarely."""
SHORT = httpx.Limits(keepalive_expiry=1)
"""Connections are left before the simulator leaves them: at that very moment a request would fail."""
LONGEST_BURST = 4
PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Plan:
    """How much is written, and by whom.

    Args:
        messages: in all.
        citizens: who write them, at the same time.
        seed: of their numbers, words and pauses.
    """

    messages: int
    citizens: int
    seed: int

    def shares(self) -> list[int]:
        """Return how many messages each citizen writes."""
        return [len(range(number, self.messages, self.citizens)) for number in range(self.citizens)]

    def phones(self) -> list[str]:
        """Return their numbers."""
        numbers = random.Random(self.seed).sample(range(10_000_000, 100_000_000), self.citizens)
        return [f"569{number}" for number in numbers]


class Citizen:
    """One of them."""

    def __init__(self, simulator: str, account: str, phone: str, seed: str) -> None:
        self._http = httpx.Client(base_url=f"{simulator}/simulator/api", timeout=60, limits=SHORT)
        self._account = account
        self.phone = phone
        self._chance = random.Random(seed)
        self._seq = 0
        self._taken: set[str] = set()

    def live(self, share: int) -> list[Written]:
        """Write so many messages, burst by burst."""
        self._http.put(f"/phones/{self.phone}", json={"name": "Vecina de prueba"}).raise_for_status()
        written: list[Written] = []
        burst = 0
        while len(written) < share:
            time.sleep(self._chance.uniform(0, PAUSE_SECONDS))
            size = min(self._chance.randint(1, LONGEST_BURST), share - len(written))
            now = [self._write(burst) for _ in range(size)]
            written += now
            self._wait_until_taken({message.wamid for message in now})
            burst += 1
        return written

    def _write(self, burst: int) -> Written:
        time.sleep(self._chance.uniform(0, 0.8))
        draw = self._chance.random()
        if draw < 0.06:
            form = {"account": self._account, "kind": "image"}
            files = {"file": ("foto.png", picture(), "image/png")}
            answer = self._http.post(f"/phones/{self.phone}/files", data=form, files=files)
        else:
            body: dict[str, object] = {"type": "text", "text": self._chance.choice(WORDS)}
            if draw < 0.12:
                body = {"type": "location", "location": {"latitude": -33.4027, "longitude": -70.5721}}
            answer = self._http.post(f"/phones/{self.phone}/messages", json=body | {"account": self._account})
        assert answer.status_code == 201, f"{answer.status_code} {answer.text}"
        entry = answer.json()
        return Written(self.phone, entry["id"], entry["kind"], entry["text"], burst)

    def _wait_until_taken(self, wamids: set[str]) -> None:
        """Wait until the platform has said of each, at least once, that it will not be lost."""
        deadline = time.monotonic() + TAKEN_SECONDS
        while not wamids <= self._taken:
            assert time.monotonic() < deadline, f"{self.phone}: {len(wamids - self._taken)} webhooks were not taken"
            query = {"since": self._seq, "wait": 20}
            answer = self._http.get(f"/phones/{self.phone}/messages", params=query)
            answer.raise_for_status()
            changes = answer.json()
            self._seq = changes["seq"]
            self._taken |= {entry["id"] for entry in changes["messages"] if entry["status"] != "sent"}


def write_all(simulator: str, plan: Plan) -> list[Written]:
    """Let all citizens write, side by side, to the offices in turn; returns what they wrote."""
    accounts = [item["slug"] for item in httpx.get(f"{simulator}/simulator/api/accounts", timeout=60).json()["items"]]
    citizens = [
        Citizen(simulator, accounts[number % len(accounts)], phone, f"{plan.seed}-{number}")
        for number, phone in enumerate(plan.phones())
    ]
    with ThreadPoolExecutor(max_workers=plan.citizens) as pool:
        lives = pool.map(lambda citizen, share: citizen.live(share), citizens, plan.shares())
        return [message for life in lives for message in life]
