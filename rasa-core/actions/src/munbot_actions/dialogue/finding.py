"""Find which of their hours a citizen means: by code, by RUT, or from a list."""

from munbot_common.client import ServiceProblem

from munbot_actions.dialogue.state import Choice
from munbot_actions.dialogue.talk import Talk
from munbot_actions.services.models import Appointment
from munbot_actions.understanding import answers


class Finder:
    """The search for an appointment; what is found goes to the state's `appointment` or `choices`."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._state = talk.state

    def hear(self) -> bool | None:  # noqa: PLR0911 - one line for each way to say it
        """Find the appointment by its code, by RUT, or among those that were listed."""
        state, talk = self._state, self._talk
        chosen = talk.turn.entities.get("appointment") or self._by_choice()
        if chosen:
            state.appointment = str(chosen)
            state.choices = []
            return True
        if talk.message.rut and talk.message.rut.value is None:
            talk.say("people.rut_wrong", said=talk.message.rut.text[:20])
            return None
        if talk.message.rut and talk.message.rut.value:
            state.rut = talk.message.rut.value
            return self._take(talk.services.scheduler.live_of(talk.tenant, rut=state.rut), "appointment.none_for_rut")
        if talk.message.code and talk.message.code.value:
            return self._by_code(talk.message.code.value)
        if state.asked == "appointment" and answers.does_not_have(talk.message.text):
            return True  # «no tengo el código»: the RUT will do
        if state.asked is None and state.booked and talk.turn.conversation_id:
            own = talk.services.scheduler.live_of(talk.tenant, conversation=talk.turn.conversation_id)
            if own:
                return self._take(own, "appointment.none_for_rut")
        return False

    def _by_code(self, code: str) -> bool | None:
        talk = self._talk
        try:
            found = talk.services.scheduler.by_code(talk.tenant, code)
        except ServiceProblem:
            talk.say("appointment.code_unknown", code=code)
            return None
        if found.status not in {"booked", "confirmed"}:
            talk.say("appointment.not_live", code=found.code)
            return None
        return self._take([found], "")

    def _take(self, found: list[Appointment], none_key: str) -> bool | None:
        state, talk = self._state, self._talk
        coming = [a for a in found if a.status in {"booked", "confirmed"}]
        if not coming:
            talk.say(none_key)
            return None
        if len(coming) == 1:
            state.appointment = coming[0].id
            self._remember(coming[0])
            return True
        state.choices = [
            Choice(kind="appointment", id=a.id, label=f"{a.procedure.name}, {talk.short(a.start)}") for a in coming[:5]
        ]
        return True

    def _by_choice(self) -> str | None:
        state = self._state
        if not state.choices or self._talk.message.pressed:
            return None
        if chosen := self._talk.chosen_by_number():
            return chosen
        named = [c.id for c in state.choices if self._named(c)]
        return named[0] if len(named) == 1 else None

    def _named(self, choice: Choice) -> bool:
        names = self._talk.catalogue.procedure_names.match(self._talk.message.text)
        known = {m.id: self._talk.catalogue.procedures[m.id].name for m in names}
        return any(choice.label.startswith(name) for name in known.values())

    def _remember(self, appointment: Appointment) -> None:
        self._state.office_wish = None
        self._state.topic = appointment.procedure.id
