"""What all forms share: hear, answer what was asked besides, and ask for what is missing."""

from typing import Protocol

from munbot_actions.dialogue import person, questions, wishes
from munbot_actions.dialogue.talk import Talk
from munbot_actions.understanding import answers

LEAVING = 0.6
"""How sure a goodbye must be to close a form."""
PATIENCE = 3
"""At this failure of one question a person is offered."""


class Form(Protocol):
    """A form of the domain."""

    name: str

    def hear(self) -> bool | None:
        """Take what the message holds: True learnt, False nothing, None wrong and explained."""

    def advance(self) -> None:
        """Ask for the next missing thing, or finish."""

    def stop(self) -> None:
        """Say that it was given up."""


def step(talk: Talk, form: Form) -> None:
    """Go one turn further in a form."""
    state = talk.state
    telling, state.telling = state.telling, False
    if _leaves(talk, form) or _is_for_later(talk, form):
        return
    asked_before = state.asked
    aside = questions.is_aside(talk)
    heard = form.hear()
    if state.form is None or state.settled:
        return
    if heard is None:
        _failed(talk, form, asked_before, explained=True)
    elif not heard and wishes.remember(talk, telling=telling):
        form.advance()
    elif aside or (not heard and _asks_unknown(talk)):
        _answers_aside(talk, form, asked_before, heard=heard)
    elif heard or state.away or talk.message.pressed or _acknowledges(talk):
        state.away = False
        if heard and asked_before:
            state.failures.pop(asked_before, None)
        form.advance()
    elif not _is_soothed(talk):
        _failed(talk, form, asked_before, explained=False)


def _answers_aside(talk: Talk, form: Form, asked: str | None, *, heard: bool) -> None:
    """Answer what was asked besides, and ask on; «¿Quiso decir…?» is a question of its own."""
    if not questions.answer(talk, clarify=not heard) and not heard:
        _failed(talk, form, asked, explained=True)
    elif not talk.state.settled:
        form.advance()


def _leaves(talk: Talk, form: Form) -> bool:
    """Close the form for who gives up or wants a person; tell whether it was closed."""
    if _gives_up(talk):
        form.stop()
        _close(talk)
        return True
    if person.is_wanted(talk):
        person.hand_over(talk)
        return True
    return False


def _is_for_later(talk: Talk, form: Form) -> bool:
    """Keep a complaint that comes up in another form, and ask on; tell whether that was all of the message."""
    if not wishes.listen(talk):
        return False
    form.advance()
    return True


def _asks_unknown(talk: Talk) -> bool:
    """Tell whether something was asked, with its sign, that no form or service answers («¿es seguro dar mi RUT?»)."""
    return "?" in talk.message.text and talk.message.word_count > 2 and talk.turn.intent != "complain_about_bot"


def _is_soothed(talk: Talk) -> bool:
    """Answer who is cross or needs a moment, without asking again."""
    if person.offer_when_cross(talk):
        return True
    waits = talk.turn.intent == "wait" and talk.message.word_count <= 6
    if waits:
        talk.say("smalltalk.wait")
    return waits


def _close(talk: Talk) -> None:
    hold = talk.state.hold
    talk.state.end_form()
    person.release(talk, hold)
    wishes.offer(talk)


def _gives_up(talk: Talk) -> bool:
    state, message = talk.state, talk.message
    if talk.turn.entities.get("choice") == "stop":
        return True
    if message.pressed:
        return False
    if state.asked in {"description", "name", "place"} and message.word_count > 6:
        return False
    if answers.wants_to_stop(message.text) or _drops_this(talk):
        return True
    leaves = talk.turn.intent == "goodbye" and talk.turn.confidence >= LEAVING
    if leaves and message.word_count <= 4 and state.asked != "name":
        return True
    return state.form != "appointment_form" and answers.says_cancel(message.text)


def _drops_this(talk: Talk) -> bool:
    """Tell whether what is being made is called off by its name («anule el reclamo», «cancela la hora»)."""
    text, state = talk.message.text, talk.state
    if state.form == "complaint_form":
        return answers.withdraws_complaint(text)
    return state.form == "booking_form" and not state.booked and answers.cancels_hour(text)


def _acknowledges(talk: Talk) -> bool:
    """Tell whether the message is a nod («ya», «gracias», «espere») that needs no complaint from us."""
    if talk.turn.intent == "thank" and talk.message.word_count <= 4:
        return True
    return talk.state.asked in {"rut", "name", "phone", "place", "description"} and talk.message.yes is True


def _failed(talk: Talk, form: Form, asked: str | None, *, explained: bool) -> None:
    """Ask again in other words; at the third failure offer a person and keep the form."""
    question = asked or "start"
    if asked is None:
        form.advance()
        return
    times = talk.state.fail(question)
    if times >= PATIENCE:
        talk.state.failures[question] = 0
        person.offer(talk, "person.offer_third")
        return
    if not explained and not talk.message.pressed:
        key = "form.blank" if talk.message.is_blank else f"form.not_understood_{question}"
        talk.say(key if talk.texts.has(key) else "form.not_understood")
    form.advance()
