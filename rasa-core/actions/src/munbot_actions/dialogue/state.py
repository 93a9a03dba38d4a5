"""What is known in a conversation; it lives in Rasa's slots: each form field in its own, the rest in `memory`."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from munbot_actions.services.models import Slot

FORM_SLOTS = (
    "procedure",
    "slot_start",
    "office",
    "rut",
    "name",
    "phone",
    "email",
    "category",
    "description",
    "place",
    "appointment",
    "folio",
)
"""The fields that are Rasa slots of their own."""

OPENED = "opened"
"""What is asked in a form that could not ask anything yet, because a service was away."""

Wanted = Literal["booking", "complaint", "appointment", "folio"]
Pending = Literal["person", "wish", "message", "book", "report", "attach"]


class Wish(BaseModel):
    """When the citizen would like to come; local days and `HH:MM`."""

    first: date | None = None
    last: date | None = None
    at: str | None = None
    around: bool = False
    after: str | None = None
    before: str | None = None
    part: str | None = None
    avoid: list[date] = Field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was wished."""
        return not any((self.first, self.at, self.after, self.before, self.part))

    @property
    def one_day(self) -> date | None:
        """Give the day, when it is one."""
        return self.first if self.first == self.last else None


class Held(BaseModel):
    """The hour that the scheduler keeps for this conversation."""

    id: str
    start: datetime
    office: str
    expires_at: datetime


class Choice(BaseModel):
    """Something that was offered by name, to be taken by a word or its number."""

    kind: str
    id: str
    label: str


class SecondWish(BaseModel):
    """What the citizen also wants, in their words, for when the first is done."""

    kind: Wanted
    text: str = ""


class KeptFile(BaseModel):
    """A file that the citizen sent, for a complaint."""

    key: str
    filename: str


class Point(BaseModel):
    """Where the citizen says it is, on the map (WGS 84 degrees)."""

    latitude: float
    longitude: float


class Attempt(BaseModel):
    """A booking or a filing that was sent and whose answer is not known."""

    key: str
    body: str = Field(description="digest of what was sent")


class State(BaseModel):
    """All that a conversation remembers."""

    procedure: str | None = None
    slot_start: str | None = None
    office: str | None = None
    rut: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    category: str | None = None
    description: str | None = None
    place: str | None = None
    appointment: str | None = None
    folio: str | None = None

    form: str | None = Field(default=None, exclude=True)
    asked: str | None = Field(default=None, exclude=True)
    settled: bool = Field(default=False, exclude=True, description="this turn's question has been asked already")

    wish: Wish = Field(default_factory=Wish)
    office_wish: str | None = None
    offered: list[Slot] = Field(default_factory=list)
    hold: Held | None = None
    no_phone: bool = False
    asks_phone: bool = Field(default=False, description="the number that they write from is not the one")
    choices: list[Choice] = Field(default_factory=list)
    goal: Literal["show", "move", "cancel"] = "show"
    last_four: str | None = None
    failures: dict[str, int] = Field(default_factory=dict)
    pending: Pending | None = None
    wishes: list[SecondWish] = Field(default_factory=list)
    lead: str | None = Field(default=None, description="what a complaint is about, before it is told")
    telling: bool = Field(default=False, description="a complaint was asked for last, and not told")
    files: list[KeptFile] = Field(default_factory=list, description="sent for a complaint that is not filed yet")
    point: Point | None = None
    booked: list[str] = Field(default_factory=list)
    filed: list[str] = Field(default_factory=list)
    topic: str | None = None
    topic_office: str | None = None
    topic_aspect: str | None = None
    from_documents: bool = Field(default=False, description="the last question was answered from documents")
    buttons: dict[str, str] = Field(default_factory=dict, description="the last titles and payloads, to be typed")
    turn: str | None = None
    away: bool = False
    attempt: Attempt | None = None
    greeted: bool = False
    nudges: int = 0

    @classmethod
    def load(cls, slots: dict[str, Any], form: str | None) -> "State":
        """Read the slots; what cannot be read (an older version's) starts empty rather than fails."""
        fields = {name: slots.get(name) for name in FORM_SLOTS}
        memory = slots.get("memory") or {}
        try:
            state = cls.model_validate({**memory, **fields})
        except ValidationError:
            state = cls()
        state.form = form
        asked = slots.get("requested_slot") if form else None
        state.asked = None if asked == OPENED else asked
        return state

    def changes(self, before: dict[str, Any]) -> dict[str, Any]:
        """Give the slots that differ from `before`, and always those that tell Rasa what is asked."""
        dumped = self.model_dump(mode="json", exclude_defaults=True)
        fields = {name: dumped.pop(name, None) for name in FORM_SLOTS}
        changed = {name: value for name, value in fields.items() if before.get(name) != value}
        return {**changed, "memory": dumped, "requested_slot": self.requested}

    @property
    def requested(self) -> str | None:
        """Give what Rasa is told that is asked: without any Rasa would close the form."""
        return (self.asked or OPENED) if self.form else None

    def forget_hour(self) -> None:
        """Drop the chosen hour and what was offered; the wish stays."""
        self.slot_start = None
        self.office = None
        self.offered = []

    def end_form(self) -> None:
        """Close the form and what only it needed; who the citizen is stays known."""
        self.forget_hour()
        self.form = self.asked = None
        self.procedure = self.category = self.description = self.place = None
        self.appointment = self.folio = self.last_four = self.office_wish = None
        self.wish, self.hold, self.choices, self.failures = Wish(), None, [], {}
        self.no_phone, self.asks_phone, self.lead = False, False, None
        self.pending = self.attempt = None

    def fail(self, question: str) -> int:
        """Count a question that was not answered; return how often in a row."""
        self.failures[question] = self.failures.get(question, 0) + 1
        return self.failures[question]
