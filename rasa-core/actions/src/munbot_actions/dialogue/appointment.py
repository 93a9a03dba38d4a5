"""Look up, move, or cancel an hour that the citizen has."""

import re
from datetime import datetime

from munbot_common.client import ServiceProblem

from munbot_actions.dialogue import wishes
from munbot_actions.dialogue.finding import Finder
from munbot_actions.dialogue.hours import KEPT, Heard, Hours
from munbot_actions.dialogue.reply import Button
from munbot_actions.dialogue.state import Wish
from munbot_actions.dialogue.talk import Talk, payload
from munbot_actions.services.models import Appointment, Slot
from munbot_actions.understanding import answers

_MOVE = re.compile(
    r"\b(?:muev\w*|mov(?:er|ed)\w*|cambi\w*|reagend\w*|reprogram\w*|posterg\w*|adelant\w*|atras\w*|pas(?:ar|e|a)l?[ao]s?|"
    r"correrl?[ao]?|traslad\w*)\b"
)
_CANCEL = re.compile(
    r"\b(?:cancel\w*|anul\w*|elimin\w*|borr\w*|suspend\w*|dar de baja|no (?:voy a|podre) (?:ir|asistir) nomas)\b"
)
_CONFIRM = re.compile(r"\b(?:confirmo|confirmar) (?:mi |la )?(?:hora|asistencia|cita)\b")


