"""Who holds data about people, and how all of them are asked.

Each service answers for its own store (`munbot_contracts.people`). They are asked in this order, and it matters when
erasing: the conversations and the agenda know under which telephones and addresses a person is known elsewhere. They
come last, so that whoever is interrupted can begin again and still finds the rest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from munbot_contracts.envelope import Contract
from munbot_contracts.people import (
    Erased,
    Exported,
    Found,
    Marks,
    Matches,
    Person,
    Rectification,
    Rectified,
)

from munbot_cli.errors import MunbotError

__all__ = ["OWNERS", "Erasing", "Owners"]

OWNERS = {
    "broker": "/api/operations",
    "lake": "/api/data-lake",
    "notifications": "/api/notifications",
    "whatsapp": "/api/whatsapp",
    "complaints": "/api/complaints",
    "scheduler": "/api/scheduler",
    "conversations": "/api/conversations",
}
_ROUNDS = 5
_PASSES = 8
_PAUSE_SECONDS = 1.5

TAnswer = TypeVar("TAnswer", bound=Contract)


@dataclass(slots=True)
class Erasing:
    """What became of an erasure. `left`: what was found afterwards; nothing, when all went well."""

    answers: list[Erased] = field(default_factory=list)
    left: list[Found] = field(default_factory=list)
    passes: int = 0


class Owners:
    """Asks all owners of one municipality.

    Args:
        door: a client of nginx that speaks as one of our services.
        tenant: the municipality.
        pause: waits; for tests.
    """

    def __init__(self, door: httpx.Client, tenant: str, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._door = door
        self._tenant = tenant
        self._pause = pause

    def find(self, person: Person) -> tuple[Person, list[Found]]:
        """Ask everybody, and again with what was learnt, until nobody knows more; returns the person as known then."""
        for _ in range(_ROUNDS):
            found = [self._ask(name, "find", person, Found) for name in OWNERS]
            known = person
            for answer in found:
                known = known.with_all_of(answer.known)
            if known == person:
                break
            person = known
        return person, found

    def export(self, person: Person) -> list[Exported]:
        """Get all there is."""
        return [self._ask(name, "export", person, Exported) for name in OWNERS]

    def rectify(self, wish: Rectification) -> list[Rectified]:
        """Have everybody put right what is wrong."""
        return [self._ask(name, "rectify", wish, Rectified) for name in OWNERS]

    def erase(self, person: Person, tell: Callable[[str], None] = lambda _: None) -> Erasing:
        """Have everybody erase the person, again and again until nobody finds anything.

        What was on its way between services arrives somewhere after the first pass; the next one finds it there.
        """
        done = Erasing()
        for done.passes in range(1, _PASSES + 1):
            for name in OWNERS:
                tell(f"{name}, pass {done.passes}")
                done.answers.append(self._ask(name, "erase", person, Erased))
            self._pause(_PAUSE_SECONDS)
            person, found = self.find(person)
            done.left = [answer for answer in found if answer.total]
            if not done.left:
                break
        return done

    def match(self, marks: Marks) -> list[str]:
        """Return the RUTs of erased people who are somewhere again."""
        ruts: dict[str, None] = {}
        for name in OWNERS:
            ruts |= dict.fromkeys(self._ask(name, "match", marks, Matches).ruts)
        return list(ruts)

    def _ask(self, owner: str, what: str, body: Contract, answer: type[TAnswer]) -> TAnswer:
        path = f"{OWNERS[owner]}/v1/privacy/{what}"
        headers = {"X-Munbot-Tenant": self._tenant}
        try:
            response = self._door.post(path, json=body.model_dump(mode="json"), headers=headers)
        except httpx.HTTPError as error:
            raise MunbotError(f"{owner} does not answer: {type(error).__name__}. Nothing is lost: try again") from error
        if not response.is_success:
            raise MunbotError(f"{owner} refused ({response.status_code}): {_detail(response)}")
        return answer.model_validate_json(response.content)


def counted(answers: Iterable[Erased]) -> dict[str, dict[str, int]]:
    """Sum up what was erased and what was cleaned, by place."""
    sums: dict[str, dict[str, int]] = {}
    for answer in answers:
        for what, holdings in (("erased", answer.erased), ("cleaned", answer.cleaned)):
            for one in holdings:
                place = sums.setdefault(one.store, {"erased": 0, "cleaned": 0})
                place[what] += one.count
    return sums


def _detail(response: httpx.Response) -> str:
    try:
        body: dict[str, Any] = response.json()
        return str(body.get("detail") or body.get("code") or "")
    except ValueError:
        return ""
