"""Who the citizen is: RUT, name and telephone, for every form."""

from typing import Any

from munbot_actions.dialogue.talk import Talk
from munbot_actions.understanding import answers, names

_NO_PHONE = ("no tengo", "sin telefono", "no uso", "prefiero no", "no quiero", "ningun", "no tiene", "no hay")


def hear_person(talk: Talk, *, name: bool = True) -> bool | None:
    """Take RUT, name, telephone and e-mail from the message.

    Returns:
        True when something new was learnt, False when nothing was, None when what was written is wrong (and was
        explained).
    """
    state, message = talk.state, talk.message
    learnt = False
    if name and message.name and (state.asked == "name" or state.name is None or names.find_name(message.text)):
        learnt = state.name != message.name or state.asked == "name"
        state.name = message.name
    if message.phone and message.phone.value:
        learnt = True
        state.phone = message.phone.value
    if message.email and message.email.value:
        learnt = True
        state.email = message.email.value
    refuses = message.yes is False or any(said in message.folded for said in _NO_PHONE)
    if state.asked == "phone" and not learnt and refuses:
        state.no_phone = learnt = True
    if message.rut:
        if message.rut.value is None:
            talk.say("people.rut_wrong", said=message.rut.text[:20])
            return None
        learnt = True
        state.rut = message.rut.value
        state.failures.pop("rut", None)
    elif state.asked == "rut" and not learnt and (key := _about_rut(message.text)):
        talk.say(key)
        return None
    if state.asked == "phone" and message.phone and message.phone.value is None and not learnt:
        talk.say("people.phone_wrong", said=message.phone.text[:20])
        return None
    return learnt


def _about_rut(text: str) -> str | None:
    """Give what to say to who answers the question for the RUT without one."""
    if answers.asks_why_rut(text):
        return "people.rut_why"
    return "people.rut_where" if answers.does_not_have(text) else None


def has_contact(talk: Talk) -> bool:
    """Tell whether the citizen can be reached, or does not want to be; who writes from a telephone has one."""
    state = talk.state
    if not (state.phone or state.email or state.no_phone or state.asks_phone):
        state.phone = talk.turn.phone
    return bool(state.phone or state.email or state.no_phone)


def sender(talk: Talk) -> dict[str, Any]:
    """Give the citizen and the conversation as the services want them."""
    state = talk.state
    fields = {"rut": state.rut, "name": state.name, "phone": state.phone, "email": state.email}
    return {
        "citizen": {name: value for name, value in fields.items() if value},
        "channel": talk.turn.channel,
        "conversation_id": talk.turn.conversation_id,
    }


def ask_rut_again(talk: Talk, key: str) -> None:
    """Say that a service refuses the RUT, and ask for it anew with the text `key`."""
    talk.say("people.rut_wrong", said=talk.shown_rut())
    talk.state.rut = None
    talk.ask("rut", key)


def first_name(talk: Talk) -> str:
    """Give «, Marcela» to put after a word, or nothing."""
    return f", {talk.state.name.split()[0]}" if talk.state.name else ""