class AppointmentForm:
    """The form about an hour that exists."""

    name = "appointment_form"

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._state = talk.state

    def hear(self) -> bool | None:  # noqa: PLR0911 - one line for each way to say it
        """Take which hour, and what is to be done with it."""
        state, talk = self._state, self._talk
        learnt = self._hear_goal()
        if state.form is None:
            return True
        if talk.message.rut or (talk.message.code and state.asked == "goal"):
            state.appointment = None
        if state.appointment is None:
            found = Finder(talk).hear()
            if found is None or state.appointment is None:
                return found if found is None else found or learnt
            learnt = True
            state.asked = None
        if state.asked == "confirm_cancel" and not learnt:
            return self._answer_cancel()
        if state.goal == "move":
            return self._hear_hour(learnt=learnt)
        if state.goal == "show" and talk.message.when.has_date and not talk.message.pressed:
            state.goal = "move"
            return self._hear_hour(learnt=True)
        if state.asked == "goal" and not learnt:
            return self._answer_goal()
        return learnt

    def _hear_goal(self) -> bool:
        state, talk = self._state, self._talk
        wanted = {"move": "move", "cancel": "cancel", "keep": "keep"}.get(str(talk.turn.entities.get("choice") or ""))
        if not wanted and not talk.message.pressed:
            folded = talk.message.folded
            if _CONFIRM.search(folded) and state.appointment:
                self._confirm()
                return True
            if _MOVE.search(folded):
                wanted = "move"
            elif _CANCEL.search(folded):
                wanted = "cancel"
        if wanted == "keep":
            self._keep()
            return True
        if wanted not in {"move", "cancel"}:
            return False
        changed = state.goal != wanted
        if state.asked == "confirm_cancel" and wanted == "cancel":
            return False  # «cancélala» to the question is a yes, judged there
        state.goal = "move" if wanted == "move" else "cancel"
        return changed or state.asked in {"goal", None}

    def _answer_goal(self) -> bool:
        if self._talk.message.yes is False or self._talk.turn.intent in {"deny", "thank", "goodbye"}:
            self._keep()
            return True
        return False

    def _hear_hour(self, *, learnt: bool) -> bool | None:
        state, talk = self._state, self._talk
        appointment = self._get()
        if appointment is None:
            return None
        hours = Hours(talk, appointment.procedure.id)
        if state.asked == "slot_start" and state.offered and self._agrees():
            heard = hours.take(hours.offers.first_choice())
        else:
            heard = hours.hear(open_to_numbers=state.asked == "slot_start")
        if heard in KEPT:
            self._move(appointment)
            return True
        if heard is Heard.OFFERED:
            state.settled = True
            return True
        if heard is Heard.PROBLEM:
            return None
        return learnt or heard is not Heard.NOTHING

    def _agrees(self) -> bool:
        message = self._talk.message
        return message.yes is True or (self._talk.turn.intent == "affirm" and message.when.is_empty)

    def _move(self, appointment: Appointment) -> None:
        state, talk = self._state, self._talk
        start = datetime.fromisoformat(state.slot_start or "")
        slot = Slot(start=start, office_id=state.office or appointment.office.id)
        hold = state.hold.id if state.hold else None
        try:
            moved = talk.services.scheduler.reschedule(talk.tenant, appointment.id, slot, hold, talk.key("move"))
        except ServiceProblem as problem:
            if problem.status == 404:
                talk.say("appointment.gone")
                state.end_form()
                return
            Hours(talk, appointment.procedure.id).offers.refused(problem, start)
            state.settled = True
            return
        talk.say(
            "appointment.moved",
            procedure=moved.procedure.name,
            moment=talk.moment(moved.start),
            office=moved.office.name,
            code=moved.code,
        )
        self._finish(moved.id)

    def _answer_cancel(self) -> bool:
        talk = self._talk
        if talk.message.yes is False or talk.turn.intent == "deny":
            self._keep()
            return True
        sure = talk.message.yes or talk.turn.intent == "affirm" or _CANCEL.search(talk.message.folded)
        if not sure:
            return False
        appointment = self._get()
        if appointment is None:
            return True
        try:
            reason = talk.texts.get("appointment.reason")
            talk.services.scheduler.cancel(talk.tenant, appointment.id, reason, talk.key("cancel"))
        except ServiceProblem:
            talk.say("appointment.gone")
            self._finish(None)
            return True
        talk.say(
            "appointment.cancelled",
            procedure=appointment.procedure.name,
            moment=talk.moment(appointment.start),
        )
        self._state.booked = [a for a in self._state.booked if a != appointment.id]
        self._finish(None)
        return True

    def _confirm(self) -> None:
        talk, appointment = self._talk, self._get()
        if appointment is None:
            return
        try:
            talk.services.scheduler.confirm(talk.tenant, appointment.id, talk.key("confirm"))
        except ServiceProblem:
            talk.say("appointment.already_confirmed", moment=talk.moment(appointment.start))
        else:
            talk.say("appointment.confirmed", moment=talk.moment(appointment.start))
        self._finish(appointment.id)

    def _keep(self) -> None:
        self._talk.say("appointment.kept")
        self._finish(self._state.appointment)

    def _finish(self, kept: str | None) -> None:
        """Close the form; the hour stays known, so that «cancélala nomás» later needs no code."""
        self._state.end_form()
        if kept:
            self._state.booked = [*(a for a in self._state.booked if a != kept), kept][-5:]
        wishes.offer(self._talk)

    def advance(self) -> None:
        """Ask for the next missing thing."""
        state, talk = self._state, self._talk
        if state.appointment is None:
            if state.choices:
                buttons = [Button(c.label, payload("inform", appointment=c.id)) for c in state.choices]
                talk.ask("appointment", "appointment.which", *buttons)
            elif state.asked == "appointment" and answers.does_not_have(talk.message.text):
                talk.ask("appointment", "appointment.ask_rut_only")
            else:
                talk.ask("appointment", "appointment.ask_code_or_rut")
            return
        appointment = self._get()
        if appointment is None:
            return
        shown = {
            "procedure": appointment.procedure.name,
            "moment": talk.moment(appointment.start),
            "office": appointment.office.name,
            "code": appointment.code,
        }
        if state.goal == "cancel":
            talk.ask(
                "confirm_cancel",
                "appointment.sure",
                talk.button("yes_cancel", "affirm"),
                talk.button("no_keep", "deny"),
                **shown,
            )
        elif state.goal == "move":
            self._ask_new_hour(appointment, shown)
        else:
            ask_goal(talk, "appointment.shown", appointment)

    def _ask_new_hour(self, appointment: Appointment, shown: dict[str, str]) -> None:
        state, talk = self._state, self._talk
        hours = Hours(talk, appointment.procedure.id)
        if state.offered and state.asked == "slot_start":
            hours.offers.remind()
            return
        if state.asked != "slot_start":
            talk.say("appointment.moving", **shown)
        named_part = state.wish.part is not None
        if not state.wish.is_empty and state.wish.first is None:  # «mejor a las 12»: of the day it is on
            day = appointment.start.astimezone(talk.zone).date()
            state.wish = Wish(**{**state.wish.model_dump(), "first": day, "last": day})
        if not state.wish.is_empty and state.wish.at is None and state.wish.one_day:
            local = appointment.start.astimezone(talk.zone)
            state.wish = Wish(**{**state.wish.model_dump(), "at": f"{local:%H:%M}", "around": True})
        taken = hours.offer()
        if not taken and named_part and state.offered and hours.offers.is_wished(state.offered[0]):
            # «pal jueves en la mañana» leaves the hour to us: the one nearest to the old one
            taken = hours.take(hours.offers.first_choice()) in KEPT
        if taken:
            talk.bubbles.clear()
            self._move(appointment)

    def _get(self) -> Appointment | None:
        """Give the appointment as it is now; when it is no longer there, say so and close the form."""
        talk = self._talk
        try:
            found = talk.services.scheduler.get(talk.tenant, self._state.appointment or "")
        except ServiceProblem:
            found = None
        if found is None or found.status not in {"booked", "confirmed"}:
            talk.say("appointment.gone")
            self._state.booked = [a for a in self._state.booked if a != self._state.appointment]
            self._state.end_form()
            return None
        return found

    def stop(self) -> None:
        """Say that nothing was changed."""
        self._talk.say("appointment.kept")


def ask_goal(talk: Talk, key: str, appointment: Appointment) -> None:
    """Ask whether an hour is to be moved or cancelled."""
    talk.ask(
        "goal",
        key,
        talk.button("move", "inform", choice="move"),
        talk.button("cancel_it", "inform", choice="cancel"),
        talk.button("keep", "inform", choice="keep"),
        procedure=appointment.procedure.name,
        moment=talk.moment(appointment.start),
        office=appointment.office.name,
        code=appointment.code,
    )


def already_there(talk: Talk, problem: ServiceProblem) -> None:
    """Show the appointment that stands in the way of a booking, and offer to move or cancel it."""
    body = problem.body.get("appointment") or {}
    state = talk.state
    rut, procedure = state.rut, talk.procedure()
    same = [
        a
        for a in talk.services.scheduler.live_of(talk.tenant, rut=rut)
        if a.code == body.get("code") or (procedure and a.procedure.id == procedure.id)
    ]
    state.end_form()
    if not same:
        talk.say("appointment.exists_unknown", detail=problem.detail[:200])
        return
    existing = same[0]
    state.form, state.appointment, state.goal = "appointment_form", existing.id, "show"
    ask_goal(talk, "appointment.exists", existing)
