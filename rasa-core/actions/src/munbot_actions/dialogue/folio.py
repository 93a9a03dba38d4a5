"""Follow a complaint by its folio and the last four characters of the RUT."""

from datetime import datetime

from munbot_common.client import ServiceProblem

from munbot_actions.dialogue import person, wishes
from munbot_actions.dialogue.talk import Talk
from munbot_actions.services.models import Tracking
from munbot_actions.understanding import answers


class FolioForm:
    """The form that follows a complaint."""

    name = "folio_form"

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._state = talk.state
        self._refused = False

    def hear(self) -> bool | None:
        """Take folio and the end of the RUT."""
        state, talk = self._state, self._talk
        learnt = False
        if talk.message.folio and talk.message.folio.value:
            if not self._is_well_formed(talk.message.folio.value):
                state.folio = None
                talk.say("folio.slip", folio=talk.message.folio.text.strip(" ?¿.,-")[:30])
                state.asked = "folio"
                return None
            state.folio = talk.message.folio.value
            learnt = True
        elif state.folio is None and state.asked is None and len(state.filed) == 1:
            state.folio = state.filed[0]
            learnt = True
        if talk.message.last_four and (state.asked == "last_four" or talk.message.rut or learnt):
            rut = talk.message.rut
            if rut and rut.value is None:
                talk.say("people.rut_wrong", said=rut.text[:20])
                return None
            state.last_four = talk.message.last_four
            learnt = True
        elif state.folio in state.filed and state.rut and state.last_four is None:
            state.last_four = state.rut.replace("-", "")[-4:]
            learnt = True
        if state.asked == "folio" and not learnt and answers.does_not_have(talk.message.text):
            return True
        if learnt and state.folio and state.last_four:
            return self._show()
        return learnt

    def _is_well_formed(self, folio: str) -> bool:
        """Ask the service, with no RUT: it judges the check digit before it looks anything up."""
        try:
            self._talk.services.complaints.follow(self._talk.tenant, folio, "----")
        except ServiceProblem as problem:
            return problem.code != "folio_invalid"
        return True

    def _show(self) -> bool | None:
        state, talk = self._state, self._talk
        try:
            found = talk.services.complaints.follow(talk.tenant, state.folio or "", state.last_four or "")
        except ServiceProblem as problem:
            state.last_four = None
            if problem.code == "folio_invalid":
                talk.say("folio.slip", folio=state.folio or "")
                state.folio = None
            elif problem.code == "too_many_attempts":
                talk.say("folio.too_many")
                state.end_form()
                return True
            else:
                talk.say("folio.no_match")
                state.asked = "last_four"
            return None
        self._say(found)
        folio = found.folio
        state.end_form()
        state.filed = [*(f for f in state.filed if f != folio)][-5:]
        wishes.offer(talk)
        return True

    def _say(self, found: Tracking) -> None:
        talk = self._talk
        since = talk.day(found.since) if found.since else ""
        if isinstance(found.since, datetime) and found.since.tzinfo is None:
            since = talk.day(found.since.date())
        values = {"folio": found.folio, "status": found.status_label or found.status, "since": since}
        if found.due_date and found.status not in {"resolved", "rejected", "closed"}:
            talk.say("folio.shown", due=talk.day(found.due_date), **values)
        else:
            talk.say("folio.shown_final", **values)
        latest = _latest_update(found)
        if latest:
            talk.say("folio.update", text=latest[:250])

    def advance(self) -> None:
        """Ask for the next missing thing."""
        if self._state.folio is None:
            if self._state.asked == "folio" and answers.does_not_have(self._talk.message.text):
                person.offer(self._talk, "folio.without")
                return
            self._talk.ask("folio", "folio.ask_folio")
        else:
            self._talk.ask("last_four", "folio.ask_last_four")

    def stop(self) -> None:
        """Say that it was left."""
        self._talk.say("folio.stopped")


def _latest_update(found: Tracking) -> str:
    if not found.updates:
        return ""
    latest = found.updates[-1]
    if isinstance(latest, dict):
        return str(latest.get("text") or latest.get("message") or "")
    return str(latest)
