"""Everything that one turn of a conversation works with."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Any

from munbot_common.chile import format_rut

from munbot_actions.dialogue.reply import Bubble, Button, Texts
from munbot_actions.dialogue.state import Attempt, State
from munbot_actions.protocol import Turn
from munbot_actions.services.complaints import Categories, Complaints
from munbot_actions.services.conversations import Conversations
from munbot_actions.services.knowledge import Knowledge
from munbot_actions.services.models import Office, Procedure
from munbot_actions.services.scheduler import Catalogue, Scheduler
from munbot_actions.spanish_dates import say_date, say_time
from munbot_actions.understanding.message import Message


@dataclass(frozen=True)
class Services:
    """The rooms that the dialogue asks."""

    scheduler: Scheduler
    complaints: Complaints
    conversations: Conversations
    knowledge: Knowledge


def payload(intent: str, **entities: str) -> str:
    """Write a button's payload: `/inform{"slot_start":"…"}`."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False, separators=(',', ':'))}" if entities else f"/{intent}"


@dataclass
class Talk:
    """One turn: what was said, what is known, whom to ask, and what is answered."""

    turn: Turn
    state: State
    services: Services
    texts: Texts
    message: Message
    bubbles: list[Bubble] = field(default_factory=list)
    unanswered: dict[str, Any] | None = None

    @property
    def tenant(self) -> str:
        """Give the tenant's id."""
        return self.turn.tenant

    @property
    def now(self) -> datetime:
        """Give the time of the message on the tenant's clock."""
        return self.turn.local_now

    @property
    def zone(self) -> tzinfo:
        """Give the tenant's zone."""
        return self.turn.zone

    @property
    def catalogue(self) -> Catalogue:
        """Give procedures and offices."""
        return self.services.scheduler.catalogue(self.tenant)

    @property
    def categories(self) -> Categories:
        """Give the complaint categories."""
        return self.services.complaints.categories(self.tenant)

    def hear_instead(self, text: str, intent: str) -> None:
        """Go on as if `text` had been written now with this intent (a wish that was remembered)."""
        self.message = Message(text, self.now)
        self.turn = replace(self.turn, intent=intent, entities={}, pressed=False)

    def say(self, key: str, *buttons: Button, **values: object) -> None:
        """Add a bubble; where a channel has words of its own for it (`<key>_<channel>`), with those."""
        own = f"{key}_{self.turn.channel}"
        self.bubbles.append(Bubble(self.texts.get(own if self.texts.has(own) else key, **values), list(buttons)))

    def ask(self, question: str, key: str, *buttons: Button, **values: object) -> None:
        """Add a bubble that asks, and note what is asked.

        From the second time on it is asked in other words (`<key>_again`), where there are such.
        """
        again = f"{key}_again"
        repeated = self.state.asked == question and self.texts.has(again)
        self.state.asked = question
        self.say(again if repeated else key, *buttons, **values)

    def button(self, key: str, intent: str, **entities: str) -> Button:
        """Make a button with a title from the texts."""
        return Button(self.texts.get(f"buttons.{key}"), payload(intent, **entities))

    def chosen_by_number(self) -> str | None:
        """Give the id of the choice whose place in the list was said («la segunda», «2», «la última»)."""
        choices, reading = self.state.choices, self.message.when
        number = reading.choice if isinstance(reading.choice, int) else reading.bare_number
        number = {"first": 1, "last": len(choices)}.get(str(reading.choice), number)
        return choices[number - 1].id if number and 1 <= number <= len(choices) else None

    def procedure(self) -> Procedure | None:
        """Give the procedure in hand."""
        return self.catalogue.procedures.get(self.state.procedure or "")

    def office(self, office: str | None) -> Office | None:
        """Give an office."""
        return self.catalogue.offices.get(office or "")

    def day(self, moment: datetime | date) -> str:
        """Say a day: «mañana martes 24 de noviembre»."""
        day = moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment
        return say_date(day, self.now)

    def the_day(self, moment: datetime | date) -> str:
        """Say a day inside a sentence: «el jueves 26 de noviembre», «mañana martes 24 de noviembre»."""
        day = self.day(moment)
        return day if day.startswith(("hoy ", "mañana ")) else f"el {day}"

    def hour(self, moment: datetime) -> str:
        """Say an hour: «10:15»."""
        return say_time(moment.astimezone(self.zone).time())

    def moment(self, moment: datetime) -> str:
        """Say day and hour: «mañana martes 24 de noviembre, 10:15»."""
        return f"{self.day(moment)}, {self.hour(moment)}"

    def short(self, moment: datetime) -> str:
        """Say day and hour on a button: «Mar 24 nov, 10:15»."""
        local = moment.astimezone(self.zone)
        weekday, month = (say_date(local.date(), self.now).split()[i] for i in (-4, -1))
        if not month.isalpha():  # the year follows the month
            return f"{local:%d-%m-%Y}, {self.hour(moment)}"
        return f"{weekday[:3].capitalize()} {local.day} {month[:3]}, {self.hour(moment)}"

    def key(self, what: str) -> str:
        """Give the idempotency key of one effect of this message: the same when it is delivered again."""
        return f"{what}-{self.turn.message_id or self.turn.sender}-{self.turn.conversation_id or ''}"[:128]

    def key_for(self, what: str, body: dict[str, Any]) -> str:
        """Give the idempotency key of something that must happen once, however often «sí» is said.

        When a service did not answer in time, it may have done it nonetheless: the next «sí» for the very same
        thing carries the key of the first.
        """
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]
        if self.state.attempt is None or self.state.attempt.body != digest:
            self.state.attempt = Attempt(key=self.key(what), body=digest)
        return self.state.attempt.key

    def shown_rut(self) -> str:
        """Give the citizen's own RUT as people write it."""
        return format_rut(self.state.rut) if self.state.rut else ""

    def note_unanswered(self, question: str = "") -> None:
        """Note that a question (this message, if not given) has no answer.

        The note goes with the reply; conversations counts it when it stores that, so that no message counts twice.
        """
        question = (question or self.message.text)[:500]
        if question.strip():
            sure = max(0.0, min(self.turn.confidence, 1.0))
            self.unanswered = {"question": question, "intent": self.turn.intent, "confidence": sure}
