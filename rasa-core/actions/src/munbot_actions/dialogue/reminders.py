"""The buttons under a reminder that the office sent: «Confirmo», «No puedo ir»."""

from munbot_common.client import ServiceProblem

from munbot_actions.dialogue import person
from munbot_actions.dialogue.appointment import ask_goal
from munbot_actions.dialogue.buttons import read_payload
from munbot_actions.dialogue.talk import Talk
from munbot_actions.services.models import Appointment

INTENTS = frozenset({"confirm_appointment", "decline_appointment"})
_SHORT = 5
"""Words of a yes or no that only the classifier knows for one."""


def answers(talk: Talk) -> bool:
    """Do what such a button says, pressed or answered with yes or no; tell whether it was one."""
    intent, appointment = _answer(talk)
    if intent not in INTENTS:
        return False
    found = _named(talk, appointment)
    if found is None:
        talk.say("appointment.gone")
    elif intent == "confirm_appointment":
        _confirm(talk, found)
    else:
        _ask_instead(talk, found)
    return True


def _answer(talk: Talk) -> tuple[str, str]:
    turn, yes = talk.turn, talk.message.yes
    if talk.message.pressed:
        return turn.intent, str(turn.entities.get("appointment") or "")
    if yes is None and talk.message.word_count <= _SHORT:
        yes = {"affirm": True, "deny": False}.get(turn.intent)
    wanted = {True: "confirm_appointment", False: "decline_appointment"}.get(yes) if yes is not None else None
    read = [read_payload(payload) for payload in turn.office_asks.values()]
    return next(((intent, str(given.get("appointment") or "")) for intent, given in read if intent == wanted), ("", ""))


def _ask_instead(talk: Talk, appointment: Appointment) -> None:
    """Ask who cannot come what to do with the hour; a form that is open ends."""
    state, hold = talk.state, talk.state.hold
    state.end_form()
    person.release(talk, hold)
    state.form, state.appointment, state.goal, state.settled = "appointment_form", appointment.id, "show", True
    ask_goal(talk, "appointment.declined", appointment)


def _confirm(talk: Talk, appointment: Appointment) -> None:
    try:
        talk.services.scheduler.confirm(talk.tenant, appointment.id, talk.key("confirm"))
    except ServiceProblem:
        talk.say("appointment.already_confirmed", moment=talk.moment(appointment.start))
    else:
        talk.say("appointment.confirmed", moment=talk.moment(appointment.start))
    state = talk.state
    state.booked = [*(known for known in state.booked if known != appointment.id), appointment.id][-5:]


def _named(talk: Talk, name: str) -> Appointment | None:
    """Give the hour that the button names, by its code or its id, if it is still there."""
    scheduler = talk.services.scheduler
    for find in (scheduler.by_code, scheduler.get):
        try:
            found = find(talk.tenant, name)
        except ServiceProblem:
            continue
        return found if found.status in {"booked", "confirmed"} else None
    return None
