"""Hand over to a person, or offer it."""

from munbot_common.client import ServiceAway, ServiceProblem
from munbot_common.logs import get_logger

from munbot_actions.dialogue.state import Held
from munbot_actions.dialogue.talk import Talk
from munbot_actions.understanding import answers
from munbot_actions.understanding.normalise import shorten

log = get_logger("person")

_SURE = 0.6


def is_wanted(talk: Talk) -> bool:
    """Tell whether the citizen asks for a person now."""
    turn, message = talk.turn, talk.message
    if turn.intent == "ask_human" and message.pressed:
        return True
    if message.pressed or (talk.state.asked in {"name", "description"} and message.word_count > 12):
        return False
    if answers.wants_person(message.text):
        return True
    return turn.intent == "ask_human" and turn.confidence >= _SURE and talk.state.form is None


def offer_when_cross(talk: Talk) -> bool:
    """Hand over when somebody is angry, offer it when they only complain about the bot; tell whether it was done.

    Who tells a complaint is cross about what happened rather than about us: a person is offered, and the story stays.
    """
    turn, message = talk.turn, talk.message
    cross = turn.intent == "complain_about_bot" and turn.confidence >= 0.5
    if not cross or message.pressed:
        return False
    if talk.state.form == "complaint_form":
        offer(talk, "person.offer_upset")
    elif answers.is_angry(message.text):
        hand_over(talk)
    else:
        offer(talk, "person.offer_sorry")
    return True


def offer(talk: Talk, key: str) -> None:
    """Offer a person; the form stays as it is."""
    talk.state.pending = "person"
    no = talk.button("go_on" if talk.state.form else "refuse", "deny")
    talk.say(key, talk.button("person", "ask_human"), no)


def hand_over(talk: Talk) -> None:
    """Ask for a person and say when somebody answers."""
    state = talk.state
    hold = state.hold
    summary = _summary(talk)
    try:
        handoff = talk.services.conversations.hand_off(
            talk.tenant, talk.turn.conversation_id or "", "citizen_request", summary
        )
    except ServiceProblem as problem:
        log.warning("handoff_refused", code=problem.code)
        talk.say("person.not_possible", hours=_hours_text(talk, ""))
        state.pending = None
        return
    state.end_form()
    state.wishes = []
    release(talk, hold)
    hours = _hours_text(talk, handoff.attention_hours_text)
    if handoff.open_now:
        talk.say("person.open", hours=hours)
        return
    state.pending = "message"
    if handoff.opens_at:
        talk.say(
            "person.closed", hours=hours, opens=f"{talk.the_day(handoff.opens_at)} a las {talk.hour(handoff.opens_at)}"
        )
    else:
        talk.say("person.closed_unknown", hours=hours)


def release(talk: Talk, hold: Held | None) -> None:
    """Give a kept hour back, if there is one; it lapses anyway."""
    if hold is None or hold.expires_at <= talk.now:
        return
    try:
        talk.services.scheduler.release(talk.tenant, hold.id)
    except (ServiceAway, ServiceProblem):
        log.info("hold_not_released")


def _hours_text(talk: Talk, text: str) -> str:
    if text:
        return text.strip(" .")
    try:
        return (talk.services.conversations.tenant(talk.tenant).attention_hours_text or "").strip(" .")
    except (ServiceAway, ServiceProblem):
        return ""


def _summary(talk: Talk) -> str:
    """Say in a line where the conversation was, for the person who takes over."""
    kind = {
        "booking_form": "person.summary_booking",
        "complaint_form": "person.summary_complaint",
        "appointment_form": "person.summary_appointment",
        "folio_form": "person.summary_folio",
    }.get(talk.state.form or "")
    lead = talk.texts.get(kind) if kind else talk.texts.get("person.summary")
    return f"{lead} «{shorten(talk.message.text, 200)}»"
