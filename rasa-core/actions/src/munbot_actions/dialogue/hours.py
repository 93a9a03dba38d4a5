"""Hear which hour is meant and keep it: for a new appointment and for one that is moved."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from munbot_common.client import ServiceAway, ServiceProblem

from munbot_actions.dialogue.offers import LOOK_AHEAD_DAYS, Offers
from munbot_actions.dialogue.state import Held, Wish
from munbot_actions.dialogue.talk import Talk
from munbot_actions.services.models import Slot
from munbot_actions.spanish_dates import PastDate, PastTime, Reading, WeekdayMismatch
from munbot_actions.understanding import answers


class Heard(StrEnum):
    """What a message meant for the hour."""

    NOTHING = "nothing"
    WISH = "wish"
    PICKED = "picked"
    SAME = "same"
    """The hour that is kept already."""
    OTHER = "other"
    PROBLEM = "problem"
    """It cannot be, and why was said; the question stands."""
    OFFERED = "offered"
    """The hour was refused and others were offered: that is the question now."""


KEPT = frozenset({Heard.PICKED, Heard.SAME})
"""An hour is kept for the citizen now."""


class Hours:
    """The search for an hour, on the state's `wish`, `offered`, `hold`, `slot_start` and `office`."""

    def __init__(self, talk: Talk, procedure: str | None) -> None:
        self._talk = talk
        self._state = talk.state
        self._procedure = procedure
        self.offers = Offers(talk, procedure)

    def hear(self, *, open_to_numbers: bool) -> Heard:
        """Take from the message a chosen hour or a wish.

        Args:
            open_to_numbers: whether a bare number may be an hour («10»): only when an hour was asked for.
        """
        message = self._talk.message
        if start := self._talk.turn.entities.get("slot_start"):
            return self._pressed(str(start), str(self._talk.turn.entities.get("office_id") or ""))
        if self._talk.turn.entities.get("choice") == "other_day":
            self.give_back()
            self._state.wish = Wish()
            return Heard.OTHER
        reading = message.when
        if self._state.offered and self._state.wish.one_day and answers.is_bare_morning(message.text):
            reading = Reading(part_of_day="morning")  # the day is known: «mañana» is its part
        if reading.problems and not reading.has_date:
            self._explain(reading)
            return Heard.PROBLEM
        if reading.bare_number is not None and not reading.has_date and not reading.has_time:
            if not open_to_numbers:
                return Heard.NOTHING
            reading = self._number(reading.bare_number) or reading
        return self._understand(reading, open_to_numbers=open_to_numbers)

    def _understand(self, reading: Reading, *, open_to_numbers: bool) -> Heard:
        said_when = reading.has_date or reading.has_time
        if said_when:
            picked = self._exactly(reading)
            if picked:
                return self.take(picked)
            self._wish(reading)
        if reading.choice is not None and (said_when or self._state.offered or not self._state.wish.is_empty):
            return self._by_choice(reading.choice)
        if said_when or self._refused(reading):
            return Heard.WISH
        return self._hinted(reading, open_to_numbers=open_to_numbers)

    def _hinted(self, reading: Reading, *, open_to_numbers: bool) -> Heard:
        """Take what names neither day nor hour: «esa», «más tarde», «la primera», «la del medio», «otra»."""
        state, text = self._state, self._talk.message.text
        kept = self._kept()
        if kept and (reading.choice == "first" or answers.means_that_one(text)):
            return self.take(kept)
        if reading.relation in {"later", "earlier"} and (state.offered or kept):
            self._shift(reading.relation)
            return Heard.WISH
        if open_to_numbers and reading.choice in {"first", "any"} and self._procedure:
            return self._by_choice("first")
        if open_to_numbers and state.offered and answers.in_the_middle(text):
            return self.take(state.offered[len(state.offered) // 2])
        refuses = self._talk.message.yes is False or answers.wants_other(text)
        if (open_to_numbers and refuses) or (kept and answers.wants_other_hour(text)):
            self.give_back()
            state.wish = Wish()
            return Heard.OTHER
        return Heard.NOTHING

    def _pressed(self, start: str, office: str) -> Heard:
        try:
            moment = datetime.fromisoformat(start)
        except ValueError:
            return Heard.NOTHING
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._talk.zone)
        known = next((s for s in self._state.offered if s.start == moment and s.office_id == office), None)
        return self.take(known or Slot(start=moment, office_id=office))

    def _number(self, number: int) -> Reading | None:
        """Read a bare number as the hour of what was offered, its place in the list, or a day of the month."""
        hours = {self.offers.local(slot).hour for slot in self._state.offered}
        as_hour = self._talk.message.when_as("a las {}")
        fits = as_hour.time is not None and (as_hour.time.hour in hours or not self._state.offered)
        if self._state.offered and not fits and 1 <= number <= len(self._state.offered):
            return Reading(choice=number)
        if self._state.wish.first is None and not self._state.offered:
            as_day = self._talk.message.when_as("el {}")
            return as_day if as_day.has_date else as_hour
        return as_hour if as_hour.time and 6 <= as_hour.time.hour <= 20 else None

    def _exactly(self, reading: Reading) -> Slot | None:
        """Give the offered hour that was named («el de las 10:15», «10»)."""
        if reading.time is None or reading.relation in {"after", "before"} or not self._state.offered:
            return None
        same = [s for s in self._state.offered if reading.date is None or self.offers.local(s).date() == reading.date]
        exact = [s for s in same if self.offers.local(s).time() == reading.time]
        if exact:
            return exact[0]
        if reading.time.minute == 0 and reading.date is None:
            within = [s for s in same if self.offers.local(s).hour == reading.time.hour]
            full = [s for s in self._day_slots() if self.offers.local(s).time() == reading.time]
            return full[0] if full else within[0] if len(within) == 1 else None
        return None

    def _day_slots(self) -> list[Slot]:
        if self._procedure is None or not self._state.wish.one_day:
            return []
        return self.offers.matching(self._state.wish.model_copy(update={"at": None, "part": None}))[0]

    def _by_choice(self, choice: str | int) -> Heard:
        slots = self._state.offered
        if self._procedure and (self._state.wish.one_day or not slots):
            wished, _ = self.offers.matching(self._state.wish)
            last_of_day = choice == "last" and not self._state.wish.at
            if last_of_day or not slots or slots[0] not in wished:
                slots = wished
        if isinstance(choice, int):
            slots = self._state.offered or slots
            return self.take(slots[choice - 1]) if 1 <= choice <= len(slots) else Heard.NOTHING
        if not slots:
            return Heard.WISH
        return self.take(slots[-1] if choice == "last" else slots[0])

    def _refused(self, reading: Reading) -> bool:
        """Drop a day that was refused («el martes no»)."""
        refused = {r.date for r in reading.negated if r.date}
        if not refused:
            return False
        wish = self._state.wish.model_copy()
        if wish.one_day in refused:
            wish.first, wish.last = max(refused), max(refused) + timedelta(days=LOOK_AHEAD_DAYS)
        wish.avoid = sorted({*wish.avoid, *refused})
        self.give_back()
        self._state.wish = wish
        return True

    def _kept(self) -> Slot | None:
        if self._state.slot_start is None or self._state.office is None:
            return None
        return Slot(start=datetime.fromisoformat(self._state.slot_start), office_id=self._state.office)

    def means_kept(self) -> bool:
        """Tell whether a message is about the hour that is kept: that one, another of the list, an earlier one."""
        if self._state.slot_start is None:
            return False
        reading, text = self._talk.message.when, self._talk.message.text
        moves = reading.relation in {"later", "earlier"} and self._talk.turn.intent != "wait"
        points = answers.means_that_one(text) or answers.wants_other_hour(text)
        return reading.choice not in {None, "any"} or moves or points

    def _shift(self, relation: str) -> None:
        if self._state.slot_start:
            middle = datetime.fromisoformat(self._state.slot_start).astimezone(self._talk.zone)
        else:
            middle = self.offers.local(self._state.offered[len(self._state.offered) // 2])
        day, hour = middle.date(), f"{middle:%H:%M}"
        self.give_back()
        later = relation == "later"
        if later:
            hour = f"{middle + timedelta(minutes=1):%H:%M}"
        self._state.wish = Wish(first=day, last=day, after=hour if later else None, before=None if later else hour)

    def _wish(self, reading: Reading) -> None:
        """Replace what the message says anew; what it does not mention stays."""
        old = self._state.wish
        new = old.model_copy()
        if old.at is None and old.part is None and self._state.slot_start:
            new.at = f"{datetime.fromisoformat(self._state.slot_start).astimezone(self._talk.zone):%H:%M}"
            new.around = True
        if reading.date:
            others = [r.date for r in reading.alternatives if r.date]
            new.first, new.last = min([reading.date, *others]), max([reading.date, *others])
            new.avoid = []
        elif reading.date_range:
            new.first, new.last = reading.date_range
        elif new.first is None and (day := self._chosen_day()):
            new.first = new.last = day
        if reading.has_time:
            new.at = new.after = new.before = new.part = None
            new.around = False
        if reading.time:
            _set_hour(new, reading.time, reading.relation)
        elif reading.time_range:
            new.after, new.before = (f"{t:%H:%M}" for t in reading.time_range)
        elif reading.part_of_day:
            new.part = "morning" if reading.part_of_day == "morning" else "afternoon"
        self.give_back()
        self._state.wish = new

    def _chosen_day(self) -> date | None:
        if self._state.slot_start:
            return datetime.fromisoformat(self._state.slot_start).astimezone(self._talk.zone).date()
        days = {self.offers.local(slot).date() for slot in self._state.offered}
        return days.pop() if len(days) == 1 else None

    def _explain(self, reading: Reading) -> None:
        problem = reading.problems[0]
        if isinstance(problem, PastDate | PastTime):
            self._talk.say("hours.past", said=problem.text)
        elif isinstance(problem, WeekdayMismatch):
            by_weekday, by_day = self._talk.the_day(problem.by_weekday), self._talk.the_day(problem.by_day)
            self._talk.say("hours.mismatch", by_weekday=by_weekday, by_day=by_day)
        else:
            self._talk.say(f"hours.{problem.code}", said=problem.text)

    def give_back(self) -> None:
        """Give a kept hour back; the citizen wants another."""
        hold, self._state.hold = self._state.hold, None
        self._state.forget_hour()
        if hold and hold.expires_at > self._talk.now:
            try:
                self._talk.services.scheduler.release(self._talk.tenant, hold.id)
            except (ServiceProblem, ServiceAway):
                return  # it lapses by itself in minutes

    def take(self, slot: Slot) -> Heard:
        """Keep an hour; when somebody was faster, offer what is near."""
        hold = self._state.hold
        same = hold and self._state.slot_start and (hold.start, hold.office) == (slot.start, slot.office_id)
        if same and hold and hold.expires_at > self._talk.now:
            return Heard.SAME
        if self._procedure is None:
            self._state.wish = Wish(first=self.offers.local(slot).date(), last=self.offers.local(slot).date())
            return Heard.WISH
        offered = self._state.offered
        try:
            held = self._talk.services.scheduler.hold(
                self._talk.tenant, self._procedure, slot, self._talk.turn.conversation_id or self._talk.turn.sender
            )
        except ServiceProblem as problem:
            self.offers.refused(problem, slot.start)
            return Heard.OFFERED
        if hold and hold.id != held.id:
            self.give_back()
        self._state.offered = offered
        office = held.office_id or slot.office_id
        self._state.hold = Held(id=held.id, start=held.start, office=office, expires_at=held.expires_at)
        self._state.slot_start = held.start.isoformat()
        self._state.office = office
        self._state.wish = Wish()
        self._state.failures.pop("slot_start", None)
        return Heard.PICKED

    def offer(self) -> bool:
        """Take the hour that the wish names exactly, else offer some; tell whether one is taken."""
        if self._procedure is None:
            return False
        if exact := self.offers.exact():
            return self.take(exact) in KEPT
        self.offers.show()
        return False


def _set_hour(wish: Wish, at: time, relation: str | None) -> None:
    said = f"{at:%H:%M}"
    if relation == "after":
        wish.after = said
    elif relation == "before":
        wish.before = said
    else:
        wish.at = said
        wish.around = relation == "around"
