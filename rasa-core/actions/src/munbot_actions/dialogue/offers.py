"""Find free hours for a wish and offer them: three, with their day, in words and as buttons."""

from datetime import date, datetime, time, timedelta

from munbot_common.client import ServiceProblem

from munbot_actions.dialogue.reply import Button
from munbot_actions.dialogue.state import Wish
from munbot_actions.dialogue.talk import Talk, payload
from munbot_actions.services.models import Day, Slot
from munbot_actions.spanish_dates import say_time

OFFERED = 3
LOOK_AHEAD_DAYS = 13
"""Days looked through when no day was said; the scheduler decides how far one may book."""
_ENOUGH = 200
"""Free hours that are asked for: of one day all, of more days the first."""
_MANY = 2_000


class Offers:
    """Free hours of one procedure, on the state's `wish` and `offered`."""

    def __init__(self, talk: Talk, procedure: str | None) -> None:
        self._talk = talk
        self._state = talk.state
        self._procedure = procedure
        self._found: tuple[Wish, list[Slot], list[Day]] | None = None

    def local(self, slot: Slot) -> datetime:
        """Give the beginning of an hour on the tenant's clock."""
        return slot.start.astimezone(self._talk.zone)

    def first_choice(self) -> Slot:
        """Give the offered hour that is nearest to the wished one; the first where none was wished."""
        if not self._state.wish.at:
            return self._state.offered[0]
        target = minutes(time.fromisoformat(self._state.wish.at))
        return min(self._state.offered, key=lambda slot: abs(minutes(self.local(slot).time()) - target))

    def is_wished(self, slot: Slot) -> bool:
        """Tell whether an hour lies on the wished day, rather than being offered in its place."""
        return self.local(slot).date() == self._state.wish.one_day

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

    def exact(self) -> Slot | None:
        """Give the free hour that the wish names exactly: «el martes a las 10»."""
        wish = self._state.wish
        if not wish.at or wish.around or not wish.one_day:
            return None
        return next((s for s in self.matching(wish)[0] if f"{self.local(s):%H:%M}" == wish.at), None)

    def show(self) -> None:
        """Offer free hours for the wish; where there are none, say why and offer the nearest."""
        wish = self._state.wish
        slots, days = self.matching(wish)
        if not slots:
            self._nothing(wish, days)
            return
        shown = self._some(slots, wish)
        if wish.is_empty:
            self._offer_these(shown, "hours.ask_day")
        elif len(shown) == 1 and len(slots) == 1:
            self._offer_these(shown, "hours.only_one", at_day=True)
        elif wish.one_day:
            key = ("hours.near" if wish.around else "hours.not_at_that_hour") if wish.at else "hours.that_day"
            at = say_time(time.fromisoformat(wish.at)) if wish.at else ""
            self._offer_these(shown, key, at_day=True, day=_capital(self._talk.the_day(shown[0].start)), at=at)
        else:
            self._offer_these(shown, "hours.those_days")

    def remind(self) -> None:
        """Ask again for what was offered."""
        if self._state.offered:
            one_day = len({self.local(slot).date() for slot in self._state.offered}) == 1
            day = self._talk.the_day(self._state.offered[0].start) if one_day else ""
            self._offer_these(
                self._state.offered, "hours.choose_that_day" if day else "hours.choose", at_day=one_day, day=day
            )
        else:
            self.show()

    def gone(self, start: datetime) -> None:
        """Say that the kept hour has lapsed, and offer the nearest."""
        self._state.hold = None
        self._state.forget_hour()
        self._state.wish = Wish()
        self._offer_these(self._nearest(start), "hours.lapsed", moment=self._talk.moment(start))

    def _nothing(self, wish: Wish, days: list[Day]) -> None:
        at = time.fromisoformat(
            wish.at or wish.after or wish.before or ("15:00" if wish.part == "afternoon" else "09:00")
        )
        day = wish.first or self._talk.now.date()
        why = next((d for d in days if d.date == day), None)
        status = why.status if why else "full"
        near = self._nearest(datetime.combine(day, at, self._talk.zone))
        key = f"hours.why_{status}"
        if status == "open" or not self._talk.texts.has(key):
            key = "hours.why_time"
        if any(self.local(slot).date() == day for slot in near):
            key, status = "hours.why_time", "open"
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
            days.setdefault(self.local(slot).date(), []).append(self._talk.hour(slot.start))
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

    def matching(self, wish: Wish) -> tuple[list[Slot], list[Day]]:
        """Give the free hours for a wish, in order, and what is known of its days."""
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
            limit=_ENOUGH if wish.is_empty or wish.one_day else _MANY,
        )
        slots = [slot for slot in found.slots if self._fits(slot, wish)]
        slots.sort(key=lambda slot: (slot.start, slot.office_id))
        self._found = (wish.model_copy(), slots, found.days)
        return slots, found.days

    def _fits(self, slot: Slot, wish: Wish) -> bool:
        hour = f"{self.local(slot):%H:%M}"
        if self.local(slot).date() in wish.avoid:
            return False
        return (wish.after is None or hour >= wish.after) and (wish.before is None or hour < wish.before)

    def _some(self, slots: list[Slot], wish: Wish) -> list[Slot]:
        """Choose three to show: nearest to the wished hour, or spread over the day, or the first of three days."""
        unique = list({slot.start: slot for slot in reversed(slots)}.values())[::-1]
        if wish.at:
            target = minutes(time.fromisoformat(wish.at))
            first_day = self.local(unique[0]).date()
            pool = [s for s in unique if self.local(s).date() == first_day]
            near = sorted(pool, key=lambda s: abs(minutes(self.local(s).time()) - target))[:OFFERED]
            return sorted(near, key=lambda s: s.start)
        days: dict[date, list[Slot]] = {}
        for slot in unique:
            days.setdefault(self.local(slot).date(), []).append(slot)
        if len(days) > 1:
            return [day[0] for day in days.values()][:OFFERED]
        if len(unique) <= OFFERED:
            return unique
        return [unique[0], unique[len(unique) // 2], unique[-1]]


def _either(parts: list[str], sign: str) -> str:
    return parts[0] if len(parts) == 1 else f"{sign.join(parts[:-1])} o {parts[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def minutes(at: time) -> int:
    """Give the minutes since midnight."""
    return at.hour * 60 + at.minute
