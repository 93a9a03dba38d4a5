"""Find, offer, and keep an hour: for a new appointment and for one that is moved."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from munbot_common.client import ServiceAway, ServiceProblem

from munbot_actions.dialogue.reply import Button
from munbot_actions.dialogue.state import Held, Wish
from munbot_actions.dialogue.talk import Talk, payload
from munbot_actions.services.models import Day, Slot
from munbot_actions.spanish_dates import PastDate, PastTime, Reading, WeekdayMismatch, say_time
from munbot_actions.understanding import answers

OFFERED = 3
LOOK_AHEAD_DAYS = 13
"""Days looked through when no day was said; the scheduler decides how far one may book."""


class Heard(StrEnum):
    """What a message meant for the hour."""

    NOTHING = "nothing"
    WISH = "wish"
    PICKED = "picked"
    OTHER = "other"
    PROBLEM = "problem"
    """It cannot be, and why was said; the question stands."""
    OFFERED = "offered"
    """The hour was refused and others were offered: that is the question now."""


class Hours:
    """The search for an hour, on the state's `wish`, `offered`, `hold`, `slot_start` and `office`."""

    def __init__(self, talk: Talk, procedure: str | None) -> None:
        self._talk = talk
        self._state = talk.state
        self._procedure = procedure
        self._found: tuple[Wish, list[Slot], list[Day]] | None = None

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
        if said_when:
            return Heard.WISH
        if self._refused(reading):
            return Heard.WISH
        if reading.relation in {"later", "earlier"} and self._state.offered:
            self._shift(reading.relation)
            return Heard.WISH
        if open_to_numbers and reading.choice in {"first", "any"} and self._procedure:
            return self._by_choice("first")
        if open_to_numbers and self._state.offered and answers.in_the_middle(self._talk.message.text):
            return self.take(self._state.offered[len(self._state.offered) // 2])
        if open_to_numbers and answers.wants_other(self._talk.message.text):
            self._state.wish = Wish()
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
        hours = {self._local(slot).hour for slot in self._state.offered}
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
        same = [s for s in self._state.offered if reading.date is None or self._local(s).date() == reading.date]
        exact = [s for s in same if self._local(s).time() == reading.time]
        if exact:
            return exact[0]
        if reading.time.minute == 0 and reading.date is None:
            within = [s for s in same if self._local(s).hour == reading.time.hour]
            full = [s for s in self._day_slots() if self._local(s).time() == reading.time]
            return full[0] if full else within[0] if len(within) == 1 else None
        return None

    def _day_slots(self) -> list[Slot]:
        if self._procedure is None or not self._state.wish.one_day:
            return []
        return self._matching(self._state.wish.model_copy(update={"at": None, "part": None}))[0]

    def _by_choice(self, choice: str | int) -> Heard:
        slots = self._state.offered
        if self._procedure and (self._state.wish.one_day or not slots):
            wished, _ = self._matching(self._state.wish)
            if choice == "last" or not slots or slots[0] not in wished:
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

    def _shift(self, relation: str) -> None:
        middle = self._local(self._state.offered[len(self._state.offered) // 2])
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
        days = {self._local(slot).date() for slot in self._state.offered}
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
        if self._state.hold and self._state.hold.start == slot.start and self._state.slot_start:
            return Heard.PICKED
        if self._procedure is None:
            self._state.wish = Wish(first=self._local(slot).date(), last=self._local(slot).date())
            return Heard.WISH
        old = self._state.hold
        offered = self._state.offered
        try:
            held = self._talk.services.scheduler.hold(
                self._talk.tenant, self._procedure, slot, self._talk.turn.conversation_id or self._talk.turn.sender
            )
        except ServiceProblem as problem:
            self._state.forget_hour()
            self.refused(problem, slot.start)
            return Heard.OFFERED
        if old and old.id != held.id:
            self.give_back()
        self._state.offered = offered
        office = held.office_id or slot.office_id
        self._state.hold = Held(id=held.id, start=held.start, office=office, expires_at=held.expires_at)
        self._state.slot_start = held.start.isoformat()
        self._state.office = office
        self._state.wish = Wish()
        self._state.failures.pop("slot_start", None)
        return Heard.PICKED

    def first_choice(self) -> Slot:
        """Give the offered hour that is nearest to the wished one; the first where none was wished."""
        if not self._state.wish.at:
            return self._state.offered[0]
        target = _minutes(time.fromisoformat(self._state.wish.at))
        return min(self._state.offered, key=lambda slot: abs(_minutes(self._local(slot).time()) - target))

    def is_wished(self, slot: Slot) -> bool:
        """Tell whether an hour lies on the wished day, rather than being offered in its place."""
        return self._local(slot).date() == self._state.wish.one_day

    def refused(self, problem: ServiceProblem, start: datetime) -> None:
        """Say why the scheduler refused an hour, and offer the nearest free ones."""
        near = [Slot.model_validate(item) for item in problem.body.get("alternatives") or []]
        if not near and self._procedure:
            near = self._nearest(start)
        self._state.hold = None
        self._state.forget_hour()
        self._state.wish = Wish()
        lead = "hours.taken" if problem.code == "slot_taken" else "hours.refused"
        self._offer_these(near[:OFFERED], lead, moment=self._talk.moment(start), detail=problem.detail)

    def offer(self) -> bool:
        """Offer free hours for the wish; take the one that was named exactly.

        Returns:
            Whether an hour is chosen now.
        """
        if self._procedure is None:
            return False
        wish = self._state.wish
        slots, days = self._matching(wish)
        if wish.at and not wish.around and wish.one_day:
            exact = [s for s in slots if f"{self._local(s):%H:%M}" == wish.at]
            if exact:
                return self.take(exact[0]) is Heard.PICKED
        if not slots:
            self._nothing(wish, days)
            return False
        shown = self._some(slots, wish)
        if wish.is_empty:
            self._offer_these(shown, "hours.ask_day")
        elif len(shown) == 1 and len(slots) == 1:
            self._offer_these(shown, "hours.only_one", at_day=True)
        elif wish.one_day:
            key = "hours.near" if wish.at else "hours.that_day"
            at = say_time(time.fromisoformat(wish.at)) if wish.at else ""
            self._offer_these(shown, key, at_day=True, day=_capital(self._talk.the_day(shown[0].start)), at=at)
        else:
            self._offer_these(shown, "hours.those_days")
        return False

    def remind(self) -> None:
        """Ask again for what was offered."""
        if self._state.offered:
            one_day = len({self._local(slot).date() for slot in self._state.offered}) == 1
            day = self._talk.the_day(self._state.offered[0].start) if one_day else ""
            self._offer_these(self._state.offered, "hours.choose_that_day" if day else "hours.choose", at_day=one_day, day=day)
        else:
            self.offer()

    def gone(self, start: datetime) -> None:
        """Say that the kept hour has lapsed, and offer the nearest."""
        self._state.hold = None
        self._state.forget_hour()
        self._state.wish = Wish()
        self._offer_these(self._nearest(start), "hours.lapsed", moment=self._talk.moment(start))

    def _nothing(self, wish: Wish, days: list[Day]) -> None:
        at = time.fromisoformat(wish.at or wish.after or ("15:00" if wish.part == "afternoon" else "09:00"))
        day = wish.first or self._talk.now.date()
        why = next((d for d in days if d.date == day), None)
        status = why.status if why else "full"
        near = self._nearest(datetime.combine(day, at, self._talk.zone))
        key = f"hours.why_{status}"
        if status == "open" or not self._talk.texts.has(key):
            key = "hours.why_time"
        if not wish.one_day and wish.first:
            key = "hours.why_range"
        detail = ((why.detail if why else None) or "").strip(" .")
        if detail and status != "open" and key != "hours.why_range":
            key = "hours.why"  # the scheduler's own words
        self._state.wish = Wish()
        self._offer_these(near, key, day=_capital(self._talk.the_day(day)), detail=detail)

    def _nearest(self, at: datetime) -> list[Slot]:
        if self._procedure is None:
            return []
        return self._talk.services.scheduler.nearest(
            self._talk.tenant, self._procedure, at, office=self._state.office_wish, limit=OFFERED
        )[:OFFERED]

    def _offer_these(self, slots: list[Slot], key: str, *, at_day: bool = False, **values: object) -> None:
        """Offer hours, typed or by a button.

        Args:
            slots: the hours, in order.
            key: of the text.
            at_day: whether the text itself names their day.
            values: of the text.
        """
        if not slots:
            self._talk.ask("slot_start", "hours.none", self._talk.button("person", "ask_human"))
            return
        slots = sorted(slots, key=lambda slot: slot.start)
        self._state.offered = slots
        several = len({slot.office_id for slot in slots}) > 1
        buttons = [self._slot_button(slot, office=several, day=not at_day) for slot in slots]
        buttons.append(self._talk.button("other_day", "inform", choice="other_day"))
        self._talk.ask("slot_start", key, *buttons, hours=self._listed(slots, at_day=at_day), **values)

    def _listed(self, slots: list[Slot], *, at_day: bool) -> str:
        """List hours: «9:45, 10:00 o 10:15», with their day unless the text names it."""
        days: dict[date, list[str]] = {}
        for slot in slots:
            days.setdefault(self._local(slot).date(), []).append(self._talk.hour(slot.start))
        parts = [(day, _either(list(dict.fromkeys(hours)), ", ")) for day, hours in days.items()]
        if at_day and len(parts) == 1:
            return parts[0][1]
        return _either([f"{self._talk.the_day(day)} a las {hours}" for day, hours in parts], "; ")

    def _slot_button(self, slot: Slot, *, office: bool, day: bool) -> Button:
        title = self._talk.short(slot.start) if day else self._talk.hour(slot.start)
        if office:
            place = self._talk.office(slot.office_id)
            title = f"{title} · {place.name if place else slot.office_name}"
        start = slot.start.astimezone(self._talk.zone).isoformat()
        return Button(title, payload("inform", slot_start=start, office_id=slot.office_id))

    def _matching(self, wish: Wish) -> tuple[list[Slot], list[Day]]:
        if self._found and self._found[0] == wish:
            return self._found[1], self._found[2]
        if self._procedure is None:
            return [], []
        today = self._talk.now.date()
        first = wish.first or today
        last = wish.last or first + timedelta(days=LOOK_AHEAD_DAYS)
        found = self._talk.services.scheduler.slots(
            self._talk.tenant,
            self._procedure,
            first,
            max(first, last),
            office=self._state.office_wish,
            part=wish.part,
        )
        slots = [slot for slot in found.slots if self._fits(slot, wish)]
        slots.sort(key=lambda slot: (slot.start, slot.office_id))
        self._found = (wish.model_copy(), slots, found.days)
        return slots, found.days

    def _fits(self, slot: Slot, wish: Wish) -> bool:
        hour = f"{self._local(slot):%H:%M}"
        if self._local(slot).date() in wish.avoid:
            return False
        return (wish.after is None or hour >= wish.after) and (wish.before is None or hour < wish.before)

    def _some(self, slots: list[Slot], wish: Wish) -> list[Slot]:
        """Choose three to show: nearest to the wished hour, or spread over the day, or the first of three days."""
        unique = list({slot.start: slot for slot in reversed(slots)}.values())[::-1]
        if wish.at:
            target = _minutes(time.fromisoformat(wish.at))
            by_day: Callable[[Slot], date] = lambda s: self._local(s).date()  # noqa: E731
            first_day = by_day(unique[0])
            pool = [s for s in unique if by_day(s) == first_day]
            near = sorted(pool, key=lambda s: abs(_minutes(self._local(s).time()) - target))[:OFFERED]
            return sorted(near, key=lambda s: s.start)
        days: dict[date, list[Slot]] = {}
        for slot in unique:
            days.setdefault(self._local(slot).date(), []).append(slot)
        if len(days) > 1:
            return [day[0] for day in days.values()][:OFFERED]
        if len(unique) <= OFFERED:
            return unique
        return [unique[0], unique[len(unique) // 2], unique[-1]]

    def _local(self, slot: Slot) -> datetime:
        return slot.start.astimezone(self._talk.zone)


def _either(parts: list[str], sign: str) -> str:
    return parts[0] if len(parts) == 1 else f"{sign.join(parts[:-1])} o {parts[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _set_hour(wish: Wish, at: time, relation: str | None) -> None:
    said = f"{at:%H:%M}"
    if relation == "after":
        wish.after = said
    elif relation == "before":
        wish.before = said
    else:
        wish.at = said
        wish.around = relation == "around"
