"""Book an hour: procedure, day and hour, RUT, name, telephone, and a yes."""

import re
from datetime import datetime

from munbot_common.client import ServiceProblem

from munbot_actions.dialogue import people, person, wishes
from munbot_actions.dialogue.appointment import already_there
from munbot_actions.dialogue.hours import Heard, Hours
from munbot_actions.dialogue.papers import listed
from munbot_actions.dialogue.reply import LONGEST_BUBBLE, Bubble, Button
from munbot_actions.dialogue.state import Choice
from munbot_actions.dialogue.talk import Talk, payload
from munbot_actions.services.models import Appointment, Procedure
from munbot_actions.understanding import answers
from munbot_actions.understanding.normalise import shorten

BUTTONS = 5
_OTHER_HOUR = frozenset(
    {
        "slot_taken",
        "past",
        "too_soon",
        "beyond_horizon",
        "closed",
        "holiday",
        "off_grid",
        "hold_lost",
        "procedure_not_offered",
    }
)
"""The scheduler's refusals that another hour answers."""


class Booking:
    """The booking form."""

    name = "booking_form"

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._state = talk.state
        self._heard = Heard.NOTHING
        self._before: str | None = None

    def hear(self) -> bool | None:
        """Take procedure, office, person and hour from the message."""
        state, talk = self._state, self._talk
        if state.asked == "confirm" and (answer := self._confirmation()) is not None:
            return self._answer(yes=answer)
        learnt = self._hear_procedure()
        learnt = self._hear_office() or learnt
        said = people.hear_person(talk)
        if said is None:
            self._hear_hour(only_dates=True)
            return None
        heard = self._hear_hour(only_dates=bool(said) and state.asked != "slot_start")
        if heard is Heard.OFFERED:
            return self._stay()
        if heard is Heard.PROBLEM:
            return None
        return learnt or bool(said) or heard is not Heard.NOTHING

    def _stay(self) -> bool:
        """The hour was refused and others were offered: that is the question now."""
        self._state.settled = True
        return True

    def _confirmation(self) -> bool | None:
        if self._talk.turn.intent in {"affirm", "deny"} and self._talk.message.pressed:
            return self._talk.turn.intent == "affirm"
        if (yes := self._talk.message.yes) is not None:
            return yes
        reading = self._talk.message.when
        plain = reading.is_empty and self._talk.message.word_count <= 6 and not self._talk.message.is_blank
        if plain and not answers.is_question(self._talk.message.text) and not self._talk.message.rut:
            return {"affirm": True, "deny": False}.get(self._talk.turn.intent)
        return None

    def _answer(self, *, yes: bool) -> bool:
        if yes:
            self._state.settled = True
            self._book()
            return True
        self._talk.ask(
            "change",
            "booking.what_to_change",
            self._talk.button("other_hour", "inform", choice="other_day"),
            self._talk.button("other_data", "inform", choice="data"),
            self._talk.button("stop", "inform", choice="stop"),
        )
        self._state.settled = True
        return True

    def _hear_procedure(self) -> bool:
        state, talk = self._state, self._talk
        chosen = talk.turn.entities.get("procedure")
        catalogue = talk.catalogue
        if not chosen and not talk.message.pressed:
            chosen = self._named_procedure()
        if talk.turn.entities.get("choice") == "data":
            state.rut = state.name = state.phone = state.email = None
            state.asks_phone = True
            return True
        if not chosen or chosen not in catalogue.procedures or chosen == state.procedure:
            return bool(chosen) and chosen == state.procedure and state.asked == "procedure"
        if state.procedure:
            Hours(talk, state.procedure).give_back()
            talk.say("booking.other_procedure", procedure=catalogue.procedures[str(chosen)].name)
        state.procedure = state.topic = str(chosen)
        state.choices = []
        offices = {office.id for office in catalogue.offices_of(catalogue.procedures[str(chosen)])}
        if state.office_wish and state.office_wish not in offices:
            state.office_wish = None
        return True

    def _named_procedure(self) -> str | None:
        state, talk = self._state, self._talk
        text = talk.message.without_identity
        names = talk.catalogue.procedure_names
        if state.procedure is None:
            if best := names.best(text):
                return best
            if state.asked == "procedure" and state.choices:
                return talk.chosen_by_number() or self._among([c.id for c in state.choices])
            return None
        changes = state.asked in {"confirm", "change", "slot_start"} or answers.starts_with_no(text)
        if not changes or answers.is_question(text):
            return None
        found = names.match(text)
        return found[0].id if found and found[0].score >= 0.95 and names.best(text) else None

    def _among(self, ids: list[str]) -> str | None:
        """Give the one of the offered that fits at all: after the question, less is enough."""
        found = [m for m in self._talk.catalogue.procedure_names.possible(self._talk.message.text) if m.id in ids]
        return found[0].id if found and (len(found) == 1 or found[0].score > found[1].score * 1.1) else None

    def _hear_office(self) -> bool:
        if self._talk.message.pressed:
            return False
        office = self._talk.catalogue.office_names.best(self._talk.message.without_identity)
        procedure = self._talk.procedure()
        if not office or office == self._state.office_wish:
            return False
        if procedure and office not in {o.id for o in self._talk.catalogue.offices_of(procedure)}:
            return False
        self._state.office_wish = office
        return True

    def _hear_hour(self, *, only_dates: bool) -> Heard:
        state, talk = self._state, self._talk
        if not self._may_say_hour(only_dates=only_dates):
            return Heard.NOTHING
        hours, kept = Hours(talk, state.procedure), state.slot_start
        heard = hours.hear(open_to_numbers=state.asked == "slot_start")
        if heard is Heard.NOTHING and state.asked == "slot_start" and talk.message.yes and state.offered:
            heard = hours.take(hours.offers.first_choice())
        self._heard, self._before = heard, kept
        return heard

    def _may_say_hour(self, *, only_dates: bool) -> bool:
        """Tell whether the message may be about the hour: the less it was asked for, the plainer it must be."""
        state, talk = self._state, self._talk
        reading = talk.message.when
        if talk.turn.entities or reading.has_date:
            return True
        if only_dates:
            return False
        if state.asked in {"slot_start", "confirm", "change"}:
            return True
        if state.asked in {"rut", "name", "phone"}:
            said = reading.time or reading.part_of_day or reading.negated
            return bool(said) or Hours(talk, state.procedure).means_kept()
        return reading.has_time or bool(reading.problems) or (reading.choice is not None and state.asked is None)

    def advance(self) -> None:
        """Ask for the next missing thing."""
        state, talk = self._state, self._talk
        procedure = talk.procedure()
        if procedure is None and not talk.catalogue.procedures:
            state.end_form()
            person.offer(talk, "booking.none_given")
            return
        if procedure is None:
            self._ask_procedure()
            return
        hours = Hours(talk, procedure.id)
        if state.slot_start is None:
            if state.asked == "slot_start" and state.offered:
                hours.offers.remind()
                return
            if not hours.offer():
                return
            self._heard = Heard.PICKED
        self._ask_person(procedure)

    def _ask_person(self, procedure: Procedure) -> None:
        state, talk = self._state, self._talk
        if not (state.rut and state.name and people.has_contact(talk)):
            self._say_kept(procedure)
        if state.rut is None:
            talk.ask("rut", "people.ask_rut")
        elif state.name is None:
            talk.ask("name", "people.ask_name")
        elif not people.has_contact(talk):
            talk.ask("phone", "people.ask_phone")
        else:
            self._read_back(procedure)

    def _say_kept(self, procedure: Procedure) -> None:
        """Say which hour is kept, when this message chose it."""
        state, talk = self._state, self._talk
        start = datetime.fromisoformat(state.slot_start or "")
        if self._heard is Heard.SAME:
            talk.say("booking.held_already", moment=talk.moment(start))
        elif self._heard is Heard.PICKED:
            office = talk.office(state.office)
            left = state.hold.expires_at - talk.now if state.hold else None
            minutes = max(1, round(left.total_seconds() / 60)) if left else 1
            place = office.name if office else procedure.name
            changed = self._before is not None and datetime.fromisoformat(self._before) != start
            key = "booking.held_instead" if changed else "booking.held"
            talk.say(key, moment=talk.moment(start), office=place, minutes=minutes)

    def _read_back(self, procedure: Procedure) -> None:
        state, talk = self._state, self._talk
        start = datetime.fromisoformat(state.slot_start or "")
        office = talk.office(state.office)
        talk.ask(
            "confirm",
            "booking.read_back",
            talk.button("yes_book", "affirm"),
            talk.button("other_hour", "inform", choice="other_day"),
            talk.button("stop", "inform", choice="stop"),
            procedure=procedure.name,
            moment=talk.moment(start),
            office=office.name if office else "",
            address=f", {office.address}" if office and office.address else "",
            name=shorten(state.name or "", 60),
            rut=talk.shown_rut(),
        )

    def _ask_procedure(self) -> None:
        state, talk = self._state, self._talk
        catalogue = talk.catalogue
        likely = [m.id for m in catalogue.procedure_names.possible(talk.message.without_identity)]
        at_office = catalogue.procedures_at(state.office_wish) if state.office_wish else []
        if not likely and at_office:
            likely = [p.id for p in at_office]
        offered = [catalogue.procedures[i] for i in likely] or list(catalogue.procedures.values())
        offered = offered[:BUTTONS]
        if not likely and not talk.message.pressed and self._names_another():
            talk.note_unanswered()
            if state.asked is None:
                talk.say("form.not_understood_procedure")
        buttons = [Button(p.name, payload("inform", procedure=p.id)) for p in offered]
        key = "booking.which_of_these" if likely else "booking.ask_procedure"
        state.choices = [Choice(kind="procedure", id=p.id, label=p.name) for p in offered]
        talk.ask("procedure", key, *buttons)

    def _names_another(self) -> bool:
        """Tell whether a procedure was named that is not in the list («hora para matrimonio civil»)."""
        message = self._talk.message
        for_something = self._state.asked == "procedure" or re.search(r"\b(?:para|pa|por)\b", message.folded)
        rest = message.when.without_spans(message.without_identity)
        return bool(for_something) and bool(self._talk.catalogue.procedure_names.unknown_words(rest))

    def _book(self) -> None:
        state, talk = self._state, self._talk
        body = {
            "procedure_id": state.procedure,
            "office_id": state.office,
            "start": state.slot_start,
            "hold_id": state.hold.id if state.hold else None,
            **people.sender(talk),
        }
        body = {name: value for name, value in body.items() if value is not None}
        try:
            appointment = talk.services.scheduler.book(talk.tenant, body, talk.key_for("book", body))
        except ServiceProblem as problem:
            self._refused(problem)
            return
        self._booked(appointment)

    def _booked(self, appointment: Appointment) -> None:
        state, talk = self._state, self._talk
        papers = appointment.procedure.required_papers
        procedure = talk.procedure()
        papers = papers or (procedure.required_papers if procedure else [])
        talk.say(
            "booking.booked",
            name=people.first_name(talk),
            procedure=appointment.procedure.name or (procedure.name if procedure else ""),
            moment=talk.moment(appointment.start),
            office=appointment.office.name,
            code=appointment.code,
            link=appointment.manage_url or "",
        )
        state.booked = [*state.booked, appointment.id][-5:]
        state.end_form()
        state.topic = None
        if wishes.offer(talk):  # two bubbles are all there are: the offer stands under the papers
            offer = talk.bubbles[-1]
            room = LONGEST_BUBBLE - len(offer.text) - 2
            offer.text = f"{listed(talk.texts, 'booking.papers', papers, room)}\n\n{offer.text}".strip()
        elif papers:
            talk.bubbles.append(Bubble(listed(talk.texts, "booking.papers", papers)))
        else:
            talk.say("booking.anything_else")

    def _refused(self, problem: ServiceProblem) -> None:
        state, talk = self._state, self._talk
        start = datetime.fromisoformat(state.slot_start or talk.now.isoformat())
        if problem.code == "appointment_exists":
            already_there(talk, problem)
        elif problem.code == "rut_invalid":
            people.ask_rut_again(talk, "people.ask_rut")
        elif problem.code in _OTHER_HOUR:
            Hours(talk, state.procedure).offers.refused(problem, start)
        else:
            talk.ask("confirm", "booking.not_possible", detail=problem.detail[:200])

    def stop(self) -> None:
        """Say that nothing was booked."""
        self._talk.say("booking.stopped")
