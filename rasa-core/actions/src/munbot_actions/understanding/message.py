"""One message, read once: everything in it that any question could ask for."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from munbot_actions.spanish_dates import Reading, parse
from munbot_actions.understanding import answers, identity, names, places
from munbot_actions.understanding.identity import Found
from munbot_actions.understanding.normalise import LONGEST, clean, fold, has_letters, mask, words


@dataclass(frozen=True)
class Message:
    """What a citizen wrote, and lazily what it says.

    Args:
        raw: the text as it came.
        now: the time of the message on the tenant's clock.
        asked: the question that it may answer.
        pressed: whether it is a button's payload.
    """

    raw: str
    now: datetime
    asked: str | None = None
    pressed: bool = False

    @cached_property
    def text(self) -> str:
        """Give the part of the text that is read for meaning; none of a button's payload."""
        return "" if self.pressed else clean(self.raw[:LONGEST])

    @cached_property
    def is_blank(self) -> bool:
        """Tell whether there is nothing to read (empty, emoji, signs)."""
        return not has_letters(self.text)

    @cached_property
    def word_count(self) -> int:
        """Count the words."""
        return len(words(self.text))

    @cached_property
    def rut(self) -> Found | None:
        """Find a RUT, right or wrong."""
        return identity.find_rut(self.text, asked=self.asked == "rut")

    @cached_property
    def phone(self) -> Found | None:
        """Find a telephone."""
        rest = mask(self.text, [self.rut.span]) if self.rut else self.text
        return identity.find_phone(rest, asked=self.asked == "phone")

    @cached_property
    def email(self) -> Found | None:
        """Find an e-mail address."""
        return identity.find_email(self.text)

    @cached_property
    def folio(self) -> Found | None:
        """Find a complaint's number."""
        return identity.find_folio(self.text)

    @cached_property
    def code(self) -> Found | None:
        """Find an appointment's code."""
        taken = [f.span for f in (self.rut, self.phone, self.email, self.folio) if f]
        return identity.find_code(mask(self.text, taken))

    @cached_property
    def last_four(self) -> str | None:
        """Find the last four characters of a RUT."""
        rest = mask(self.text, [self.folio.span]) if self.folio else self.text
        return identity.find_last_four(rest)

    @cached_property
    def without_identity(self) -> str:
        """Give the text with numbers of people and papers blanked, so that they are not read as dates."""
        taken = [f.span for f in (self.rut, self.phone, self.email, self.folio) if f]
        return mask(self.text, taken)

    @cached_property
    def name(self) -> str | None:
        """Find a name; a whole answer is one when the name was asked for."""
        if name := names.find_name(self.text):
            return name
        whole = names.as_name(self.without_identity)
        if self.asked == "name":
            return whole
        if not whole or " " not in whole or not self.when.is_empty:
            return None
        written_as_name = self.text.istitle() and self.asked in {"slot_start", "rut", "phone"}
        return whole if self.rut or self.phone or written_as_name else None

    @cached_property
    def place(self) -> str | None:
        """Find an address; a whole answer is one when the place was asked for."""
        if self.asked == "place":
            return places.as_place(self.without_identity)
        return places.find_place(self.without_identity)

    @cached_property
    def when(self) -> Reading:
        """Read the day and the hour."""
        return parse(self.without_identity, self.now)

    @cached_property
    def yes(self) -> bool | None:
        """Read yes or no."""
        return answers.yes_or_no(self.text)

    @cached_property
    def folded(self) -> str:
        """Give the text as it is compared."""
        return fold(self.text)

    def when_as(self, template: str) -> Reading:
        """Read a bare number as part of a phrase, for example «a las {}»."""
        return parse(template.format(self.when.bare_number), self.now)
